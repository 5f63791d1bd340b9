"""A1: the canary's share counts users, each of whom stays with a slice and may send many requests."""

import math
from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from ramp.decision import Action, decide
from ramp.evidence import Split
from ramp.judge import Judge
from ramp.verdict import Colour
from tests.bench.users import SESSIONS, Users, observations, split

shares = st.floats(0.005, 0.995)
counts = st.integers(0, 100_000)


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(1, 6), min_size=1, max_size=7), share=shares, planned=shares)
def test_no_bet_on_a_share_wins_while_it_is_true(sizes, share, planned):
    """The expected winnings over every way in which users fall to the slices are at most 1, where none sends more
    requests than are taken, and however few of them have come yet."""
    expected = 0.0
    for of_canary in product((False, True), repeat=len(sizes)):
        canary = sum(n for n, is_canary in zip(sizes, of_canary, strict=True) if is_canary)
        chance = math.prod(share if is_canary else 1 - share for is_canary in of_canary)
        expected += chance * math.exp(Split(canary, sum(sizes) - canary, 6).log_e(share, planned))

    assert expected <= 1 + 1e-9


@settings(max_examples=30, deadline=None)
@given(canary=st.integers(0, 60), control=st.integers(0, 60), share=st.floats(0.05, 0.95), each=st.floats(1, 50))
def test_the_winnings_are_the_mean_likelihood_ratio_over_shares_around_the_planned_one(canary, control, share, each):
    """By integration."""
    seen, planned = Split(canary, control, each), 0.25
    prior = stats.beta(1, 3)
    integral = quad(lambda q: math.exp(seen.log_ratio(q, share)) * prior.pdf(q), 0, 1)[0]

    assert seen.log_e(share, planned) == pytest.approx(math.log(integral), abs=1e-4)


@settings(max_examples=100, deadline=None)
@given(canary=counts, control=counts, planned=shares, confidence=st.sampled_from([0.9, 0.995]), each=st.floats(1, 99))
def test_the_interval_holds_the_share_seen_and_ends_where_a_bet_has_won(canary, control, planned, confidence, each):
    seen = Split(canary, control + 1, each)
    low, high = seen.interval(planned, confidence)

    assert 0 <= low <= canary / (canary + control + 1) <= high <= 1
    for end in (low, high):
        if 1e-9 < end < 1 - 1e-9:
            assert seen.log_e(end, planned) == pytest.approx(-math.log(1 - confidence), abs=1e-3)
    assert (low == 0) == (canary == 0)


@settings(max_examples=200, deadline=None)
@given(canary=counts, control=counts, planned=shares, each=st.floats(1, 99), more=st.floats(1, 10))
def test_what_few_requests_a_user_do_not_explain_more_may(canary, control, planned, each, more):
    """What is no chance where users send many requests is none where they send few, and the number that is said to
    explain it does."""
    bar = math.log(200)
    few, many = Split(canary, control + 1, each), Split(canary, control + 1, each * more)

    assert many.log_e(planned, planned) < bar or few.log_e(planned, planned) >= bar
    if few.log_e(planned, planned) >= bar:
        fitting = few.fitting(planned, 0.995)
        assert fitting > each
        assert fitting == math.inf or few._replace(requests_a_user=fitting).log_e(planned, planned) < bar


def test_at_100_percent_one_request_of_control_is_no_chance():
    assert Split(1000, 0, 30).interval(1.0, 0.995)[1] == 1.0
    assert Split(100_000, 1, 30).interval(1.0, 0.995)[1] < 1.0
    assert Split(100_000, 1, 30).fitting(1.0, 0.995) == math.inf


@pytest.mark.parametrize("each", [1, 3, 10, 30])
@pytest.mark.parametrize("pct", [1, 25])
def test_at_most_2_of_200_healthy_stages_are_ever_told_from_the_plan(plan, pct, each):
    """Looked at every minute, whether users send all at once or all through the stage, and whether the plan says how
    many or leaves it at 30. A binomial interval over requests finds 16, 45 and 68 % wrong at 3, 10 and 30 of them."""
    draw, sessions, share = np.random.default_rng([pct, each]), list(SESSIONS), pct / 100
    alarms = dict.fromkeys([each, plan.split.requests_a_user], 0)
    for number in range(200):
        counted = split(draw, Users(each, sessions[number % 3]), share, 15, 1200)
        looks = [of for of in zip(*counted, strict=True) if sum(of)]
        for said in alarms:
            alarms[said] += max(Split(*look, said).log_e(share, share) for look in looks) >= math.log(200)

    assert max(alarms.values()) <= 2, alarms


def stage_of(plan, stage, share, each, session="5 minutes", a_minute=12_000, seed=1):
    moment = plan.moment(stage)
    counted = split(np.random.default_rng(seed), Users(each, session), share, round(moment.hold_min), a_minute)
    return list(observations(moment, counted))


@pytest.mark.parametrize("each", [1, 3, 10, 30])
@pytest.mark.parametrize(("stage", "left_at"), [("stage_1", 0), ("stage_10", 1), ("stage_25", 10), ("stage_50", 25)])
def test_a_split_left_at_the_weight_before_is_red(plan, verdicts_of, stage, left_at, each):
    """However many requests a user sends."""
    verdict = verdicts_of(stage_of(plan, stage, left_at / 100, each), of=("share",))["share"]

    assert verdict.colour is Colour.RED
    assert f"planned {plan.moment(stage).traffic_pct} %; chance explains it only where users send" in verdict.why


@pytest.mark.parametrize("times", [0.3, 0.5, 1.5, 1.7])
@pytest.mark.parametrize("stage", ["stage_10", "stage_25", "stage_50"])
def test_a_weight_off_by_half_is_red_at_the_second_look(plan, verdicts_of, stage, times):
    """At 12,000 requests a minute."""
    seen = stage_of(plan, stage, times * plan.moment(stage).traffic_pct / 100, each=3)

    assert verdicts_of(seen[:6], of=("share",))["share"].colour is Colour.RED


@pytest.mark.parametrize(("share", "unseen", "minutes"), [(0.15, "control", {0, 14, 15}), (0.33, "canary", {0})])
def test_lines_that_are_missing_at_the_ends_of_a_stage_are_no_traffic_of_the_other_slice(
    limits_only, share, unseen, minutes
):
    """Minutes of one slice alone would make its share what it is not: control's are missing of a canary that gets too
    little, the canary's of one that gets too much."""
    whole = stage_of(limits_only, "stage_25", share, 3, a_minute=1200)
    fewer = [one for one in whole if one.slice != unseen or (one.at - whole[0].at).seconds // 60 not in minutes]

    for seen in (whole, fewer):
        judge = Judge(limits_only, ("share",))
        looks = [looked for looked in [*(judge.add(one) for one in seen), judge.end()] if looked]
        assert looks[-1].verdicts()["share"].colour is Colour.RED


@pytest.mark.parametrize("late_s", [-20, 3, 25])
def test_slices_that_are_read_one_after_the_other_are_compared_all_the_same(limits_only, late_s):
    whole = stage_of(limits_only, "stage_25", 0.25, 3, a_minute=1200)
    late = [replace(one, at=one.at + timedelta(seconds=late_s)) if one.slice == "control" else one for one in whole]
    judge = Judge(limits_only, ("share",))
    looks = [*(judge.add(one) for one in sorted(late, key=lambda one: one.at)), judge.end()]

    assert [looked.verdicts()["share"].colour for looked in looks if looked][1:] == [Colour.GREEN] * 14


@settings(max_examples=60, deadline=None)
@given(
    left=st.sampled_from([0.1, 0.15]),
    fates=st.lists(st.sampled_from(["kept", "kept", "kept", "gone", "without its count"]), min_size=32, max_size=32),
)
def test_what_is_missing_never_excuses_a_share(limits_only, left, fates):
    """Whatever lines, and counts in them, are taken from a stage at another weight, it does not continue."""
    whole = stage_of(limits_only, "stage_25", left, 3, a_minute=1200)
    fewer = [
        one if fate == "kept" else replace(one, counters={})
        for one, fate in zip(whole, fates, strict=True)
        if fate != "gone"
    ]

    for seen in (whole, fewer):
        judge = Judge(limits_only, ("share",))
        looks = [looked for looked in [*(judge.add(one) for one in seen), judge.end()] if looked]
        for looked in looks[-1:]:
            held_min = looked.view.held_min
            decision = decide(limits_only, "stage_25", looked.verdicts(), held_min, required=("share",))
            assert decision.action is not Action.CONTINUE, looked.verdicts()["share"].why
