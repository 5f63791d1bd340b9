"""The journal, written: what was appended is what is read, masked, and by one writer at a time."""

import os
import resource
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest

from conduct.journal import Journal, JournalBusy
from ramp.verdict import Colour, Verdict
from reports import journal
from tests.samples import untagged

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
GREEN = Verdict(check="cache", moment="stage_1", colour=Colour.GREEN, why="hits", notes=("a", "b"), interval=(0.1, 0.2))


def test_what_was_appended_is_read_back_in_order(tmp_path: Path) -> None:
    with Journal(tmp_path) as writing:
        writing.append("source", NOON, moment="stage_1", problem="no answer")
        written = writing.append("verdict", NOON, **GREEN.record())
    with Journal(tmp_path) as writing:
        writing.append("caps_lifted", NOON.astimezone(timezone(timedelta(hours=5))))
    source, verdict, lifted = journal.read(tmp_path)
    at = {"at_utc": "2026-11-24T12:00:00Z"}
    assert source == {"kind": "source", "moment": "stage_1", "problem": "no answer"} | at
    assert Verdict.from_record(verdict) == GREEN and verdict == written
    assert lifted == {"kind": "caps_lifted"} | at


def test_a_line_is_compact_sorted_utf8_that_carries_the_digest_of_the_line_before(tmp_path: Path) -> None:
    with Journal(tmp_path) as writing:
        writing.append("source", NOON, moment="stage_1", problem="größer")
        writing.append("caps_lifted", NOON)
    first, second = (tmp_path / journal.FILE).read_bytes().splitlines()
    body = '"kind":"source","moment":"stage_1","problem":"größer"}'
    unsigned = f'{{"at_utc":"2026-11-24T12:00:00Z","chain":{{"before":"the beginning","line":1}},{body}'.encode()
    own = sha256(unsigned).hexdigest()
    assert first == unsigned.replace(b'ning","line"', f'ning","digest":"{own}","line"'.encode())
    assert f'"chain":{{"before":"{own}","digest":"'.encode() in second and b'"line":2}' in second


def test_secrets_do_not_enter_however_deep_they_are(tmp_path: Path) -> None:
    stripe, pager = "sk_live_abcdefgh12345678", "0123456789abcdef-pager-key"
    deep = {"list": [(f"key {pager}",)], f"{stripe}": 1}
    with Journal(tmp_path, secrets=(pager,)) as writing:
        writing.append("heard", NOON, word="HOLD", by=f"POST with {stripe}", said_at_utc="-", more=deep)
    text = (tmp_path / journal.FILE).read_text()
    assert stripe not in text and pager not in text and "key [TOKEN]" in untagged(text)


def test_a_disk_that_is_full_leaves_no_half_of_a_record(tmp_path: Path) -> None:
    """The process goes on without the record, and what it writes once there is room again is read."""
    with Journal(tmp_path) as writing:
        writing.append("source", NOON, moment="stage_1", problem="no answer")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / journal.FILE).stat().st_size + 100, hard))
        try:
            with pytest.raises(OSError, match="File too large"):
                writing.append("source", NOON, moment="stage_1", problem="a" * 200)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, ignored)
        writing.append("caps_lifted", NOON)
    assert [record["kind"] for record in journal.read(tmp_path)] == ["source", "caps_lifted"]


def test_what_nobody_could_read_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with Journal(tmp_path) as writing:
        with pytest.raises(ValueError, match="JSON compliant"):
            writing.append("verdict", NOON, **GREEN.record() | {"value": float("nan")})
        with pytest.raises(ValueError, match="needs a time zone"):
            writing.append("caps_lifted", NOON.replace(tzinfo=None))
        with pytest.raises(ValueError, match="problem: is missing"):
            writing.append("source", NOON, moment="stage_1")
    assert journal.read(tmp_path) == []


def test_a_second_writer_is_told_that_the_journal_is_busy(tmp_path: Path) -> None:
    """Another process holds the journal; it is free again once that process was killed."""
    hold = "import sys, pathlib; from conduct.journal import Journal; Journal(pathlib.Path(sys.argv[1])); "
    hold += "print('open', flush=True); sys.stdin.read()"
    environment = os.environ | {"PYTHONPATH": str(Path(journal.__file__).parents[1])}
    argv = [sys.executable, "-c", hold.replace("Journal(pathlib", "kept = Journal(pathlib"), str(tmp_path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(JournalBusy, match="being written by another process"):
            Journal(tmp_path)
        other.kill()
        other.wait(timeout=10)
    with Journal(tmp_path) as writing:
        writing.append("caps_lifted", NOON)
    assert len(journal.read(tmp_path)) == 1
