"""A commit is critical by a trailer of its message alone, and a freeze lasts 24 hours, no more and no less."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.freeze import Change, Freeze, FreezeSeen, text_of
from ramp.probes import judge_freeze
from ramp.validation import Invalid, read_toml, typed
from ramp.verdict import Colour

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
COMMIT = "3f9c2a7be1d04c5586f0a1b2c3d4e5f60718293a"
TEXT = text_of("v20261124.1", COMMIT, NOON)
FREEZE = typed(Freeze, read_toml(TEXT, "freeze.toml"), "freeze.toml")
MARKED = "Mend the tax\n\nIt was charged twice.\n\nCritical: INC-4711 money\nReviewed-by: A developer <a@example.com>\n"


def change(message: str) -> Change:
    return Change(commit="a" * 40, message=message)


def judged(plan, now: datetime, *messages: str):
    seen = FreezeSeen(freeze=FREEZE, by="ic", key="SHA256:abc", changes=tuple(map(change, messages)), now=now)
    return judge_freeze(plan, "freeze", seen)


def test_a_trailer_with_a_reason_marks_a_commit():
    assert change(MARKED).is_critical


@pytest.mark.parametrize(
    "message",
    [
        "Critical: this is a subject",
        "Mend\n\nCritical:\n",
        "Mend\n\nCritical:   \n",
        "Mend\n\nThis is no\nCritical: trailer\n",
        "Mend\n\nCritical: INC-1\n\nAnd more text after it.\n",
        "Mend\n\nNot-Critical: INC-1\n",
        "",
    ],
)
def test_nothing_else_does(message):
    assert not change(message).is_critical


@given(hours=st.floats(min_value=0, max_value=23.99), messages=st.lists(st.sampled_from([MARKED, "Say hello"])))
def test_while_it_lasts_every_commit_must_be_marked(plan, hours, messages):
    verdict = judged(plan, NOON + timedelta(hours=hours), *messages)
    assert verdict.colour is (Colour.RED if "Say hello" in messages else Colour.GREEN)
    assert "2026-11-25 12:00Z" in verdict.why


def test_afterwards_anything_passes_and_before_it_the_clock_is_wrong(plan):
    assert judged(plan, NOON + timedelta(hours=24), "Say hello").colour is Colour.GREEN
    assert judged(plan, NOON - timedelta(seconds=1)).colour is Colour.NO_DATA


@pytest.mark.parametrize("hours", [0, 23, 25, 48])
def test_a_file_that_freezes_for_another_time_is_none(hours):
    until = NOON + timedelta(hours=hours)
    edited = TEXT.replace("until_utc = 2026-11-25T12:00:00Z", f"until_utc = {until:%Y-%m-%dT%H:%M:%SZ}")
    with pytest.raises(Invalid, match="24 hours"):
        typed(Freeze, read_toml(edited, "freeze.toml"), "freeze.toml")
