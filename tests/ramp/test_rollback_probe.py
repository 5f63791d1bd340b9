"""T-10: there is a way back, and a fresh drill of the very same command was proven to take all users back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conduct.run import load_plan
from ramp.probes import DrillSeen, WaysBack, judge_rollback
from ramp.verdict import Colour

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OURS, ANOTHER = "a" * 64, "b" * 64
PLAN = load_plan()


def drilled(age_days=1.0, sha256=OURS, *, proven=True):
    return DrillSeen(at=NOON - timedelta(days=age_days), sha256=sha256, proven=proven, said="staging, 50 %: -")


def judged(*drills, **change):
    ways = {"command": "weight shop 0", "sha256": OURS, "missing": "", "runbook_url": "https://runbooks.example.com"}
    return judge_rollback(PLAN, "t_minus_10", WaysBack(**(ways | change), drills=drills, now=NOON))


@pytest.mark.parametrize(
    ("drills", "colour", "says"),
    [
        ([drilled()], Colour.GREEN, "drilled at 2026-11-23 12:00Z"),
        ([drilled(6.99)], Colour.GREEN, "drilled at"),
        ([drilled(7.01)], Colour.YELLOW, "the drill is 7.0 days old, at most 7 count: type python -m ramp drill"),
        ([], Colour.YELLOW, "was never drilled: type: python -m ramp drill --act"),
        ([drilled(sha256=ANOTHER)], Colour.YELLOW, "only another command was drilled"),
        ([drilled(proven=False)], Colour.RED, "did not take all users back"),
        ([drilled(2), drilled(1, proven=False)], Colour.RED, "did not take all users back"),
        ([drilled(1), drilled(2, proven=False)], Colour.GREEN, "drilled at"),
        ([drilled(9, proven=False), drilled(1, ANOTHER)], Colour.RED, "did not take all users back"),
        ([drilled(-1)], Colour.YELLOW, "was never drilled"),
    ],
)
def test_the_newest_drill_of_this_command_decides(drills, colour, says):
    """A clock that was set back makes no drill of tomorrow count."""
    verdict = judged(*drills)

    assert verdict.colour is colour and says in verdict.why
    assert verdict.tag_ceo == (colour is Colour.RED)


@pytest.mark.parametrize(
    ("change", "colour", "says"),
    [
        ({"command": None, "sha256": None}, Colour.NO_DATA, "set [real.traffic]"),
        ({"runbook_url": None}, Colour.NO_DATA, "set runbook_url"),
        ({"missing": "there is no program `weight` here"}, Colour.RED, "cannot be run: there is no program `weight`"),
        ({"sha256": None}, Colour.YELLOW, "only people can run it"),
    ],
)
def test_without_a_command_that_exists_or_a_runbook_it_holds_whatever_was_drilled(change, colour, says):
    verdict = judged(drilled(), **change)

    assert verdict.colour is colour and says in verdict.why


def test_the_incident_commander_reads_every_way_back():
    notes = "\n".join(judged().notes)

    for way in ("python -m ramp rollback", "weight shop 0", "ROLLBACK", "HOLD", "https://runbooks.example.com"):
        assert way in notes


@given(
    st.lists(
        st.builds(
            drilled,
            st.floats(-2, 30),
            st.sampled_from([OURS, ANOTHER]),
            proven=st.booleans(),
        ),
        max_size=6,
    )
)
def test_it_is_green_only_by_a_proven_drill_of_this_command_within_seven_days(drills):
    """In whatever order the journals are read."""
    verdict = judged(*drills)

    if verdict.colour is Colour.GREEN:
        mine = [each for each in drills if each.sha256 == OURS and each.at <= NOON + timedelta(minutes=1)]
        last = max(each.at for each in mine)
        assert NOON - last <= timedelta(days=7)
        assert all(each.proven for each in mine if each.at == last)
    assert verdict.colour is judged(*reversed(drills)).colour
