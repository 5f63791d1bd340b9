"""Pages that are the other slice's, or one for both: NO DATA, whatever tells it, for as long as it may be so."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from slices_seen import OF, PCT, climbing, exchanged, users, without

from ramp.decision import Action
from ramp.replay import replay


def test_one_page_for_both_slices_is_no_data(limits_only, ramp_of):
    """45 % errors hidden behind control's page, once by two spellings of its address, once without the split."""
    page = {"requests": 400, "keyed_requests": 400, "slow": 3, "errors": 0}
    seen = ramp_of("stage_50", 15, canary=page, control=page)
    both = {one.at: one for one in seen if one.slice == "control"}
    seen = [replace(one, counters=one.counters | {"latency_s": both[one.at].counters["latency_s"]}) for one in seen]
    outcome = replay(limits_only, seen, OF)

    assert outcome.decision is Action.HOLD
    assert "grew by the very same counts at 3 looks" in outcome.reason


def test_slices_that_are_alike_by_chance_at_two_looks_are_no_one_page(limits_only, ramp_of):
    for looks, action in ((2, Action.CONTINUE), (3, Action.HOLD)):
        seen = ramp_of("stage_25", 15)
        first, both = seen[0].at, {one.at: one for one in seen if one.slice == "canary"}
        alike = [
            replace(one, counters=one.counters | {"latency_s": both[one.at].counters["latency_s"]})
            if (one.at - first).total_seconds() / 60 <= looks
            else one
            for one in seen
        ]

        assert replay(limits_only, alike, ["latency"]).decision is action


@settings(max_examples=30, deadline=None)
@given(
    stage=st.sampled_from(["stage_1", "stage_10", "stage_25", "stage_50"]),
    proof=st.sampled_from(["split", "share", "both"]),
    errors=st.sampled_from([0.02, 0.45, 1.0]),
)
def test_exchanged_slices_are_never_green_where_anything_tells_them_apart(limits_only, ramp_of, stage, proof, errors):
    """A broken canary whose page is read as control's: by what the edge split to it, or by how many came."""
    seen = exchanged(ramp_of(stage, 30, **users(PCT[stage], errors=errors)))
    if proof == "split":  # the edge has a page of its own, which is not exchanged
        own = {(one.at, one.slice): one for one in ramp_of(stage, 30, **users(PCT[stage]))}
        split = {key: one.counters["split_requests"] for key, one in own.items()}
        seen = [replace(one, counters=one.counters | {"split_requests": split[one.at, one.slice]}) for one in seen]
    elif proof == "share":
        seen = without(seen, "split_requests")
    if stage != "stage_50":  # at 50 % nothing but a proof of whose page it is tells equal slices apart
        outcome = replay(limits_only, seen, OF)
        assert outcome.decision is Action.HOLD
        assert "NO DATA" in outcome.reason


def test_exchanged_slices_stay_so_where_both_are_equal(limits_only, ramp_of):
    """At 50 % nothing tells them apart any more, so that what was found before stands."""
    seen = without(climbing(ramp_of, ["stage_10", "stage_25", "stage_50"], errors=0.45), "split_requests")
    outcome = replay(limits_only, exchanged(seen), OF)

    assert (outcome.decision, outcome.stage) == (Action.HOLD, "stage_50")
    assert "at stage_25 " in outcome.reason and "are the pages of canary and control exchanged?" in outcome.reason


def test_pages_that_are_put_right_are_judged_again(limits_only, ramp_of):
    """A look at a smaller share that finds the canary's own there ends it."""
    wrong = {"canary": users(10)["control"] | {"keyed_requests": 0}, "control": users(10)["canary"]}
    seen = without(ramp_of("stage_10", 15, **wrong), "split_requests")
    again = without(ramp_of("stage_25", 15, after=ramp_of("stage_10", 15, **wrong), **users(25)), "split_requests")

    assert "exchanged?" in replay(limits_only, seen, OF).reason
    assert replay(limits_only, again, OF).decision is Action.CONTINUE
