"""A page without a bucket boundary at 120 ms: those beside it decide where they settle it, and never more."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_missing_never_improves import changing, decision, spells, stages

from conduct.run import load_plan
from ramp.evidence import LatencyEvidence
from ramp.evidence.shape import Baseline
from ramp.gates.latency import LatencyRow, must_settle, settled
from ramp.gates.learning import learning
from ramp.histogram import slower
from ramp.observation import NoEvidence
from ramp.verdict import Colour

BOUNDS_S = (0.025, 0.05, 0.1, 0.12, 0.25, 1.0)
CONTROL = {"slow": 11}  # no two slices answer alike to the request
latencies_s = st.lists(st.sampled_from([0.02, 0.07, 0.1, 0.11, 0.12, 0.121, 0.2, 0.25, 0.7, 3.0]), min_size=1)


def histogram(took_s, bounds_s=BOUNDS_S):
    return {f"{bound:g}": sum(each <= bound for each in took_s) for bound in bounds_s} | {"+Inf": len(took_s)}


def without_limit(seen, *, below=0.9, above=0.9, bounds=("0.1", "0.25", "1.0")):
    """What was seen, of a page with other boundaries: this share of those within 120 ms lies below the one before it,
    and this share of the slow beyond the one after it."""

    def told(latency_s):
        n, fast = latency_s["+Inf"], latency_s["0.12"]
        every = {"0.1": int(below * fast), "0.12": fast, "0.25": n - int(above * (n - fast)), "1.0": n}
        return {bound: every[bound] for bound in every if bound in bounds} | {"+Inf": n}

    return [replace(one, counters={**one.counters, "latency_s": told(one.counters["latency_s"])}) for one in seen]


@given(fast=st.integers(0, 400), took_s=latencies_s, bounds_s=st.sets(st.sampled_from(BOUNDS_S)))
def test_an_exact_boundary_never_contradicts_what_those_beside_it_settle(plan, fast, took_s, bounds_s):
    row, took_s = plan.gate(LatencyRow), [0.02] * fast + took_s
    exactly = sum(each > 0.12 for each in took_s)
    assert settled(row, histogram(took_s), "canary") == exactly
    try:
        bad = settled(row, histogram(took_s, bounds_s - {0.12}), "canary")
    except NoEvidence:
        return
    assert (20 * bad > len(took_s)) is (20 * exactly > len(took_s))


@given(took_s=latencies_s, bounds_s=st.sets(st.sampled_from(BOUNDS_S)), gone=st.sets(st.sampled_from(BOUNDS_S)))
def test_what_boundaries_settle_is_settled_alike_by_more_of_them(plan, took_s, bounds_s, gone):
    row = plan.gate(LatencyRow)
    try:
        bad = settled(row, histogram(took_s, bounds_s - gone), "canary")
    except NoEvidence:
        return
    assert (20 * bad > len(took_s)) is (20 * settled(row, histogram(took_s, bounds_s), "canary") > len(took_s))


@settings(max_examples=60, deadline=None)
@given(
    stage=stages,
    spells=spells,
    minutes=st.integers(3, 30),
    below=st.sampled_from([0.5, 0.965, 0.98, 1.0]),
    above=st.sampled_from([0.0, 0.5, 0.97, 1.0]),
    bounds=st.sets(st.sampled_from(["0.1", "0.12", "0.25", "1.0"])),
)
def test_boundaries_that_are_taken_away_make_no_decision_better(
    limits_only, judged_of, verdicts_of, ramp_of, stage, spells, minutes, below, above, bounds
):
    seen = ramp_of(stage, minutes, canary=changing(spells), control=CONTROL)
    every = without_limit(seen, below=below, above=above, bounds=("0.1", "0.12", "0.25", "1.0"))
    fewer = without_limit(seen, below=below, above=above, bounds=bounds)

    was, now = (verdicts_of(some, of=("latency",))["latency"] for some in (every, fewer))
    assert now.colour >= Colour.NO_DATA or now.colour >= was.colour, f"{was.reason}\n{now.reason}"
    decided = [decision(limits_only, judged_of, verdicts_of, some, stage, some[-1].at) for some in (every, fewer)]
    assert decided[0] == "CONTINUE" or decided[1] != "CONTINUE"


def test_enough_below_the_boundary_before_it_is_green_and_says_between_which_two(ramp_of, verdicts_of):
    seen = without_limit(ramp_of("stage_1", 20, control=CONTROL), below=0.98)
    verdict = verdicts_of(seen, of=("latency",))["latency"]

    assert verdict.colour is Colour.GREEN
    assert verdict.why.startswith("P95 at most 100 ms <= 120 ms (control at most 100 ms, n "), verdict.why
    assert "; the page has no 120 ms bound)" in verdict.why


def test_too_many_beyond_the_boundary_after_it_is_a_breach(ramp_of, verdicts_of):
    seen = without_limit(ramp_of("stage_50", 20, canary={"slow": 60}, control=CONTROL), below=0.9)
    verdict = verdicts_of(seen, of=("latency",))["latency"]

    assert verdict.colour is Colour.RED and verdict.trigger == "F1"
    assert verdict.why.startswith("P95 between 250 ms and 1.00 s > 120 ms for 15 of 15 min"), verdict.why
    assert "control between 100 and 250 ms" in verdict.why


def test_a_p95_between_them_is_no_data_and_says_which_boundary_to_add(ramp_of, verdicts_of):
    seen = without_limit(ramp_of("stage_50", 20, canary={"slow": 60}, control=CONTROL), above=0.5)
    verdict = verdicts_of(seen, of=("latency",))["latency"]

    assert verdict.colour is Colour.NO_DATA
    assert verdict.why == (
        "the latency histogram has no bucket boundary at 0.12 s, and P95 of canary is between 100 and 250 ms, so 120 "
        "ms cannot be decided: add one to the histogram"
    )


@pytest.mark.parametrize("buckets", [{"0.25": 10, "1.0": 50}, {"0.1": 3, "100.0": 50}, {"0.0": 0, "5.0": 40}])
def test_boundaries_that_may_be_milliseconds_settle_nothing(buckets):
    with pytest.raises(NoEvidence, match=r"no bucket boundary at 0.12 s"):
        slower(buckets | {"+Inf": 100}, 0.12)


def test_a_page_on_which_no_breach_could_be_seen_is_blind_before_t0(plan):
    with pytest.raises(NoEvidence, match="no bucket boundary at 120 ms or above"):
        must_settle(plan.gate(LatencyRow), {"0.1": 100, "+Inf": 100}, "canary")
    must_settle(plan.gate(LatencyRow), {"0.1": 100, "0.25": 100, "+Inf": 100}, "canary")


def test_evidence_bets_on_the_boundaries_beside_the_limit_in_its_place():
    """What lies below the lower is proven within it, what lies beyond the higher over it."""
    slow, fast = ({"0.1": at, "0.25": at, "1.0": 1000, "+Inf": 1000} for at in (850, 980))
    hour = [(fast, fast)] * 20
    proof = {}
    for name, minute in (("slow", slow), ("fast", fast)):
        learned = learning(load_plan())
        evidence = LatencyEvidence(hour, bounds_s=(0.05, 0.12), limit_s=0.12, limit_ratio=0.05, learning=learned)
        for _ in range(10):
            evidence.add(minute, fast, "stage_1", 0.0)
        assert evidence.bounds_s == (0.1, 0.25)
        proof[name] = evidence
    assert proof["slow"].log_over > 6 and proof["slow"].log_within <= 0
    assert proof["fast"].log_within > 6 and proof["fast"].log_over <= 0


@pytest.mark.parametrize("least", ["0.0", "1e-05", "0.0001"])
def test_a_boundary_that_no_request_is_below_breaks_nothing(least):
    """OpenTelemetry's default has one at 0."""
    minute = {least: 0, "0.1": 900, "0.25": 960, "+Inf": 1000}
    evidence = LatencyEvidence(
        [(minute, minute)] * 20, bounds_s=(0.05, 0.12), limit_s=0.12, limit_ratio=0.05, learning=learning(load_plan())
    )
    evidence.add(minute, minute, "stage_10", 0.02)
    assert evidence.bounds_s == (0.1, 0.25) and evidence.log_worse <= 0
    assert Baseline(minute).tail(float(least) / 1.02 or 1e-6) <= 1
