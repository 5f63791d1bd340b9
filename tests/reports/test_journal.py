"""The journal, read: damage is named, and each moment counts as it last ran."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conduct.journal import Journal
from ramp.decision import Action, Decision
from ramp.verdict import Colour, Verdict
from reports import journal
from reports.journal import JournalBroken

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
GREEN = Verdict(check="cache", moment="stage_1", colour=Colour.GREEN, why="hits", notes=("a", "b"), interval=(0.1, 0.2))
HELD = Decision(moment="stage_1", action=Action.HOLD, reason="cache", next_step="mend", tag=("ceo",))


@pytest.mark.parametrize(
    ("damage", "line", "why"),
    [
        (lambda text: text[:-5], 3, "torn"),
        (lambda text: text.replace('"kind":"verdict"', '"kind":"verd'), 2, "is not JSON"),
        (lambda text: text.replace('"kind":"run",', ""), 1, '"kind"'),
        (lambda text: text.replace('"colour":"GREEN"', '"colour":"GREENISH"'), 2, "not a whole verdict"),
        (lambda text: text.replace('"colour":"GREEN"', '"colour":5'), 2, "not a whole verdict"),
        (lambda text: text.replace('"action":"HOLD",', ""), 3, "not a whole decision"),
        (lambda text: "[1]\n" + text, 1, "not a record"),
        (lambda text: text.replace("\n", "\n\n", 1), 2, "is not JSON"),
    ],
    ids=["torn", "cut", "no kind", "colour", "number", "no action", "list", "empty line"],
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
