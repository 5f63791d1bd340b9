"""The conductor in simulated worlds that the real judge judges."""

import time

import pytest

from ramp.conducted import Phase
from ramp.verdict import Trigger
from tests.simulation.judged import JudgedWorld
from tests.simulation.shop import REGRESSIONS, SOUND

LASTS_S = 15.0


def test_in_worlds_that_the_real_judge_judges_no_invariant_breaks() -> None:
    until, seed, ended = time.monotonic() + LASTS_S, 0, set()
    while time.monotonic() < until or seed < 30:
        world = JudgedWorld(seed).play()
        ended.add(world.ramp.phase)
        assert [*world.broken, *world.owed()] == [], f"seed {seed}"
        seed += 1
    assert {Phase.DONE, Phase.ROLLED_BACK} <= ended


def test_a_sound_release_goes_to_all_traffic_and_a_seed_replays_it() -> None:
    world = untroubled(seed=3)
    assert (world.ramp.phase, world.weight_pct, world.pages) == (Phase.DONE, 100, [])
    assert untroubled(seed=3).events == world.events
    assert untroubled(seed=4).events != world.events


@pytest.mark.parametrize(
    ("name", "trigger"),
    [("failing payments", Trigger.F4), ("slow", Trigger.F1), ("errors", Trigger.F1), ("dear", Trigger.F3)],
)
def test_a_regression_is_rolled_back_by_its_trigger_within_two_minutes_of_the_look_that_saw_it(
    name: str, trigger: Trigger
) -> None:
    world = untroubled(seed=5, bad_from=20.0, regression=name)
    assert world.ramp.phase is Phase.ROLLED_BACK
    assert world.ramp.reason.startswith(trigger)
    assert world.fired_at is not None and world.zero_at is not None
    assert world.zero_at - world.fired_at <= 2
    assert list(world.owed()) == []


def test_traffic_stays_where_it_is_while_nothing_can_be_seen() -> None:
    world = untroubled(seed=6, out_from=10.0, out_for=1000.0)
    assert world.ramp.phase is Phase.ENDING
    assert world.weight_pct == 1


def untroubled(seed: int, regression: str | None = None, **what: float) -> JudgedWorld:
    """A world in which nothing goes wrong but what is named."""
    world = JudgedWorld(seed, troubled=0.0)
    world.regression, world.bad_for = REGRESSIONS[regression] if regression else SOUND, 1000.0
    for name, value in what.items():
        setattr(world, name, value)
    return world.play()
