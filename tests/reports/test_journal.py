"""The journal, read: damage is named, and each moment counts as it last ran."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conduct.journal import Journal
from ramp.decision import Action, Decision
from ramp.plan import Plan
from ramp.verdict import Colour, Verdict
from reports import journal
from reports.journal import JournalBroken, JournalTorn
from tests.journals import NOON, begin, forge, lines_of

GREEN = Verdict(check="cache", moment="stage_1", colour=Colour.GREEN, why="hits", notes=("a", "b"), interval=(0.1, 0.2))
HELD = Decision(moment="stage_1", action=Action.HOLD, reason="cache", next_step="mend", tag=("ceo",))


@pytest.fixture
def folder(tmp_path: Path, plan: Plan) -> Path:
    """A journal of three lines: the run, its plan and a verdict."""
    with Journal(tmp_path) as writing:
        begin(writing, plan)
        writing.append("verdict", NOON, **GREEN.record())
    return tmp_path


def is_broken(folder: Path, line: int, why: str) -> None:
    """For readers, and for whoever would go on writing."""
    for touching in (journal.read, Journal):
        with pytest.raises(JournalBroken, match=why) as broken:
            touching(folder)
        assert (broken.value.file, broken.value.line) == (folder / journal.FILE, line)


@pytest.mark.parametrize(
    ("damage", "line", "why"),
    [
        (lambda text: text + "half a line", 4, "is no record, nor half of one"),
        (lambda text: text + '{"at_utc":"2026-11-24T12:00:00Z","kind":"caps_lifted"}', 4, "has no chain"),
        (lambda text: text.replace('"colour":"GREEN"', '"colour":"RED"')[:-1], 3, "was changed after it was written"),
        (lambda text: text.replace('"kind":"run"', '"kind":"ran"')[:-5], 1, "was changed after it was written"),
        (lambda text: text.replace('"kind":"verdict"', '"kind":"verd\n'), 3, "is not JSON"),
        (lambda text: text.replace('"kind":"run",', ""), 1, '"kind"'),
        (lambda text: "[1]\n" + text, 1, "not a record"),
        (lambda text: "[" * 99_999 + "\n" + text, 1, "brackets are too deep"),
        (lambda text: text.replace("\n", "\n\n", 1), 2, "is not JSON"),
        (lambda text: text.replace('"hits"', '"\\ud800"'), 3, "surrogates"),
        (lambda text: text.replace('"hits"', "1e999"), 3, "not JSON compliant"),
        (lambda text: text.replace('"colour":"GREEN"', '"colour":"RED"'), 3, "was changed after it was written"),
        (lambda text: text.replace('"why":"hits"', '"why": "hits"'), 3, "was changed after it was written"),
        (lambda text: text.replace('"colour":"GREEN"', '"colour":"RED","colour":"GREEN"'), 3, "was changed after"),
        (lambda text: "".join(text.splitlines(keepends=True)[1:]), 1, "was written as line 2: lines were removed"),
        (lambda text: text + text.splitlines(keepends=True)[2], 4, "was written as line 3: lines were removed, added"),
    ],
    ids=[
        "no half", "added", "changed at the end", "changed and torn",
        "cut", "no kind", "list", "brackets", "empty line", "half a letter", "too large", "colour", "blank",
        "key twice", "removed", "copied",
    ],
)  # fmt: skip
def test_damage_is_named_with_its_line_and_stops_readers_and_writers(
    damage: Callable[[str], str], line: int, why: str, folder: Path
) -> None:
    file = folder / journal.FILE
    whole = file.read_text()
    assert damage(whole) != whole
    file.write_text(damage(whole))
    is_broken(folder, line, why)


@pytest.mark.parametrize("left", [1, 2, 30, -5, -1, 0], ids=lambda left: f"{left} bytes")
@pytest.mark.parametrize("nothing_yet", [b"", bytes(40)], ids=["", "NUL"])
def test_a_last_record_that_was_cut_off_is_said_kept_and_gone_on_from(
    left: int, nothing_yet: bytes, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For readers it is torn until somebody goes on writing."""
    file = folder / journal.FILE
    lines = file.read_bytes().splitlines(keepends=True)
    half = lines[2][:left] + nothing_yet
    file.write_bytes(b"".join(lines[:2]) + half)
    if half:
        with pytest.raises(JournalTorn, match=r"line 3 is torn: .* goes on from the record before it"):
            journal.read(folder)
    with Journal(folder) as writing:
        writing.append("caps_lifted", NOON)
    said = capsys.readouterr().err
    kinds = [record["kind"] for record in journal.read(folder)]
    assert kinds == ["run", "plan", *(["torn"] if half else []), "caps_lifted"]
    assert ("line 3 was half written when its process ended" in said) == bool(half)
    assert not half or journal.read(folder)[2]["bytes"] == len(half)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"colour": "GREENISH"}, "not a whole verdict: colour = 'GREENISH'"),
        ({"colour": 5}, "not a whole verdict: colour = 5"),
        ({"value": "0.2"}, "not a whole verdict: value = '0.2'"),
        ({"said": "more"}, "not a whole verdict: said"),
        ({"at_utc": "then"}, "not a whole verdict: at_utc = 'then' is no time in UTC"),
        ({"at_utc": "2026-11-24T12:00:00+05:00"}, "is no time in UTC"),
        ({"kind": "rumour"}, "no known kind \\('rumour'\\)"),
        ({"kind": ["verdict"]}, "no known kind"),
    ],
)
def test_a_record_that_is_none_of_its_kind_is_named_whoever_chained_it(
    change: Mapping[str, Any], why: str, folder: Path
) -> None:
    *others, verdict = lines_of(folder)
    forge(folder, [*others, verdict | change])
    is_broken(folder, 3, why)


def test_each_field_of_a_record_must_be_there(folder: Path) -> None:
    lines = lines_of(folder)
    for number, line in enumerate(lines, start=1):
        for missing in line.keys() - {"kind", "at_utc", "chain"}:
            left = {name: value for name, value in line.items() if name != missing}
            forge(folder, [*lines[: number - 1], left, *lines[number:]])
            is_broken(folder, number, f"is not a whole {line['kind']}: {missing}: is missing")


def test_a_journal_of_before_there_was_a_chain_says_so(folder: Path) -> None:
    unchained = [{name: value for name, value in line.items() if name != "chain"} for line in lines_of(folder)]
    (folder / journal.FILE).write_text("".join(json.dumps(line) + "\n" for line in unchained))
    is_broken(folder, 1, "has no chain: an older version of the suite wrote it")


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
    records = [
        part.record() | {"kind": kinds[type(part)], "at_utc": "2026-11-24T12:00:00Z", "held_min": 15.0} for part in said
    ]
    return journal.latest(json.loads(json.dumps(records)))
