"""Declines and fraud flags by rule: no failed payments, compared with control's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conduct.run import load_plan
from ramp.decision import Action, decide
from ramp.judge import judged_at
from ramp.observation import Observation
from ramp.verdict import Colour, Trigger

PLAN = load_plan()
LIMITS_ONLY = PLAN.model_copy(update={"evidence": PLAN.evidence.model_copy(update={"comparison": "limits_only"})})
T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
STAGES = (("placebo", 1, 60), ("stage_1", 1, 15), ("stage_10", 10, 15))
EVEN = {"tried": 10, "failed": 0, "rules": {"R-17": 1}, "flags": {}}
NAMES = ("payments_declined", "fraud_flags")


def declining_plan(*, declines_fail):
    row = PLAN.gates.payments.model_copy(update={"declines_fail": declines_fail})
    return PLAN.model_copy(update={"gates": PLAN.gates.model_copy(update={"payments": row})})


def payments(tried=0, failed=0, rules=None, flags=None):
    """What one minute adds to a slice's counters."""
    rules, flags = rules or {}, flags or {}
    paid = tried - failed - sum(rules.values())
    return {"payments_attempted": tried, "payments_succeeded": paid} | {NAMES[0]: rules, NAMES[1]: flags}


def added_up(before, added):
    if isinstance(added, dict):
        return {label: before.get(label, 0) + added.get(label, 0) for label in {**before, **added}}
    return before + added


def recorded(canary, control, stages=STAGES):
    """Observations a minute apart; `canary(stage, minute)` and `control(...)` say what a minute adds."""
    minutes = [(stage, pct, minute) for stage, pct, held in stages for minute in range(1, held + 1)]
    began = T0 - timedelta(minutes=sum(stage == "placebo" for stage, *_ in minutes))
    seen = []
    for slice, added in (("canary", canary), ("control", control)):
        each = [payments(), *(payments(**added(stage, minute)) for stage, _, minute in minutes)]
        totals = accumulate(each, lambda a, b: {name: added_up(a[name], b[name]) for name in a})
        for number, (total, (stage, pct, _)) in enumerate(zip(totals, [minutes[0], *minutes], strict=True)):
            at = began + timedelta(minutes=number)
            one = Observation(at=at, slice=slice, stage=stage, traffic_pct=pct, counters=total, gauges={})
            seen.append(one)
    return sorted(seen, key=lambda one: (one.at, one.slice))


def ramp(canary=EVEN, control=EVEN, placebo=EVEN, **changes):
    """A ramp of the same minutes; in the placebo hour control plays the canary, which the first minutes of it skip."""
    return recorded(
        lambda stage, minute: placebo if stage == "placebo" else canary,
        lambda stage, minute: placebo if stage == "placebo" else control,
        **changes,
    )


def judged(seen, plan=PLAN, stage=None):
    moment = plan.moment(stage or seen[-1].stage)
    return judged_at(plan, seen, moment, seen[-1].at, ["payments"]).verdicts()["payments"]


def action(verdict, plan=PLAN):
    return decide(plan, verdict.moment, {"payments": verdict}, 15.0, required=["payments"]).action


def without(seen, slice, names, at=lambda at: True):
    def kept(one):
        return {name: value for name, value in one.counters.items() if name not in names}

    return [replace(one, counters=kept(one)) if one.slice == slice and at(one.at) else one for one in seen]


def test_declines_at_controls_rate_are_green_and_listed_by_rule():
    """A tenth of all payments is declined on both slices, and none failed."""
    canary = EVEN | {"rules": {"R-17": 1}, "flags": {"R-9": 1}}
    verdict = judged(ramp(canary, canary, canary))

    assert (verdict.colour, verdict.trigger, verdict.n) == (Colour.GREEN, None, 30 * 9), verdict.reason
    assert "0 of 270 failed since T-10 and 30 of 300 were declined" in verdict.reason
    assert "declines: rule R-17 30 of 300 (10.00 %; control 90 of 900, 10.00 %)" in verdict.notes
    assert "fraud flags: rule R-9 30 of 300 (10.00 %; control 90 of 900, 10.00 %)" in verdict.notes
    assert action(verdict) is Action.CONTINUE


@pytest.mark.parametrize("kind", ["rules", "flags"])
def test_more_than_controls_is_red_by_evidence_and_holds(kind):
    """Half of the canary's payments, of a rule that control does not have: no trigger fires."""
    canary = EVEN | {"flags": {}} | {kind: {"R-17": 1, "R-99": 4}}
    control = EVEN | {"flags": {}} | {kind: {"R-17": 1}}
    verdict = judged(ramp(canary, control, control))

    assert (verdict.colour, verdict.trigger) == (Colour.RED, None), verdict.reason
    assert f"more {'declines' if kind == 'rules' else 'fraud flags'} than control's by E" in verdict.reason
    assert any("rule R-99 120 of 300 (40.00 %; control 0 of 900, 0.00 %)" in note for note in verdict.notes)
    assert verdict.open_breach and action(verdict) is Action.HOLD


@pytest.mark.parametrize(("failed", "colour"), [(0, Colour.GREEN), (1, Colour.RED)])
def test_declines_neither_fail_nor_dilute(failed, colour):
    """One failed of 190 tried and not declined is 0.53 %, though it is 0.48 % of all 210."""
    canary = {"tried": 14, "rules": {"R-17": 1}}
    seen = recorded(
        lambda stage, minute: canary | ({"failed": failed} if (stage, minute) == ("stage_10", 8) else {}),
        lambda stage, minute: canary,
        stages=(("stage_10", 10, 15),),
    )
    verdict = judged(seen, LIMITS_ONLY)

    assert (verdict.n, verdict.colour, verdict.trigger) == (195, colour, "F4" if failed else None), verdict.reason


def test_where_no_source_tells_of_declines_each_payment_that_did_not_succeed_failed():
    """The reading of before: what cannot be told apart is a failure, and that is said."""
    verdict = judged(without(ramp(), "canary", {*NAMES}))

    assert (verdict.colour, verdict.trigger) == (Colour.RED, "F4")
    assert "30 of 300 failed since T-10, those included that were declined" in verdict.reason
    assert "declines: not reported by the source, so that each counts as a failure" in verdict.notes


def test_what_control_paid_in_the_placebo_hour_is_no_payment_of_the_release():
    """Two of its payments failed, and the canary's never did; then one of the canary's does."""
    failing = EVEN | {"failed": 2}

    assert (judged(ramp(placebo=failing)).colour, judged(ramp(placebo=failing)).n) == (Colour.GREEN, 270)
    assert judged(ramp(EVEN | {"failed": 1}, placebo=EVEN)).trigger == "F4"


def test_an_owner_may_have_declines_count_as_failures():
    verdict = judged(ramp(), declining_plan(declines_fail=True))

    assert (verdict.colour, verdict.trigger) == (Colour.RED, "F4")
    assert "those included that were declined" in verdict.reason


def test_a_breach_that_counts_declines_needs_no_rules():
    """With `declines_fail` what was declined by which rule may be missing: the breach is seen all the same."""
    seen, plan = ramp(), declining_plan(declines_fail=True)
    gone = without(seen, "canary", {*NAMES}, at=lambda at: at == seen[-1].at)

    assert judged(gone, plan).trigger == "F4"
    sound = ramp({"tried": 10}, {"tried": 10}, {"tried": 10})
    assert judged(sound, plan).colour is Colour.GREEN
    assert judged(without(sound, "canary", {NAMES[0]}, at=lambda at: at == seen[-1].at), plan).colour is Colour.NO_DATA


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("slice", ["canary", "control"])
def test_what_was_told_once_and_is_not_any_more_is_no_data(slice, name):
    """Of the canary nobody knows what failed; of control nobody knows what to compare with."""
    both = EVEN | {"flags": {"R-9": 1}}
    seen = ramp(both, both, both)
    late = seen[-1].at - timedelta(minutes=1)

    verdict = judged(without(seen, slice, {name}, at=lambda at: at >= late))

    assert verdict.colour is Colour.NO_DATA and name in verdict.reason, verdict.reason


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (ramp(stages=STAGES[1:]), "0 min of a placebo hour were recorded before T-0"),
        (without(ramp(), "control", {*NAMES}), "payments_declined of control is absent"),
        (ramp(placebo={"tried": 0}), "0 payments of control were tried in the placebo hour, at least 20 are needed"),
        (ramp(control={"tried": 0}), "nobody paid on both sides since T-0"),
    ],
)
def test_declines_that_nothing_compares_are_yellow(seen, says):
    """They go on below 50 %, tagged, as whatever is not compared; without a decline there is nothing to compare."""
    verdict = judged(seen)

    assert (verdict.colour, verdict.trigger, verdict.thin) == (Colour.YELLOW, None, True), verdict.reason
    assert f"declines are not compared with control's: {says}" in verdict.reason
    assert judged(seen, LIMITS_ONLY).colour is Colour.GREEN
    assert "declines are compared with nothing, as the plan has it" in judged(seen, LIMITS_ONLY).reason


@pytest.mark.parametrize(("bad", "colour"), [(1, Colour.GREEN), (6, Colour.RED)])
def test_a_counter_that_is_first_there_with_its_first_decline_is_compared_from_then_on(bad, colour):
    """So do clients that make a label set when it is first counted: until then nothing was declined, or all failed."""
    late = T0 + timedelta(minutes=5)
    fine, declining = {"tried": 10}, {"tried": 10, "rules": {"R-17": bad}}
    seen = recorded(
        lambda stage, minute: EVEN if stage == "placebo" else fine if (stage, minute) <= ("stage_1", 5) else declining,
        lambda stage, minute: EVEN,
    )
    seen = [
        replace(one, counters=one.counters | {NAMES[0]: {"R-17": one.counters[NAMES[0]].get("R-17", 60) - 60}})
        if one.slice == "canary" and one.at > late
        else one
        for one in seen
    ]
    lazy = without(seen, "canary", {*NAMES}, at=lambda at: at <= late)

    assert judged([one for one in lazy if one.at <= late]).colour is Colour.GREEN
    assert (judged(lazy).colour, judged(lazy).trigger) == (colour, None), judged(lazy).reason


@pytest.mark.parametrize("name", ["payments_attempted", "payments_succeeded", "payments_declined"])
@pytest.mark.parametrize("minutes", [(0,), range(3), range(-50, 3), range(-60, 3)])
def test_a_counter_that_was_not_seen_around_t0_hides_no_failure(name, minutes):
    """Two payments failed at 10 %; 540 were paid and 60 declined in the placebo hour, which the counters still hold."""
    seen = recorded(
        lambda stage, minute: EVEN | ({"failed": 2} if (stage, minute) == ("stage_10", 8) else {}),
        lambda stage, minute: EVEN,
    )
    ats = {T0 + timedelta(minutes=minute) for minute in minutes}

    assert judged(seen).trigger == "F4"
    assert judged(without(seen, "canary", {name}, at=lambda at: at in ats)).colour >= Colour.NO_DATA


def test_many_rules_are_told_in_brief():
    """The eight that declined most; the others together."""
    rules = {f"R-{number}": number for number in range(1, 21)}
    many = {"tried": 400, "rules": rules}
    declines = judged(ramp(many, many, many)).notes[0]

    assert declines.startswith("declines: rule R-20 600 of 12000 (5.00 %; control 1800 of 36000, 5.00 %), rule R-19")
    assert declines.endswith(", 12 more rules 2340 of 12000") and declines.count("rule R-") == 8


def test_a_canary_without_declines_has_nothing_to_compare():
    fine = {"tried": 10}

    assert judged(ramp(fine, stages=STAGES[1:])).colour is Colour.GREEN


@pytest.mark.parametrize(
    ("canary", "says"),
    [
        ({"tried": 10, "failed": -1, "rules": {"R-17": 2}}, "declined and 270 succeeded, which cannot be"),
        ({"tried": 10, "rules": {"R-17": 10}}, "all of 300 payments were declined, so nothing is proven"),
    ],
)
def test_declines_that_cannot_be_or_leave_nothing_are_no_data(canary, says):
    stages = STAGES[1:]
    seen = recorded(lambda stage, minute: canary, lambda stage, minute: EVEN, stages=stages)

    assert says in judged(seen).reason and judged(seen).colour is Colour.NO_DATA


def test_checkouts_of_load_are_shown_apart():
    """They count in the rate like any other."""
    seen = [
        replace(one, counters=one.counters | {"load_payments": {"paid": 11.0, "declined": 1.0, "unpaid": 2.0}})
        for one in ramp()
    ]

    assert "of these, checkouts of the suite's own load: 11 paid, 1 declined" in judged(seen).notes


def test_what_is_wrong_at_the_processor_is_red_whatever_is_known_of_declines():
    seen = ramp()
    wrong = [replace(one, gauges={"payments_orphan": 1.0} if one.slice == "canary" else {}) for one in seen]
    told = {"processor_payments": 5.0, "processor_cents": 500.0, "processor_largest_cents": 100.0}
    kinds = ("missing", "wrong_amount", "duplicate", "wrong_currency", "wrong_state")
    told |= {f"payments_{kind}": 0.0 for kind in kinds}
    wrong = [replace(one, gauges=told | one.gauges) if one.gauges else one for one in wrong]
    verdict = judged(without(wrong, "canary", {NAMES[0]}, at=lambda at: at == seen[-1].at))

    assert verdict.colour is Colour.RED and "1 orphan" in verdict.reason and NAMES[0] in verdict.reason


@pytest.mark.parametrize("slice", ["canary", "control"])
@pytest.mark.parametrize("failed", [0, 3])
def test_a_payment_that_failed_rolls_back_whichever_counters_fell(slice, failed):
    """Beside declined ones, of which a fall hides how many there were; and what nobody saw fail is no trigger."""

    def half(counters):
        return {name: half(of) if isinstance(of, dict) else of / 2 for name, of in counters.items()}

    def canary(stage, minute):
        return EVEN | {"failed": failed if (stage, minute) == ("stage_10", 13) else 0}

    seen = recorded(canary, lambda stage, minute: EVEN)
    fell = seen[-1].at - timedelta(minutes=4)
    lower = half(next(one.counters for one in seen if (one.at, one.slice) == (fell, slice)))
    moved = [
        replace(one, counters=lessened(one.counters, lower)) if one.slice == slice and one.at >= fell else one
        for one in seen
    ]
    verdict = judged(moved)

    assert verdict.trigger is (Trigger.F4 if failed else None), verdict.reason
    assert verdict.colour is (Colour.RED if failed else Colour.NO_DATA), verdict.reason


def lessened(counters, lower):
    return {
        name: lessened(of, lower.get(name, {})) if isinstance(of, dict) else of - lower.get(name, 0)
        for name, of in counters.items()
    }


def drawn(rng, tried, ratio, retries=0.0):
    """A minute's payments of which each is declined with `ratio`, and then tried again with `retries`."""
    first = rng.poisson(tried)
    declined = rng.binomial(first, ratio)
    again = int(sum(rng.geometric(1 - retries, declined) - 1)) if retries else 0
    return {"tried": int(first + again), "rules": {"R-17": int(declined + again)}}


@pytest.mark.parametrize("slice", ["canary", "control"])
@pytest.mark.parametrize("minute", range(1, 5))
def test_one_look_without_a_counter_takes_no_stages_evidence_away(slice, minute):
    """Whichever of the first looks left it out, the one included from which on a stage gives evidence."""
    seen = ramp(EVEN | {"rules": {"R-17": 5}}, stages=STAGES[:2])
    left_out = without(seen, slice, {NAMES[0]}, at=lambda at: at == T0 + timedelta(minutes=minute))

    assert judged(left_out).colour is Colour.RED, judged(left_out).reason


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), ratio=st.sampled_from([0.02, 0.08, 0.3]), data=st.data())
def test_taking_declines_away_makes_nothing_better(seed, ratio, data):
    """Counters of either slice, at some looks or from one look on: neither the verdict nor the decision."""
    rng = np.random.default_rng(seed)
    bad = data.draw(st.sampled_from([ratio, 2 * ratio]))
    failed = data.draw(st.sampled_from([0, 0, 1]))
    seen = recorded(
        lambda stage, minute: drawn(rng, 3, ratio if stage == "placebo" else bad) | {"failed": 0},
        lambda stage, minute: drawn(rng, 60, ratio),
    )
    if failed:
        seen = [
            replace(one, counters=one.counters | {"payments_attempted": one.counters["payments_attempted"] + 1})
            for one in seen
        ]
    slice = data.draw(st.sampled_from(["canary", "control"]))
    names = data.draw(st.sets(st.sampled_from([*NAMES, "payments_attempted"]), min_size=1))
    first = data.draw(st.integers(61, 91))
    from_at = T0 + timedelta(minutes=first - 60)
    last = data.draw(st.sampled_from([from_at, seen[-1].at]))
    fewer = without(seen, slice, names, at=lambda at: from_at <= at <= last)

    before, after = judged(seen), judged(fewer)

    assert after.colour >= before.colour or after.colour is Colour.NO_DATA, f"{before.reason}\n{after.reason}"
    if action(before) is not Action.CONTINUE:
        assert action(after) is not Action.CONTINUE, f"{before.reason}\n{after.reason}"
