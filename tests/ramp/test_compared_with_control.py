"""GREEN needs a comparison with control: without a sound placebo hour nothing says how much equal slices differ."""

from dataclasses import replace
from datetime import timedelta

import pytest
from simulated import STAGES, simulated

from ramp.decision import Action
from ramp.replay import replay
from ramp.verdict import Colour

SLOWER = (0.55, 0.265, 0.12, 0.04, 0.015, 0.010)  # within the limit, and slower than control
GATES = ("latency", "errors", "cache", "cost")


def placebo(change):
    """A whole ramp; `change` is made to each observation of its placebo hour, None leaves it out."""
    seen = [change(one) if one.stage == "placebo" else one for one in simulated(3)]
    return [one for one in seen if one]


def days_ago(one):
    return replace(one, at=one.at - timedelta(days=2))


def without_canary_requests(one):
    counters = {"requests": 5, "errors": 0, "latency_s": {"0.12": 5, "+Inf": 5}} if one.slice == "canary" else {}
    return replace(one, counters={**one.counters, **counters})


def one_page_for_both():
    """What the canary's page says in the placebo hour is control's."""
    control = {one.at: one.counters for one in simulated(3) if one.slice == "control"}
    return placebo(lambda one: replace(one, counters={**control[one.at], **_payments(one)}))


def _payments(one):
    return {name: value for name, value in one.counters.items() if name.startswith("payments")}


def test_a_sound_placebo_hour_is_compared(plan):
    """All GREEN at 50 %, and a canary that is slower within the limit is found."""
    assert replay(plan, simulated(3), GATES).decision is Action.CONTINUE
    slower = replay(plan, simulated(3, canary={"fast": SLOWER}), GATES)
    assert (slower.decision, slower.gates["latency"].red_minute is None) == (Action.HOLD, False)


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (simulated(3, placebo=False), "0 min of a placebo hour"),
        (simulated(3, stages=(("placebo", 1, 29), *STAGES[1:])), "29 min of a placebo hour"),
        (placebo(days_ago), "0 min of a placebo hour"),
        (placebo(without_canary_requests), "in 0 min of the placebo hour both slices had requests"),
        (one_page_for_both(), "is it one page?"),
    ],
    ids=["none", "29 minutes", "days old", "no canary requests", "one page"],
)
def test_without_one_nothing_is_compared_and_50_percent_holds(plan, seen, why):
    """YELLOW, said in the sentence; it continues below 50 %, tagged."""
    outcome = replay(plan, seen, ("latency", "errors"), with_reasons=True)

    assert outcome.decision is Action.HOLD and outcome.stage == "stage_50"
    assert "not compared with control" in outcome.reason and why in outcome.reason, outcome.reason


def test_the_plan_may_waive_the_comparison_in_view(limits_only, judged_of):
    """Limits alone are judged, and every sentence says so."""
    seen = simulated(3, placebo=False)
    verdicts = judged_of(seen, of=GATES).verdicts()

    assert replay(limits_only, seen, GATES).decision is Action.CONTINUE
    assert {verdict.colour for verdict in verdicts.values()} == {Colour.GREEN}
    assert all("by its limit only, for the plan compares nothing" in verdict.reason for verdict in verdicts.values())


def test_a_minute_without_a_request_says_nothing(plan):
    """A quiet minute in the placebo hour is no crash, and the rest of it counts."""
    seen = simulated(3)
    placebo_at = sorted({one.at for one in seen if one.stage == "placebo"})[:8]
    first = {one.slice: one.counters for one in seen if one.at == placebo_at[0]}
    seen = [replace(one, counters=first[one.slice]) if one.at in placebo_at else one for one in seen]
    outcome = replay(plan, seen, ("latency", "errors"))

    assert outcome.decision is Action.CONTINUE, outcome.reason
