"""The journal, written: what was appended is what is read, masked, and by one writer at a time."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from conduct.journal import Journal, JournalBusy
from ramp.decision import Action, Decision
from ramp.verdict import Colour, Verdict
from reports import journal
from tests.samples import untagged

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
GREEN = Verdict(check="cache", moment="stage_1", colour=Colour.GREEN, why="hits", notes=("a", "b"), interval=(0.1, 0.2))
HELD = Decision(moment="stage_1", action=Action.HOLD, reason="cache", next_step="mend", tag=("ceo",))


def test_what_was_appended_is_read_back_in_order(tmp_path: Path) -> None:
    with Journal(tmp_path) as writing:
        writing.append("run", NOON, version="v20261124.1", moments=("stage_1",))
        writing.append("verdict", NOON, **GREEN.record())
    with Journal(tmp_path) as writing:
        writing.append("decision", NOON.astimezone(timezone(timedelta(hours=5))), **HELD.record(), held_min=3.5)
    run, verdict, decision = journal.read(tmp_path)
    assert run == {"kind": "run", "at_utc": "2026-11-24T12:00:00Z", "version": "v20261124.1", "moments": ["stage_1"]}
    assert Verdict.from_record(verdict) == GREEN
    assert Decision.from_record(decision) == HELD and decision["at_utc"] == run["at_utc"]


def test_a_line_is_compact_sorted_utf8(tmp_path: Path) -> None:
    with Journal(tmp_path) as writing:
        writing.append("run", NOON, scope="größer", alpha=1)
    line = (tmp_path / journal.FILE).read_bytes()
    assert line == '{"alpha":1,"at_utc":"2026-11-24T12:00:00Z","kind":"run","scope":"größer"}\n'.encode()


def test_secrets_do_not_enter_however_deep_they_are(tmp_path: Path) -> None:
    stripe, pager = "sk_live_abcdefgh12345678", "0123456789abcdef-pager-key"
    with Journal(tmp_path, secrets=(pager,)) as writing:
        writing.append("card", NOON, why=f"POST with {stripe}", deep={"list": [(f"key {pager}",)], f"{stripe}": 1})
    text = (tmp_path / journal.FILE).read_text()
    assert stripe not in text and pager not in text and "key [TOKEN]" in untagged(text)


def test_not_a_number_and_local_times_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    with Journal(tmp_path) as writing:
        with pytest.raises(ValueError, match="JSON compliant"):
            writing.append("verdict", NOON, value=float("nan"))
        with pytest.raises(ValueError, match="needs a time zone"):
            writing.append("run", NOON.replace(tzinfo=None))
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
        writing.append("run", NOON)
    assert len(journal.read(tmp_path)) == 1
