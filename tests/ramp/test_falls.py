"""Counters that fall and did not begin anew: nothing gets better by it, and a breach or trigger that is seen stands."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ramp.decision import Action, decide
from ramp.gates import GATES
from ramp.observation import NoEvidence
from ramp.verdict import Colour, Trigger

faults = st.sampled_from(
    [
        {},
        {"slow": 60},
        {"errors": 11},
        {"errors": lambda minute: 40 if minute < 9 else 1},
        {"cache_hits": 845},
        {"cost_usd": 270.0, "cost_usd_squared": 280.0},
        {"payments_succeeded": 4},
        {"personal_data_findings": 1},
        {"synthetic_failures": 1},
    ]
)


def less(counter, ratio):
    """A counter as another process of the same kind has it."""
    return {label: count * ratio for label, count in counter.items()} if isinstance(counter, dict) else counter * ratio


def other_process(seen, ratio, ats, slice="canary"):
    """`seen`, but at the looks `ats` another process answered for `slice`, which has counted `ratio` as much."""
    return [
        replace(one, counters={name: less(of, ratio) for name, of in one.counters.items()})
        if one.slice == slice and one.at in ats
        else one
        for one in seen
    ]


@settings(max_examples=50, deadline=None)
@given(
    fault=faults,
    minutes=st.integers(3, 30),
    ratio=st.sampled_from([0.05, 0.4, 0.9, 0.999]),
    looks=st.sets(st.integers(0, 30), min_size=1, max_size=12),
    slice=st.sampled_from(["canary", "control"]),
)
def test_nothing_gets_better_where_another_process_answers_for_a_slice_now_and_then(
    ramp_of, verdicts_of, fault, minutes, ratio, looks, slice
):
    """Once the one that answered first has answered again: until then nobody can tell."""
    seen = ramp_of("stage_10", minutes, canary=fault, after=ramp_of("stage_1", 15))
    ats = sorted({one.at for one in seen})[16:]
    there = {ats[look] for look in looks if look < len(ats) - 1}
    before, after = verdicts_of(seen), verdicts_of(other_process(seen, ratio, there, slice))

    for gate in GATES:
        was, now = before[gate], after[gate]
        assert now.colour >= Colour.NO_DATA or now.colour >= was.colour, f"{was.reason}\n{now.reason}"


@pytest.mark.parametrize(("gate", "fault"), [("errors", {"errors": 40}), ("latency", {"slow": 90})])
def test_a_breach_that_is_seen_after_a_fall_counts_at_once(ramp_of, verdicts_of, gate, fault):
    """A later observer counts from less on; the breach of the fifteen minutes since rolls back."""
    seen = ramp_of("stage_10", 17, canary=fault, after=ramp_of("stage_1", 15))
    began = seen[-1].at - timedelta(minutes=16)
    lower = {name: less(of, 0.5) for name, of in next(one for one in seen if one.at == began).counters.items()}
    moved = [replace(one, counters=minus(one.counters, lower)) if one.at >= began else one for one in seen]

    assert verdicts_of(moved)[gate].trigger is Trigger.F1
    verdict = verdicts_of([one for one in moved if one.at <= began + timedelta(minutes=3)])[gate]
    assert verdict.colour is Colour.NO_DATA and "are several processes behind one URL?" in verdict.reason


def minus(counters, lower):
    def each(of, by):
        return {label: of[label] - by.get(label, 0) for label in of} if isinstance(of, dict) else of - by

    return {name: each(of, lower[name]) for name, of in counters.items()}


def test_a_payment_that_fails_and_personal_data_that_are_found_after_a_fall_roll_back(ramp_of, verdicts_of):
    fault = {"payments_succeeded": lambda minute: 4 if minute == 9 else 5, "personal_data_findings": lambda m: m == 9}
    for change, trigger in ((fault, True), ({}, False)):
        seen = ramp_of("stage_10", 12, canary=change, after=ramp_of("stage_1", 15))
        fell = seen[-1].at - timedelta(minutes=6)
        lower = {name: less(of, 0.5) for name, of in next(one for one in seen if one.at == fell).counters.items()}
        moved = [replace(one, counters=minus(one.counters, lower)) if one.at >= fell else one for one in seen]
        verdicts = verdicts_of(moved)
        fired = verdicts["payments"].trigger, verdicts["privacy"].trigger
        assert fired == ((Trigger.F4, Trigger.F2) if trigger else (None, None))
        assert trigger or verdicts["payments"].colour is verdicts["privacy"].colour is Colour.NO_DATA


@settings(max_examples=40, deadline=None)
@given(fault=faults, minutes=st.integers(14, 30), restart=st.integers(1, 28), data=st.data())
def test_observations_that_go_missing_around_a_restart_make_no_stage_go_on(
    plan, ramp_of, judged_of, fault, minutes, restart, data
):
    """Though a process that began anew may have counted more than before until it is seen again."""
    seen = ramp_of("stage_10", minutes, canary=fault, after=ramp_of("stage_1", 15))
    ats = sorted({one.at for one in seen})
    began = ats[16 + min(restart, minutes - 1)]
    past = next(one.counters for one in seen if one.slice == "canary" and one.at == began)
    anew = [
        replace(one, counters=minus(one.counters, past)) if one.slice == "canary" and one.at > began else one
        for one in seen
    ]
    gone = data.draw(st.sets(st.integers(0, len(anew) - 1), min_size=1, max_size=12))
    fewer = [one for number, one in enumerate(anew) if number not in gone]

    if _decision(plan, judged_of, anew, seen[-1].at) is not Action.CONTINUE:
        assert _decision(plan, judged_of, fewer, seen[-1].at) is not Action.CONTINUE


def _decision(plan, judged_of, seen, as_of):
    try:
        looked = judged_of(seen, "stage_10", as_of=as_of)
    except NoEvidence:
        return Action.HOLD
    return decide(plan, "stage_10", looked.verdicts(), looked.view.held_min).action
