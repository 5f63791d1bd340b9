"""I1: two hours at 100 % are stable by what was observed: each minute, without a gap and without a breach."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ramp.gates import GATES
from ramp.observation import Observation
from ramp.probes.stable import judge_stable
from ramp.stable import Stable, observed_stable
from ramp.verdict import Colour
from tests.releases import ramp

OF = ("errors", "synthetics", "database")


@pytest.fixture(scope="module")
def at_50(plan) -> list[Observation]:
    return ramp(plan, "stage_50", 31)


def held(plan, at_50, minutes: int, canary=None) -> list[Observation]:
    return ramp(plan, "stage_100", minutes, canary=canary, after=at_50)


def seen(plan, observations) -> Stable:
    return observed_stable(plan, observations, OF)


def judged(plan, observations):
    now = observations[-1].at
    return judge_stable(plan, "post_success", seen(plan, observations), now)


def test_two_hours_without_a_breach_are_stable(plan, at_50):
    verdict = judged(plan, held(plan, at_50, 124))
    assert (verdict.colour, verdict.limit) == (Colour.GREEN, 120)
    assert verdict.value >= 119.5


def test_an_hour_is_not_two(plan, at_50):
    verdict = judged(plan, held(plan, at_50, 60))
    assert verdict.colour is Colour.NO_DATA
    assert "of 120 min since" in verdict.why


def test_a_breach_begins_the_two_hours_anew_and_is_named(plan, at_50):
    bad = {"errors": lambda minute: 300 if 60 <= minute <= 61 else 1}
    found = seen(plan, held(plan, at_50, 130, bad))
    assert 40 < found.minutes < 70
    assert "errors" in found.broken[-1]
    assert judged(plan, held(plan, at_50, 130, bad)).colour is Colour.NO_DATA


def test_a_breach_at_the_newest_look_is_not_stable(plan, at_50):
    found = seen(plan, held(plan, at_50, 130, {"errors": lambda minute: 300 if minute >= 128 else 1}))
    assert found.since_utc is None


def test_minutes_that_nobody_looked_at_begin_it_anew(plan, at_50):
    whole = held(plan, at_50, 140)
    gap = [one for one in whole if not 200 < (one.at - whole[0].at) / timedelta(minutes=1) - 31 - 100 + 200 < 210]
    found = seen(plan, gap)
    assert any("nobody looked" in each for each in found.broken)
    assert found.minutes < 40


def test_a_clock_that_jumps_on_makes_no_hours_of_minutes_that_nobody_looked_at(plan, at_50):
    whole = held(plan, at_50, 65)
    jump = whole[0].at + timedelta(minutes=31 + 30)
    moved = [replace(one, at=one.at + timedelta(hours=1)) if one.at > jump else one for one in whole]
    assert (moved[-1].at - jump) / timedelta(minutes=1) > 90
    found = seen(plan, moved)
    assert found.minutes < 40 and "nobody looked" in found.broken[-1]
    assert judged(plan, moved).colour is Colour.NO_DATA


def test_what_was_seen_an_hour_ago_says_nothing_of_now(plan, at_50):
    found = seen(plan, held(plan, at_50, 122))
    later = found.until_utc + timedelta(hours=1)
    assert judge_stable(plan, "post_success", found, later).colour is Colour.NO_DATA


def test_a_ramp_that_never_reached_100_is_not_stable(plan, at_50):
    assert judged(plan, at_50).colour is Colour.NO_DATA


def test_the_gates_are_gates_of_the_plan():
    assert set(OF) <= set(GATES)
