"""`python -m ramp power`: what each stage can see, from a recording's own traffic."""

import json
from datetime import timedelta

import pytest
from simulated import STAGES, recorded_file

from conduct.run import load_plan
from fixtures.sources import recording
from ramp.observation import NoEvidence
from reports.power_table import power_table

PLAN = load_plan()


def table(path, **how):
    return power_table(PLAN, recording.read(path, timedelta(minutes=PLAN.reading.fresh_min)), str(path), **how)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("power") / "release.jsonl"
    path.write_text(recorded_file(seed=1, stages=STAGES), "utf-8")
    return path


def test_more_traffic_sees_less(file):
    """From stage to stage, and with ten times the requests, the smallest regression that is seen shrinks."""
    told = json.loads(table(file, rps=None, as_json=True))
    tenfold = json.loads(table(file, rps=10 * told["rps"], as_json=True))

    assert told["rps"] == pytest.approx(200, rel=0.01)
    for gate in ("latency", "errors", "cost"):
        seen = [told["stages"][stage][gate] for stage in ("stage_1", "stage_10", "stage_25", "stage_50")]
        assert seen == sorted(seen, reverse=True)
        assert tenfold["stages"]["stage_1"][gate] < seen[0]


def test_the_table_says_what_is_seen_in_words(file):
    """A row a stage that has a control, a column a gate."""
    text = table(file, rps=None, as_json=False)

    assert [line.split()[0] for line in text.splitlines() if "stage_" in line] == [
        stage.id for stage in PLAN.stages if stage.traffic_pct != 100
    ]
    assert "% hits" in text


def test_without_a_placebo_hour_it_says_so(tmp_path):
    """Independent requests are then the best case."""
    path = tmp_path / "release.jsonl"
    path.write_text(recorded_file(seed=1, placebo=False), "utf-8")

    assert "No placebo hour" in table(path, rps=None, as_json=False)


def test_a_recording_of_nothing_has_no_power(tmp_path):
    """An empty file is NO DATA."""
    path = tmp_path / "release.jsonl"
    path.touch()

    with pytest.raises(NoEvidence, match="no control traffic"):
        table(path, rps=None, as_json=False)
