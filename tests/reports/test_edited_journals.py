"""An edited journal is refused, or what it tells is the same: by hand, and by somebody who chains it anew."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import write_journal

from ramp.__main__ import main
from ramp.decision import EVIDENCE_BROKEN_EXIT
from ramp.plan import Plan
from reports import journal
from reports.journal import FILE, JournalBroken
from tests.journals import forge, lines_of

Lines = list[dict[str, Any]]


def at(lines: Lines, kind: str, moment: str = "stage_10", **is_: Any) -> int:
    """The last line of this kind at this moment."""
    return max(
        number
        for number, line in enumerate(lines)
        if (line["kind"], line.get("moment")) == (kind, moment) and is_.items() <= line.items()
    )


def set_in(kind: str, moment: str = "stage_10", of: str | None = None, **fields: Any) -> Callable[[Lines], Lines]:
    def edited(lines: Lines) -> Lines:
        number = at(lines, kind, moment, **({"check": of} if of else {}))
        return [*lines[:number], lines[number] | fields, *lines[number + 1 :]]

    return edited


def without(kind: str, of: str | None = None) -> Callable[[Lines], Lines]:
    def edited(lines: Lines) -> Lines:
        number = at(lines, kind, **({"check": of} if of else {}))
        return [*lines[:number], *lines[number + 1 :]]

    return edited


def another_moments_name(lines: Lines) -> Lines:
    number = at(lines, "decision", "stage_1")
    return [*lines, lines[number] | {"moment": "stage_10"}]


def an_earlier_decision_last(lines: Lines) -> Lines:
    return [*lines, lines[at(lines, "decision", "stage_1")]]


def a_line_copied(lines: Lines) -> Lines:
    number = at(lines, "verdict", check="errors")
    return [*lines[:number], lines[number], *lines[number:]]


def decision_before_its_verdicts(lines: Lines) -> Lines:
    *others, decision = lines
    return [*others[:-3], decision, *others[-3:]]


def a_plan_that_asks_less(lines: Lines) -> Lines:
    """Whoever would have the slow canary go on makes the plan slower."""
    number = next(number for number, line in enumerate(lines) if line["kind"] == "plan")
    says = json.loads(json.dumps(lines[number]["says"]))
    says["gates"].pop("latency")
    return [*lines[:number], lines[number] | {"says": says}, *lines[number + 1 :]]


GREEN = {"colour": "GREEN", "trigger": None, "why": "P95 is 91.4 ms, at most 120 ms"}
EDITS: dict[str, Callable[[Lines], Lines]] = {
    "the action": set_in("decision", action="CONTINUE"),
    "the action, and why": set_in("decision", action="CONTINUE", reason="all 13 checks GREEN", because=[]),
    "the reason": set_in("decision", reason="F1 fired: nothing much"),
    "the next step": set_in("decision", next_step="go on to stage_25"),
    "why it is so": set_in("decision", because=["errors"]),
    "who is tagged": set_in("decision", tag=[]),
    "who is paged": set_in("decision", page=[]),
    "a colour": set_in("verdict", of="latency", **GREEN),
    "a trigger": set_in("verdict", of="latency", trigger=None),
    "a verdict's sentence": set_in("verdict", of="latency", why="P95 is 91.4 ms"),
    "another check's colour": set_in("verdict", of="errors", colour="NO DATA"),
    "a RED verdict left out": without("verdict", of="latency"),
    "a GREEN verdict left out": without("verdict", of="errors"),
    "one decision in the place of another": lambda lines: an_earlier_decision_last(without("decision")(lines)),
    "minutes that were held": set_in("decision", moment="stage_1", held_min=3.0),
    "that nothing interrupted it": set_in("decision", moment="stage_1", interrupted=True),
    "what it lacked": set_in("decision", lacks=[["t_minus_10", "not concluded "]]),
    "another moment's name": another_moments_name,
    "a verdict's moment": lambda lines: [
        line | {"moment": "stage_25"} if line.get("trigger") else line for line in lines
    ],
    "a moment that is none": set_in("decision", moment="stage_1", check=None),
    "an earlier decision put last": an_earlier_decision_last,
    "a line copied": a_line_copied,
    "a decision before its verdicts": decision_before_its_verdicts,
    "the plan": a_plan_that_asks_less,
    "no plan": lambda lines: [line for line in lines if line["kind"] != "plan"],
    "no run": lambda lines: [line for line in lines if line["kind"] != "run"],
}
ONLY_BY_HAND: dict[str, Callable[[Lines], Lines]] = {
    "when it was": set_in("decision", at_utc="2026-11-24T11:00:00Z"),
    "a value": set_in("verdict", of="latency", value=0.0914),
    "two lines swapped": lambda lines: [*lines[:-2], lines[-1], lines[-2]],
    "two verdicts swapped": lambda lines: [*lines[:-3], lines[-2], lines[-3], lines[-1]],
    "what the run is about": lambda lines: [lines[0] | {"scope": "something else"}, *lines[1:]],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> Path:
    """A ramp that was rolled back at 10 %."""
    return write_journal(tmp_path_factory.mktemp("edited"), plan, "rollback")


@pytest.fixture(scope="module")
def whole(folder: Path) -> bytes:
    return (folder / FILE).read_bytes()


@pytest.mark.parametrize("edit", [*EDITS, *ONLY_BY_HAND])
def test_an_edit_by_hand_is_refused(edit: str, folder: Path, whole: bytes) -> None:
    (folder / FILE).write_bytes(whole)
    edited = (EDITS | ONLY_BY_HAND)[edit](lines_of(folder))
    text = "".join(
        json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n" for line in edited
    )
    assert text.encode() != whole
    (folder / FILE).write_text(text, "utf-8")
    with pytest.raises(JournalBroken, match=r"was changed after it was written|does not follow|was written as line"):
        journal.read(folder)


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_that_is_chained_anew_is_refused_where_the_verdicts_do_not_come_to_the_decision(
    edit: str, folder: Path, whole: bytes
) -> None:
    (folder / FILE).write_bytes(whole)
    forge(folder, EDITS[edit](lines_of(folder)))
    with pytest.raises(JournalBroken):
        journal.read(folder)


def test_a_journal_that_is_chained_anew_as_it_was_is_read(folder: Path, whole: bytes) -> None:
    """The forger of these tests makes nothing that is refused for how it is forged."""
    (folder / FILE).write_bytes(whole)
    told = journal.latest(journal.read(folder))
    forge(folder, lines_of(folder))
    assert (folder / FILE).read_bytes() == whole and journal.latest(journal.read(folder)) == told


def test_the_refusal_says_what_was_written_and_what_it_comes_to(folder: Path, whole: bytes) -> None:
    (folder / FILE).write_bytes(whole)
    forge(folder, EDITS["the action"](lines_of(folder)))
    last = len(lines_of(folder))
    said = (
        f"line {last} says CONTINUE at stage_10, and its verdicts come to ROLLBACK. The evidence of this run is broken"
    )
    with pytest.raises(JournalBroken, match=said):
        journal.read(folder)


def test_what_another_version_of_the_suite_decided_otherwise_says_so(folder: Path, whole: bytes) -> None:
    """And what it decided alike is read."""
    (folder / FILE).write_bytes(whole)
    run, *others = lines_of(folder)
    elsewhere = [run | {"suite": "f" * 64}, *others]
    forge(folder, elsewhere)
    assert journal.read(folder)
    forge(folder, EDITS["the action"](elsewhere))
    with pytest.raises(JournalBroken, match="Another version of the suite decided it \\(ffffffffffff\\): read it with"):
        journal.read(folder)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
def test_any_edit_of_bytes_or_lines_is_refused_or_changes_nothing_that_is_told(
    chance: random.Random, folder: Path, whole: bytes
) -> None:
    """Only a shortened tail is not seen: what is left was told so, once."""
    edited = random_edit(chance, whole)
    (folder / FILE).write_bytes(edited)
    try:
        journal.read(folder)
    except JournalBroken:
        return
    assert whole.startswith(edited)


def random_edit(chance: random.Random, whole: bytes) -> bytes:
    lines = whole.splitlines(keepends=True)
    here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
    place, length = chance.randrange(len(whole)), chance.choice([1, 1, 1, 2, 8, 200])
    match chance.randrange(6):
        case 0:
            return whole[:place] + chance.randbytes(length) + whole[place + length :]
        case 1:
            return whole[:place] + whole[place + length :]
        case 2:
            return whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :]
        case 3:
            del lines[here]
        case 4:
            lines[here], lines[there] = lines[there], lines[here]
        case _:
            lines.insert(there, lines[here])
    return b"".join(lines)


def test_commands_refuse_it_with_30(
    folder: Path, whole: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / FILE).write_bytes(whole.replace(b'"action":"ROLLBACK"', b'"action":"CONTINUE"'))
    for command in (["matrix"], ["anew", "--by=U0IC", "--because=mended"]):
        assert main([*command, f"--run={folder}"]) == EVIDENCE_BROKEN_EXIT, command
        assert "was changed after it was written. The evidence of this run is broken" in capsys.readouterr().err
