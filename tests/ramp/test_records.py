"""The kinds of records: what is written of verdicts, decisions, events and orders is whole, and documented."""

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.circumstances import Circumstances
from ramp.decision import Decision
from ramp.happened import EVENTS, Event, event_of, record
from ramp.ordered import COMMANDS, Command
from ramp.records import KINDS, must_be_whole
from ramp.verdict import Verdict

DOCS = Path(__file__).parents[2] / "docs" / "journal.md"
AT = {"at_utc": "2026-11-24T12:00:00Z"}


def built(of: type) -> st.SearchStrategy:
    """Any instance, with numbers that JSON has."""
    number = st.floats(allow_nan=False, allow_infinity=False)
    numbers = {name: number for name, hint in get_type_hints(of).items() if "float" in str(hint)}
    return st.builds(of, **numbers)


def test_verdict_and_decision_have_the_fields_of_what_they_are_read_as():
    assert set(KINDS["verdict"].fields) == {field.name for field in fields(Verdict)}
    assert set(KINDS["decision"].fields) == {field.name for of in (Decision, Circumstances) for field in fields(of)}


@given(event=st.one_of(*map(built, EVENTS)))
def test_every_event_is_read_back_as_it_was_written(event: Event):
    written = json.loads(json.dumps({"kind": "happened", "event": record(event), **AT}))
    must_be_whole(written)
    assert event_of(written["event"]) == event


@given(order=st.one_of(*map(built, COMMANDS)))
def test_every_order_may_be_written(order: Command):
    must_be_whole(
        json.loads(json.dumps({"kind": "ordered", "what": type(order).__name__, "order": asdict(order), **AT}))
    )


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"kind": "happened", "event": {"what": "Rained"}}, "tells of what no known ramp does \\('Rained'\\)"),
        ({"kind": "happened", "event": {}}, r"tells of what no known ramp does \(None\)"),
        ({"kind": "happened", "event": {"what": "Said", "word": "PANIC", "by": "U0IC"}}, "word = 'PANIC'"),
        (
            {"kind": "happened", "event": {"what": "Looked", "outlook": "within", "held_min": "3", "reason": ""}},
            "= '3'",
        ),
        (
            {"kind": "ordered", "what": "SetWeight", "order": {"moment": "stage_1", "from_pct": 0.0}},
            "to_pct: is missing",
        ),
        ({"kind": "ordered", "what": "Sell", "order": {}}, "no known ramp does"),
    ],
)
def test_what_is_no_event_and_no_order_is_refused(record, why):
    with pytest.raises(ValueError, match=why):
        must_be_whole({**record, **AT})


def test_the_documentation_has_each_kind_with_what_it_says_and_its_fields():
    rows = [line.split(" | ") for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `")]
    documented = {row[0].strip("| `"): (row[1], {part.split("`")[1] for part in row[2].split(", ")}) for row in rows}
    told = {name: (kind.says, {*kind.fields, *kind.sometimes} or {"at_utc"}) for name, kind in KINDS.items()}
    assert documented == told
