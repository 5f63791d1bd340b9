"""Traffic never rises in an open breach: a limit that is broken, or was until lately."""

from datetime import UTC, datetime, timedelta

import pytest

from ramp.decision import Action, decide
from ramp.gates import GATES
from ramp.triggers import Persistence
from ramp.verdict import Colour


@pytest.fixture
def decided(plan, ramp_of, judged_of):
    """The decision on `gate` at minute `minute` of the 1 % stage, and its verdict."""

    def decide_on(gate, minute, **canary):
        looked = judged_of(ramp_of("stage_1", minute, canary=canary), of=(gate,))
        verdicts = looked.verdicts()
        return decide(plan, "stage_1", verdicts, looked.view.held_min, required=(gate,)), verdicts[gate]

    return decide_on


def bad(first, last):
    """2.5 % of the canary's requests fail in these minutes."""
    return lambda minute: 25 if first <= minute <= last else 1


def test_errors_from_minute_11_on_are_not_promoted(decided):
    """A hold that is over with an SLO broken keeps its weight, and rolls back once the breach persisted."""
    decision, verdict = decided("errors", 15, errors=bad(11, 99))
    assert (decision.action, verdict.colour) == (Action.HOLD, Colour.YELLOW)
    assert "traffic does not rise while a breach is open: errors YELLOW at stage_1" in decision.reason
    assert decision.page == () and decision.tag == ("ceo",)

    decision, _ = decided("errors", 27, errors=bad(11, 99))
    assert decision.action is Action.ROLLBACK


def test_it_goes_on_by_itself_after_one_window_within_the_limit(decided):
    """Once the last minute of a short breach has left the window, five minutes of GREEN are waited for."""
    told = [decided("errors", minute, errors=bad(11, 13)) for minute in range(15, 24)]
    actions, colours = [decision.action for decision, _ in told], [verdict.colour for _, verdict in told]
    first_green = colours.index(Colour.GREEN)

    assert colours[first_green:] == [Colour.GREEN] * (len(told) - first_green)
    assert actions == [Action.HOLD] * (first_green + 4) + [Action.CONTINUE] * (len(told) - first_green - 4)
    assert "for 1 of 5 min since a breach" in told[first_green][1].reason


def test_looks_that_saw_nothing_do_not_close_it(plan):
    """Nobody knows what they would have seen: the five minutes begin after them."""
    at, look = datetime(2026, 1, 5, 8, tzinfo=UTC), timedelta(minutes=1)
    state = Persistence().then(plan, at, breach=True)
    for breach in (False, None, False, False, False, False):
        at += look
        state = state.then(plan, at, breach)

        assert state.is_open(plan, at)
    assert not state.then(plan, at + look, breach=False).is_open(plan, at + look)


@pytest.mark.parametrize("gate", GATES)
def test_a_healthy_canary_has_no_open_breach(plan, gate, ramp_of, judged_of):
    """Whichever gate is asked."""
    assert not judged_of(ramp_of("stage_1", 15), of=(gate,)).findings[gate].open_breach


def test_a_stage_may_be_told_to_go_on_all_the_same(plan, ramp_of, judged_of):
    """By its own row in the plan, for an owner who wants that."""
    looked = judged_of(ramp_of("stage_1", 15, canary={"errors": bad(11, 99)}), of=("errors",))
    eager = plan.model_copy(
        update={"moments": tuple(m.model_copy(update={"on_open_breach": "continue"}) for m in plan.moments)}
    )

    assert decide(eager, "stage_1", looked.verdicts(), 15, required=("errors",)).action is Action.CONTINUE


@pytest.mark.parametrize(
    ("minutes", "dearer", "spread", "colour", "is_open"),
    [
        (15, 1.04, 1.1, Colour.GREEN, False),  # within
        (14, 1.09, 1.1, Colour.YELLOW, True),  # over, and proven to be
        (15, 1.06, 40.0, Colour.YELLOW, False),  # over, perhaps by chance
    ],
)
def test_cost_keeps_traffic_back_where_it_is_proven_to_be_over(decided, minutes, dearer, spread, colour, is_open):
    """The mean of a few users is over 5 % in a good part of all healthy stages."""
    usd = 250 * dearer
    _, verdict = decided("cost", minutes, cost_usd=usd, cost_usd_squared=usd * usd / 250 * spread)

    assert (verdict.colour, verdict.open_breach) == (colour, is_open)


def test_one_dear_window_at_the_end_is_no_breach_of_the_stage(decided):
    """The stage to date is within, and the last five minutes prove nothing."""
    decision, verdict = decided(
        "cost",
        15,
        cost_usd=lambda minute: 270.0 if minute > 10 else 245.0,
        cost_usd_squared=lambda minute: 40 * 270.0 if minute > 10 else 40 * 245.0,
    )

    assert (decision.action, verdict.colour) == (Action.CONTINUE, Colour.GREEN)
    assert "over the whole stage" in verdict.reason
