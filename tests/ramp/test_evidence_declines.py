"""What a canary did before it was mended holds it for as long as evidence says so, and not for ever."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import STAGES, simulated

from ramp.evidence.process import Process, log_mean
from ramp.judge import Judge
from ramp.verdict import Colour

SLOWER = {"fast": (0.46, 0.30, 0.155, 0.05, 0.02, 0.015)}
winnings = st.lists(st.floats(-3, 3), min_size=3, max_size=3)


def colours(plan, gate, at_minutes, **of):
    """The colour of `gate` at these minutes after T-0."""
    judge, found = Judge(plan, (gate,)), {}
    looks = [*(judge.add(seen) for seen in simulated(7, **of)), judge.end()]
    for looked in filter(None, looks):
        found[round(looked.minute)] = looked.findings[gate].colour
    return [found[minute] for minute in at_minutes]


def test_slower_at_1_percent_and_equal_ever_after_is_no_longer_red_at_25_percent(plan):
    """RED at minute 15; at minute 45 there is nothing left of it."""
    assert colours(plan, "latency", (15, 45), canary=SLOWER, bad_until=15, stages=STAGES[:4]) == [
        Colour.RED,
        Colour.GREEN,
    ]


@pytest.mark.parametrize(("gate", "worse"), [("latency", SLOWER), ("cache", {"missed": 0.14})])
def test_a_canary_that_is_mended_at_the_same_stage_is_not_held_for_ever(plan, gate, worse):
    """Of a stage at 1 % held on: RED after a quarter of an hour, not after half an hour more without a difference."""
    held_on = (STAGES[0], ("stage_1", 1, 50))

    after_15, after_50 = colours(plan, gate, (15, 50), canary=worse, bad_until=15, stages=held_on)

    assert after_15 is Colour.RED
    assert after_50 < Colour.NO_DATA


@settings(max_examples=100, deadline=None)
@given(
    won=st.lists(winnings, max_size=5),
    each=st.lists(st.lists(winnings, max_size=5), min_size=1, max_size=4),
    part=st.floats(0.1, 0.9),
)
def test_handing_winnings_over_neither_wins_nor_loses(won, each, part):
    """The mean of all is what it was, whether or not there were bets before."""
    giver, takers = process_after(won), [process_after(each[0]) for _ in each]
    before = log_mean([giver.log_e, log_mean([taker.log_e for taker in takers])], (part, 1 - part))

    giver.hand_over(takers, part)

    both_bet = bool(won) and bool(each[0])
    after = log_mean([taker.log_e for taker in takers])
    assert after == pytest.approx(before, abs=1e-9) if both_bet or not won else after <= before + 1e-9


def process_after(minutes):
    process = Process()
    for log_es in minutes:
        process.bet(log_es, "stage_1")
    return process


def test_winnings_are_given_away_above_every_bar(plan):
    """1,000 minutes of winning are lost again in ten of losing as much, and were never below the highest bar."""
    process = process_after([(2.0, 2.0, 2.0)] * 1000)
    assert process.log_e > math.log(100 * plan.evidence.red_e)

    for _ in range(10):
        process.bet((-2.0, -2.0, -2.0), "stage_1")

    assert process.log_e < math.log(plan.evidence.yellow_e)
