"""What a slice writes: nothing personal, unless the fault is on; traces as OTLP-JSON."""

import json
from datetime import UTC, datetime

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from fixtures.privacy import LogScan
from fixtures.rehearsal.faults import AppFaults
from fixtures.rehearsal.written import Written
from fixtures.synthetics import CARRIED
from ramp.target import LogFile


@pytest.fixture
def written(tmp_path):
    """`written(**faults)`: what a scan of log and traces finds once a synthetic journey was answered."""

    def find(**faults):
        scan = LogScan([LogFile(path=str(tmp_path / f"canary.{of}"), slice="canary") for of in ("log", "traces.jsonl")])
        slice = Written("canary", tmp_path, AppFaults(**faults), {})
        slice.answered("POST", "/api/tutor", CIMultiDictProxy(CIMultiDict(CARRIED)), status=200, took_s=0.031)
        slice.span("chat small", {"gen_ai.request.model": "small", "gen_ai.usage.input_tokens": 600})
        slice.close()
        counts, said = scan.counts("canary", datetime.now(UTC)), scan.said("canary")
        scan.close()
        return counts, said

    return find


def test_what_a_sound_slice_writes_is_clean(written, tmp_path):
    counts, said = written()
    assert (counts["log_lines_scanned"], said) == (2, [])
    (span,) = json.loads((tmp_path / "canary.traces.jsonl").read_text())["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert span["attributes"][1] == {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "600"}}


def test_a_slice_that_logs_headers_shows_that_redaction_does_not_work(written, tmp_path):
    """Each kind is personal data, said with its place."""
    counts, said = written(logs_headers=True)

    assert counts["personal_data_findings"] == 4
    place = f"of the planted person (redaction does not work) stands in {tmp_path / 'canary.log'} of canary, line 1"
    assert [line.partition(" ")[0] for line in said] == ["EMAIL", "NAME", "ADDRESS", "STUDENT_ID"]
    assert all(place in line for line in said)


def test_fault_personal_data_is_written_into_the_log(written):
    assert written(logs_personal_data=True)[0]["personal_data_findings"] == 1
