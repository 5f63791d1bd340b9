"""Verdicts to one word, by the order of the rules."""

import pytest

from ramp.decision import Action, decide
from ramp.verdict import Colour, Verdict


def verdicts(plan, moment="stage_50", **colours):
    return {
        check: Verdict(check=check, moment=moment, colour=colours.get(check, Colour.GREEN), reason=f"{check} says so")
        for check in plan.required(moment)
    }


def test_all_green_and_held_continues(plan):
    """A2: nobody has to approve."""
    decision = decide(plan, "stage_50", verdicts(plan), 30)

    assert (decision.action, decision.action.exit_code, decision.page) == (Action.CONTINUE, 0, ())
    assert "stage_100" in decision.next_step


def test_a_trigger_rolls_back_whatever_else_is_missing(plan):
    """F7: no approval, the incident commander is paged, even while another gate is blind."""
    given = verdicts(plan, cache=Colour.NO_DATA)
    given["payments"] = Verdict(check="payments", moment="stage_50", colour=Colour.RED, reason="1 failed", trigger="F4")

    decision = decide(plan, "stage_50", given, 3)

    assert (decision.action, decision.action.exit_code) == (Action.ROLLBACK, 20)
    assert "incident_commander" in decision.page
    assert decision.because == ("payments",)


@pytest.mark.parametrize("colour", [Colour.RED, Colour.NO_DATA])
def test_red_without_a_trigger_and_no_data_hold_and_page(plan, colour):
    """Neither continues, and the CEO hears of it."""
    decision = decide(plan, "stage_10", verdicts(plan, "stage_10", share=colour), 15)

    assert (decision.action, decision.action.exit_code) == (Action.HOLD, 10)
    assert "ceo" in decision.page


def test_yellow_continues_tagged_below_50_and_holds_at_50(plan):
    """E7, A3."""
    below = decide(plan, "stage_10", verdicts(plan, "stage_10", markup=Colour.YELLOW), 15)
    at_50 = decide(plan, "stage_50", verdicts(plan, markup=Colour.YELLOW), 30)

    assert (below.action, below.tag) == (Action.CONTINUE, ("ceo",))
    assert (at_50.action, at_50.tag) == (Action.HOLD, ("ceo",))


@pytest.mark.parametrize("held_min", [None, 0, 14, 29])
def test_an_unfinished_hold_holds(plan, held_min):
    """A1: fifteen or thirty minutes are not fourteen or twenty-nine."""
    assert decide(plan, "stage_50", verdicts(plan), held_min).action is Action.HOLD


def test_nothing_came_back_is_a_hold_that_names_every_check(plan):
    """A crashed run proves nothing."""
    decision = decide(plan, "stage_50", {}, 30)

    assert decision.action is Action.HOLD
    assert set(decision.because) == set(plan.required("stage_50"))


def test_fifteen_blind_minutes_recommend_a_rollback(plan):
    """It stays a HOLD, and says so."""
    given = verdicts(plan, latency=Colour.NO_DATA)
    given["latency"] = Verdict(
        check="latency", moment="stage_50", colour=Colour.NO_DATA, reason="nothing seen", blind_min=15
    )

    decision = decide(plan, "stage_50", given, 30)

    assert decision.action is Action.HOLD
    assert "recommend ROLLBACK" in decision.reason
