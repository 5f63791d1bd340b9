"""The further worlds and regressions are what they claim to be, and their tables tell of each."""

import numpy as np
import pytest

from tests.bench import further, further_table
from tests.bench.ramps import BOUNDS_S, HEALTHY

BEYOND_100_MS = np.flatnonzero(BOUNDS_S == 0.1)[0] + 1


def slow(of, minutes=slice(None)):
    """The share of requests that took over 100 ms."""
    return of.latency[:, minutes, BEYOND_100_MS:].sum() / of.requests[:, minutes].sum()


def simulated(world, effect=further.NONE, count=10):
    return further.simulate(world, effect, count, np.random.default_rng(7))


@pytest.mark.parametrize("world", further.WORLDS)
def test_the_placebo_hour_of_every_world_has_a_p95_of_100_ms(world):
    """Whatever its tails, traffic and drifts, about as long as they last."""
    ramps = simulated(further.WORLDS[world])

    assert slow(ramps.placebo_canary) == pytest.approx(0.05, abs=0.015)
    assert slow(ramps.placebo_control) == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize("effect", further.EFFECTS)
def test_a_regression_is_on_the_canary_alone(effect):
    """In the second half of the 50 % stage each is slower than control."""
    ramps = simulated(further.BEYOND["iid"], further.EFFECTS[effect])

    assert slow(ramps.canary, slice(60, 75)) > 1.2 * slow(ramps.control, slice(60, 75))
    assert slow(ramps.control) == pytest.approx(0.05, abs=0.002)


def test_traffic_doubles_and_an_outage_is_shared():
    """From T-0 to the end; for three minutes on both slices."""
    doubling, outage = (simulated(further.WORLDS[name]) for name in ("doubling", "outage"))

    both = doubling.canary.requests + doubling.control.requests
    assert both[:, -1].mean() == pytest.approx(2 * both[:, 0].mean(), rel=0.02)
    for of in (outage.canary, outage.control):
        assert of.errors[:, 20:23].sum() == pytest.approx(0.3 * of.requests[:, 20:23].sum(), rel=0.05)


def test_each_world_and_regression_has_its_row():
    """An outage of both slices is RED by its limit, and holds."""
    cells = [(world, effect) for world in further.WORLDS for effect in (HEALTHY, "p95+10")]
    cells += [(world, effect) for world in further.BEYOND for effect in further.EFFECTS]
    seen = further_table.judged(further_table.Task("outage", HEALTHY, 0, 1, 7))
    text = "\n".join(further_table.sections(dict.fromkeys(cells, seen)))

    assert seen[0].red["errors"] < 75 and seen[0].held
    assert all(f"\n| {name} |" in text for name in (*further.WORLDS, *further.EFFECTS))
