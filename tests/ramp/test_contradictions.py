"""What cannot all be true of a canary and its control is NO DATA, whichever gate reads it; what fires, fires."""

from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slices_seen import OF, PCT, climbing, exchanged, users, without

from ramp.contradictions import Contradictions
from ramp.decision import Action
from ramp.gates import GATES, reads_slices
from ramp.replay import replay
from ramp.verdict import Colour


def test_a_sound_climb_contradicts_nothing(limits_only, ramp_of):
    """With the edge's counts and without: every test below breaks one thing of it."""
    seen = climbing(ramp_of, ["stage_1", "stage_10", "stage_25", "stage_50", "stage_100"])

    assert replay(limits_only, seen, OF).reason == "all 2 checks GREEN"
    assert replay(limits_only, without(seen, "split_requests"), OF).reason == "all 2 checks GREEN"


@pytest.mark.parametrize("split", [True, False])
@pytest.mark.parametrize(("stage", "left_at"), [("stage_10", 1), ("stage_25", 10), ("stage_50", 25), ("stage_50", 0)])
def test_a_share_that_was_left_at_another_weight_is_no_data(limits_only, ramp_of, split, stage, left_at):
    """By what the edge split; where it counts nothing, by what both slices answered."""
    stages = list(PCT)[: list(PCT).index(stage) + 1]
    seen = climbing(ramp_of, stages, left={stage: left_at})
    outcome = replay(limits_only, seen if split else without(seen, "split_requests"), OF)

    assert outcome.decision is Action.HOLD
    assert "NO DATA" in outcome.reason
    if left_at:
        assert f"planned {PCT[stage]} %: was its share left at {left_at} %?" in outcome.reason


def test_a_share_of_less_than_half_is_no_data_whatever_weight_it_is(limits_only, ramp_of):
    """Somebody set another weight, or part of the canary is not read; a little less may be chance."""
    for pct, action in ((20, Action.HOLD), (45, Action.CONTINUE)):
        seen = climbing(ramp_of, ["stage_25", "stage_50"], left={"stage_50": pct})
        outcome = replay(limits_only, without(seen, "split_requests"), OF)

        assert outcome.decision is action
        assert action is Action.CONTINUE or "(20.00%) were the canary's, planned 50 %: its share" in outcome.reason


def test_a_share_that_never_came_down_again_is_no_data(limits_only, ramp_of):
    """After a rollback from 50 % the ramp begins anew at 1 %, and half of the users are still there."""
    seen = climbing(ramp_of, ["stage_25", "stage_50", "stage_1"], left={"stage_1": 50})

    assert "was its share left at 50 %?" in replay(limits_only, without(seen, "split_requests"), OF).reason


def test_a_control_group_as_small_as_the_canary_tells_nothing_of_shares(limits_only, ramp_of):
    """Where nobody counts the split, two slices of one size may be a canary and a baseline of its own."""
    seen = without(ramp_of("stage_10", 15, **users(50, a_minute=2000)), "split_requests")

    assert replay(limits_only, seen, OF).decision is Action.CONTINUE


@pytest.mark.parametrize(
    ("stages", "missing"),
    [
        (["stage_1", "stage_25"], "stage_10 left out"),
        (["stage_1", "stage_50"], "stage_10 and stage_25 left out"),
        (["stage_1", "stage_25", "stage_50"], "stage_10 left out: the canary was seen at stage_1, stage_25, stage_50"),
        (["stage_10", "stage_1", "stage_25"], "stage_10 left out"),
    ],
)
def test_a_stage_left_out_is_no_data_from_then_on(limits_only, ramp_of, stages, missing):
    outcome = replay(limits_only, climbing(ramp_of, stages), OF)

    assert outcome.decision is Action.HOLD
    assert missing in outcome.reason


@pytest.mark.parametrize(
    "stages",
    [
        ["stage_10"],
        ["stage_25", "stage_50"],
        ["stage_1", "stage_10", "stage_1", "stage_10"],
        ["stage_1", "stage_25", "stage_1", "stage_10"],
    ],
)
def test_a_ramp_that_begins_anew_or_later_leaves_nothing_out(limits_only, ramp_of, stages):
    """A recording may begin anywhere; a stage may be held again; what was left out once is made up for."""
    assert replay(limits_only, climbing(ramp_of, stages), OF).decision is Action.CONTINUE


def test_a_stage_of_which_only_control_was_seen_was_left_out(limits_only, ramp_of):
    seen = climbing(ramp_of, ["stage_1", "stage_10", "stage_25"])
    seen = [one for one in seen if (one.slice, one.stage) != ("canary", "stage_10")]

    assert replay(limits_only, seen, OF).decision is Action.HOLD
    assert "stage_10 left out" in replay(limits_only, seen, ["payments"]).reason


@settings(max_examples=60, deadline=None)
@given(stage=st.sampled_from(["stage_1", "stage_10", "stage_50"]), more=st.integers(-30, 30))
def test_silence_is_no_data_exactly_where_it_is_less_likely_than_1_in_10000(ramp_of, judged_of, stage, more):
    """None of n requests with the canary's share p: (1 - p)^n, since it last had one."""
    share = PCT[stage] / 100
    n = max(next(n for n in range(1, 2000) if (1 - share) ** n < 1e-4) + more, 1)
    last = {"requests": lambda minute: 0 if minute == 20 else 1000, "slow": 0, "errors": 0}
    seen = ramp_of(stage, 20, canary=last, control={"requests": lambda minute: n if minute == 20 else 1000, "slow": 0})
    seen = without(seen, "keyed_requests", "split_requests")
    finding = judged_of(seen, of=["errors"]).findings["errors"]

    assert (finding.colour is Colour.NO_DATA) == ((1 - share) ** n < 1e-4), finding


def test_an_empty_minute_of_little_traffic_is_fine(limits_only, ramp_of):
    """At 5 requests a second and 1 % one minute in twenty is empty; four of them in a row are not."""
    for empty, action in ((1, Action.CONTINUE), (4, Action.HOLD)):
        n = {"requests": lambda minute, empty=empty: 0 if minute > 30 - empty else 20, "slow": 0, "errors": 0}
        seen = without(
            ramp_of("stage_1", 30, canary=n, control={"requests": 297, "slow": 0}), "keyed_requests", "split_requests"
        )

        assert replay(limits_only, seen, ["errors"]).decision is action


@pytest.mark.parametrize("minutes", [2, 4])
def test_traffic_that_stopped_is_no_data_at_that_look_and_only_there(limits_only, ramp_of, minutes):
    seen = ramp_of("stage_10", 15, **users(10))
    stopped = users(10)["canary"] | {
        name: lambda minute, name=name: 0 if minute > 15 - minutes else users(10)["canary"][name]
        for name in ("requests", "slow", "errors", "split_requests")
    }
    silent = ramp_of("stage_10", 15, canary=stopped, control=users(10)["control"])
    again = ramp_of("stage_25", 15, after=silent, **users(25))

    assert replay(limits_only, seen, OF).decision is Action.CONTINUE
    assert "no new request of the canary was counted since" in replay(limits_only, silent, OF).reason
    assert replay(limits_only, again, OF).decision is Action.CONTINUE


@pytest.mark.parametrize("minutes", [1, 4])
@pytest.mark.parametrize("slices", [("control",), ("canary", "control")])
def test_pages_that_stand_still_are_no_data(limits_only, ramp_of, slices, minutes):
    """A page out of some cache tells an earlier time: nobody came since, where hundreds a minute had come."""
    seen = ramp_of("stage_10", 15, **users(10))
    last = {one.slice: one for one in seen if (seen[-1].at - one.at).total_seconds() >= 60 * minutes}
    still = [
        replace(one, counters=last[one.slice].counters) if one.slice in slices and one.at > last[one.slice].at else one
        for one in seen
    ]

    assert replay(limits_only, seen, OF).decision is Action.CONTINUE
    outcome = replay(limits_only, still, OF)
    assert outcome.decision is Action.HOLD
    assert "no new request of control was counted since 08:" in outcome.reason


def test_users_who_stop_coming_are_missed_though_the_suite_goes_on(plan, ramp_of):
    """Synthetic journeys and load still move the canary's counter; the edge splits nobody to it any more."""
    keyed = {"requests": 500, "keyed_requests": 500, "slow": 0, "errors": 0}
    seen = ramp_of(
        "stage_10",
        15,
        canary=keyed | {"split_requests": lambda minute: 10 if minute < 13 else 0},
        control=keyed | {"split_requests": 90},
    )

    assert "no new request of the canary was counted since 08:12Z" in replay(plan, seen, OF).reason


@pytest.mark.parametrize(
    ("first", "silent", "colour"),
    [(40, 1, Colour.GREEN), (40, 3, Colour.NO_DATA), (20, 1, Colour.NO_DATA), (20, 3, Colour.NO_DATA)],
)
def test_a_silence_that_is_no_longer_than_those_which_ended_is_fine(judged_of, ramp_of, first, silent, colour):
    """Users of many requests come to the canary every other minute: that is no death, and three minutes are. Where they
    came every minute one is."""
    users = {1: first, 0: 40 - first}
    split = {"split_requests": lambda minute: 0 if minute > 13 else users[minute % 2]}
    seen = ramp_of("stage_25", 13 + silent, canary=split, control={"split_requests": 60})

    assert judged_of(seen, of=["share"]).findings["share"].colour is colour


def test_a_canary_that_falls_silent_at_100_percent_is_no_data(limits_only, ramp_of):
    """There is no control left: as many as came to control at 50 % would come to it."""
    seen = climbing(ramp_of, ["stage_25", "stage_50"])
    stopped = users(100)["canary"] | {
        name: lambda minute, name=name: 0 if minute > 12 else users(100)["canary"][name]
        for name in ("requests", "slow", "errors")
    }
    outcome = replay(limits_only, ramp_of("stage_100", 15, after=seen, canary=stopped), OF)

    assert "no new request of the canary was counted since" in outcome.reason


@settings(max_examples=60, deadline=None)
@given(split=st.integers(0, 400), own=st.integers(0, 400), more=st.integers(-25, 25))
def test_the_canary_answers_no_more_than_was_sent_to_it(ramp_of, judged_of, split, own, more):
    """5 % and 3 sigma are allowed for: retries, and what is under way at both ends."""
    came = max(split + own, 1.0)
    most = 1.05 * came + 3 * sqrt(came)
    n = max(int(most) + more, 20)
    minute = {"requests": n, "slow": 0, "errors": 0, "split_requests": split, "keyed_requests": own}
    only = {name: lambda now, value=value: value if now == 5 else 0 for name, value in minute.items()}
    seen = ramp_of("stage_50", 5, canary=only, control={"split_requests": only["split_requests"]})
    finding = judged_of(seen, of=["errors"]).findings["errors"]

    assert (finding.colour is Colour.NO_DATA) == (n > most), finding.facts.words()


@settings(max_examples=60, deadline=None)
@given(
    what=st.sampled_from(["left", "out", "exchanged", "one page", "too many"]),
    gone=st.sets(st.integers(4, 56), max_size=10),
)
def test_lines_that_go_missing_take_no_contradiction_back(limits_only, ramp_of, what, gone):
    if what == "out":
        seen = climbing(ramp_of, ["stage_1", "stage_25"])
    elif what == "left":
        seen = climbing(ramp_of, ["stage_10", "stage_25"], left={"stage_25": 10})
    else:
        seen = ramp_of("stage_10", 30, **users(10))
        if what == "exchanged":
            seen = exchanged(seen)
        elif what == "one page":
            at = {one.at: one.counters for one in seen if one.slice == "control"}
            seen = [replace(one, counters=at[one.at] | {"split_requests": 0}) for one in seen]
        else:
            seen = ramp_of("stage_10", 30, canary=users(25)["canary"] | {"split_requests": 1200})
    fewer = [one for number, one in enumerate(seen) if number not in gone]

    assert replay(limits_only, fewer, OF).decision is not Action.CONTINUE


def test_what_fires_fires_whatever_contradicts_it(limits_only, ramp_of):
    """A failed payment and personal data roll back; a breach of errors counts on behind its NO DATA, to F1."""
    seen = climbing(ramp_of, ["stage_1", "stage_25"], errors=0.05)
    payments = ramp_of("stage_25", 15, after=ramp_of("stage_1", 15), canary={"payments_succeeded": 4})

    assert replay(limits_only, payments, ["payments"]).trigger == "F4"
    outcome = replay(limits_only, seen, ["errors"])
    assert (outcome.trigger, outcome.minute) == ("F1", 15)
    later = ramp_of("stage_25", 15, after=climbing(ramp_of, ["stage_1"]), **users(25, errors=0.05))
    assert (replay(limits_only, later, ["errors"]).trigger, replay(limits_only, later, ["errors"]).stage) == (
        "F1",
        "stage_25",
    )


def test_a_young_breach_says_so_behind_the_contradiction(ramp_of, verdicts_of):
    verdict = verdicts_of(ramp_of("stage_25", 8, after=ramp_of("stage_1", 15), canary={"errors": 20}))["errors"]

    assert verdict.colour is Colour.NO_DATA
    assert verdict.tag_ceo
    assert "stage_10 left out: the canary was seen at stage_1, stage_25 only (error rate 2.00 % > 1.00 %" in verdict.why


def test_a_contradiction_concerns_the_gates_that_read_the_slices(ramp_of, verdicts_of):
    """Not the database that both share, nor what the suite counted itself."""
    verdicts = verdicts_of(ramp_of("stage_25", 15, after=ramp_of("stage_1", 15)))
    blind = {gate for gate, verdict in verdicts.items() if verdict.colour is Colour.NO_DATA}

    assert blind == {gate for gate in GATES if reads_slices(gate)}
    assert blind == {"latency", "errors", "payments", "cache", "cost", "markup", "slices", "share"}


def test_a_mistake_in_finding_contradictions_is_no_data_and_costs_no_trigger(monkeypatch, ramp_of, judged_of):
    monkeypatch.setattr(Contradictions, "look", lambda self, view: 1 / 0)
    looked = judged_of(ramp_of("stage_10", 15, canary={"personal_data_findings": 1}))

    assert looked.trigger == "F2"
    assert "is not known: ZeroDivisionError at test_contradictions.py, line" in looked.verdicts()["errors"].why


@pytest.mark.parametrize(
    ("pct", "own", "colour", "said"),
    [
        (10, 0, Colour.GREEN, "18,000 of 180,000 requests, without the suite's own, went to the canary (10.00%)"),
        (12, 0, Colour.RED, "(12.00%), planned 10 %"),
        (10, 40, Colour.GREEN, "18,000 of 180,000 requests, without the suite's own,"),
        (10, 4000, Colour.NO_DATA, "so the canary's share of users is not known: let the edge count split_requests"),
    ],
)
def test_where_the_edge_counts_no_split_the_share_is_of_what_was_answered(ramp_of, verdicts_of, pct, own, colour, said):
    """Less the suite's own, as long as those are few."""
    both = users(pct)
    both["canary"] |= {"requests": both["canary"]["requests"] + own, "keyed_requests": own}
    verdict = verdicts_of(without(ramp_of("stage_10", 15, **both), "split_requests"))["share"]

    assert verdict.colour is colour, verdict.reason
    assert said in verdict.reason
