"""The journal: what was appended is what is read, one writer at a time, and damage is named."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from conduct.journal import Journal, JournalBusy
from ramp.decision import Action, Decision
from ramp.verdict import Colour, Verdict
from reports import journal
from reports.journal import JournalBroken

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
    assert stripe not in text and pager not in text and "key ***" in text


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


@pytest.mark.parametrize(
    ("damage", "line", "why"),
    [
        (lambda text: text[:-5], 3, "torn"),
        (lambda text: text.replace('"kind":"verdict"', '"kind":"verd'), 2, "is not JSON"),
        (lambda text: text.replace('"kind":"run",', ""), 1, '"kind"'),
        (lambda text: text.replace('"colour":"GREEN"', '"colour":"GREENISH"'), 2, "not a whole verdict"),
        (lambda text: text.replace('"action":"HOLD",', ""), 3, "not a whole decision"),
        (lambda text: "[1]\n" + text, 1, "not a record"),
        (lambda text: text.replace("\n", "\n\n", 1), 2, "is not JSON"),
    ],
    ids=["torn", "cut", "no kind", "colour", "no action", "list", "empty line"],
)
def test_damage_is_named_with_its_line_and_stops_readers_and_writers(
    damage: Callable[[str], str], line: int, why: str, tmp_path: Path
) -> None:
    with Journal(tmp_path) as writing:
        writing.append("run", NOON, version="v20261124.1")
        writing.append("verdict", NOON, **GREEN.record())
        writing.append("decision", NOON, **HELD.record())
    file = tmp_path / journal.FILE
    whole = file.read_text()
    assert damage(whole) != whole
    file.write_text(damage(whole))
    for touching in (journal.read, Journal):
        with pytest.raises(JournalBroken, match=why) as broken:
            touching(tmp_path)
        assert (broken.value.file, broken.value.line) == (file, line)


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    story = journal.latest(journal.read(tmp_path))
    assert (story.run, story.chapters, story.newest) == ({}, (), None)


def test_a_moment_that_ran_again_counts_as_it_last_ran() -> None:
    """A check of the earlier run that did not come back does not linger in the later one."""
    red = replace(GREEN, colour=Colour.RED)
    errors = replace(GREEN, check="errors")
    other = replace(GREEN, moment="stage_10")
    continued = replace(HELD, action=Action.CONTINUE)
    story = story_of(red, errors, HELD, other, replace(HELD, moment="stage_10"), GREEN, continued)
    first, second = story.chapters
    assert (first.moment, first.verdicts, first.decision) == ("stage_1", (GREEN,), continued)
    assert (second.moment, second.verdicts) == ("stage_10", (other,))
    assert story.newest is first


def test_a_moment_that_was_interrupted_has_no_decision() -> None:
    """An old CONTINUE must not stand beside new verdicts."""
    story = story_of(GREEN, replace(HELD, action=Action.CONTINUE), replace(GREEN, colour=Colour.RED))
    assert story.newest.decision is None and story.newest.verdicts[0].colour is Colour.RED


def story_of(*said: Verdict | Decision) -> journal.Story:
    kinds = {Verdict: "verdict", Decision: "decision"}
    records = [part.record() | {"kind": kinds[type(part)], "at_utc": "2026-11-24T12:00:00Z"} for part in said]
    return journal.latest(json.loads(json.dumps(records)))
