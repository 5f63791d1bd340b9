"""What nobody saw, and what did not move: a canary or a control that falls silent, counts with nothing new in them."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ramp.decision import Action
from ramp.gates import GATES
from ramp.replay import replay
from ramp.verdict import Colour

OF_SLICES = ("latency", "errors", "cache", "cost", "payments")


def without(seen, slice, first, last):
    """Without what was seen of `slice` from minute `first` of the last stage to minute `last`."""
    start = next(one.at for one in seen if one.stage == seen[-1].stage)
    return [
        one for one in seen if one.slice != slice or not first <= (one.at - start) / timedelta(minutes=1) + 1 <= last
    ]


@pytest.mark.parametrize("stage", ["stage_10", "stage_50"])
def test_a_canary_that_is_not_seen_any_more_is_no_data_by_controls_clock(limits_only, ramp_of, stage):
    """Fifteen minutes GREEN, then only control for an hour."""
    seen = ramp_of(stage, 75)
    silent = without(seen, "canary", 17, 99)

    assert replay(limits_only, seen).decision is Action.CONTINUE
    outcome = replay(limits_only, silent)
    assert (outcome.decision, outcome.minute) == (Action.HOLD, 75), outcome.reason
    assert "of canary is stale at 09:15:00Z: last seen 08:16:00Z" in outcome.reason
    assert "blind for 59 min: recommend ROLLBACK" in outcome.reason


def test_a_canary_that_comes_back_is_judged_again(limits_only, ramp_of):
    """A few minutes unseen hide no breach of 15; F5, which fires at once, may have fired in them."""
    seen = without(ramp_of("stage_10", 30), "canary", 10, 14)

    assert replay(limits_only, seen, ["latency", "errors", "cost", "payments"]).decision is Action.CONTINUE
    assert "so F5 may have fired" in replay(limits_only, seen).reason


def test_a_breach_may_have_persisted_while_only_control_was_seen(limits_only, ramp_of):
    """Ten minutes in breach, six unseen and good ones since: nobody knows, so it holds."""
    seen = ramp_of("stage_50", 30, canary={"errors": lambda minute: 20 if minute <= 12 else 1})

    assert replay(limits_only, without(seen, "canary", 9, 21), ["errors"]).decision is Action.HOLD


def test_a_stage_of_which_only_control_was_seen_is_no_data(limits_only, ramp_of):
    """There were looks at it, and nothing of the canary at any."""
    seen = without(ramp_of("stage_10", 15, after=ramp_of("stage_1", 15)), "canary", 1, 15)
    outcome = replay(limits_only, seen)

    assert (outcome.decision, outcome.stage, outcome.minute) == (Action.HOLD, "stage_10", 30), outcome.reason


def test_a_recording_of_control_alone_is_no_data(limits_only, ramp_of):
    seen = [one for one in ramp_of("stage_1", 15) if one.slice == "control"]

    assert replay(limits_only, seen).decision is Action.HOLD


def test_a_control_that_is_not_seen_any_more_is_no_data(limits_only, ramp_of):
    seen = without(ramp_of("stage_10", 30), "control", 17, 30)
    outcome = replay(limits_only, seen)

    assert outcome.decision is Action.HOLD
    assert "of control is stale" in outcome.reason


@settings(max_examples=40, deadline=None)
@given(
    gone=st.sets(st.integers(10, 20), max_size=8),
    unseen_min=st.integers(0, 6),
    order=st.sampled_from(["canary first", "control first"]),
    apart_s=st.sampled_from([0, 3]),
)
def test_looks_follow_either_clock_and_never_come_twice(ramp_of, judged_of, gone, unseen_min, order, apart_s):
    """Whichever slice is written first, a minute is looked at once; a stage that ends unseen is not GREEN."""
    ramp = ramp_of("stage_10", 30)
    missing = {ramp[0].at + timedelta(minutes=minute) for minute in {*gone, *range(31 - unseen_min, 31)}}
    seen = [one for one in ramp if one.slice == "control" or one.at not in missing]
    late = "control" if order == "canary first" else "canary"
    seen = [
        type(one)(**vars(one) | {"at": one.at + timedelta(seconds=apart_s)}) if one.slice == late else one
        for one in seen
    ]
    seen.sort(key=lambda one: (one.at, (one.slice == "canary") == (order != "canary first")))
    looked = judged_of(seen, as_of=seen[-1].at)
    looks = [at for at, *_ in looked.verdicts()["errors"].trend]

    assert all(later > earlier for earlier, later in pairwise(looks))
    if not apart_s:
        assert all(later - earlier >= 1 for earlier, later in pairwise(looks))
    late_min = apart_s / 60 if order == "canary first" else -apart_s / 60
    assert (looked.findings["errors"].colour is Colour.NO_DATA) == (bool(unseen_min) and unseen_min + late_min > 2)


@pytest.mark.parametrize(("stage", "colour"), [("stage_10", Colour.YELLOW), ("stage_50", Colour.NO_DATA)])
@pytest.mark.parametrize(
    ("gate", "nothing", "said"),
    [
        ("payments", {"payments_attempted": 0, "payments_succeeded": 0}, "no payment tried since 08:15Z"),
        ("privacy", {"log_lines_scanned": 0}, "nothing new since 08:15Z"),
    ],
)
def test_a_count_that_did_not_grow_in_the_stage_is_not_green(ramp_of, verdicts_of, stage, colour, gate, nothing, said):
    """65 payments and 1,500 log lines of the stage before prove nothing of this one."""
    before = ramp_of("stage_1" if stage == "stage_10" else "stage_25", 15)
    verdicts = verdicts_of(ramp_of(stage, 15, canary=nothing, after=before))

    assert verdicts[gate].colour is colour, verdicts[gate].reason
    assert said in verdicts[gate].reason
    assert {name for name in GATES if verdicts[name].colour is not Colour.GREEN} == {gate}


@pytest.mark.parametrize(("stage", "colour"), [("stage_1", Colour.YELLOW), ("stage_50", Colour.NO_DATA)])
def test_a_release_through_which_nobody_paid_yet_is_as_a_stage_in_which_nobody_did(ramp_of, verdicts_of, stage, colour):
    """The five payments of T-10 are none of its own, and prove nothing of its path to the money."""
    nobody = {"payments_attempted": 0, "payments_succeeded": 0}
    verdict = verdicts_of(ramp_of(stage, 15, canary=nobody))["payments"]

    assert (verdict.colour, verdict.trigger) == (colour, None)
    assert "no payment was tried since T-10" in verdict.reason


def test_one_payment_in_the_stage_is_something_new(ramp_of, verdicts_of):
    one = {name: lambda minute: 1 if minute == 3 else 0 for name in ("payments_attempted", "payments_succeeded")}
    seen = ramp_of("stage_50", 30, canary=one, after=ramp_of("stage_25", 15))

    assert verdicts_of(seen)["payments"].colour is Colour.GREEN


def test_payments_below_their_limit_roll_back_whether_new_or_not(ramp_of, verdicts_of):
    """F4 counts since T-10, and nothing new in the stage takes nothing back."""
    before = ramp_of("stage_25", 15, canary={"payments_succeeded": 4})
    idle = {"payments_attempted": 0, "payments_succeeded": 0}
    verdict = verdicts_of(ramp_of("stage_50", 15, canary=idle, after=before))["payments"]

    assert (verdict.colour, verdict.trigger) == (Colour.RED, "F4")
