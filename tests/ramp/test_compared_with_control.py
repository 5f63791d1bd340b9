"""GREEN needs a comparison with control: without a sound placebo hour nothing says how much equal slices differ."""

from dataclasses import replace
from datetime import timedelta

import pytest
from simulated import STAGES, simulated

from ramp.decision import Action
from ramp.replay import replay
from ramp.verdict import Colour

SLOWER = (0.55, 0.265, 0.12, 0.04, 0.015, 0.010)  # within the limit, and slower than control
WITHIN = (0.50, 0.27, 0.14, 0.044, 0.026, 0.020)  # P95 117 ms
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


@pytest.mark.parametrize(("slower", "hour_noise"), [({}, 1.0), ({"fast": WITHIN}, 2.0)])
def test_a_placebo_hour_too_noisy_to_see_what_the_limit_leaves_is_none(plan, slower, hour_noise):
    """A P95 of 117 ms was all GREEN by such an hour. Equal slices that differ by as much prove nothing either."""
    outcome = replay(plan, simulated(3, canary=slower, hour_noise=hour_noise), ("latency", "cache"), with_reasons=True)

    assert (outcome.decision, outcome.stage) == (Action.HOLD, "stage_50")
    assert "not compared with control: too noisy: equal slices varied" in outcome.reason, outcome.reason
    assert any("too noisy" in reason for reason in outcome.gates["latency"].because + outcome.gates["cache"].because)


@pytest.mark.parametrize("stage", [stage for stage, _, _ in STAGES[1:]])
def test_it_is_too_noisy_at_every_stage_that_it_hides_something_of(plan, judged_of, stage):
    """YELLOW in the sentence of latency at each; what cost is held to is control itself, so no noise hides that."""
    seen = simulated(3, hour_noise=1.0)
    as_of = max(one.at for one in seen if one.stage == stage)
    verdicts = judged_of(seen, stage, as_of=as_of, plan=plan, of=GATES).verdicts()

    assert verdicts["latency"].colour is Colour.YELLOW and "too noisy" in verdicts["latency"].reason
    assert verdicts["cost"].colour is Colour.GREEN, verdicts["cost"].reason


def test_dearer_users_are_rolled_back_by_the_literal_limit_where_the_hour_is_too_noisy(plan):
    """Such an hour bears nothing out, and takes no trigger back."""
    dearer = {"canary": {"cost": 1.3}, "bad_from": 46}
    for hour_noise in (0.0, 3.0):
        outcome = replay(plan, simulated(3, hour_noise=hour_noise, **dearer), ("cost",))
        assert (outcome.decision, outcome.trigger) == (Action.ROLLBACK, "F3"), outcome.reason


def test_an_hour_of_too_few_requests_tells_nothing_of_latency(plan):
    """No boundary has ten of them on either side: YELLOW, where nothing would ever have been found."""

    def few(one):
        placebo_min = int((one.at - simulated_from).total_seconds() // 60)
        counters = {"requests": placebo_min, "errors": 0, "latency_s": {"0.12": placebo_min, "+Inf": placebo_min}}
        return replace(one, counters={**one.counters, **counters})

    seen = simulated(3)
    simulated_from = seen[0].at
    hour = {one.at for one in seen if one.stage == "placebo"}
    reason = replay(
        plan, [few(one) if one.at in hour and one.slice == "control" else one for one in seen], GATES
    ).reason

    assert "not compared with control" in reason, reason


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
