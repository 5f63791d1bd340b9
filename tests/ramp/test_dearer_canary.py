"""F3 on drawn ramps: a canary whose users are dearer, within the limit and over it."""

import pytest
from simulated import simulated

from conduct.run import load_plan
from ramp.replay import replay
from ramp.verdict import Trigger

PLAN = load_plan()


@pytest.mark.parametrize(("cost", "fired", "of"), [(1.04, 0, 8), (1.12, 8, 8)])
def test_four_percent_are_within_and_twelve_are_over(cost, fired, of):
    """A breach by chance of 15 minutes does not roll a release back that is dearer within the limit."""
    outcomes = [replay(PLAN, simulated(seed, canary={"cost": cost}), ("cost",)) for seed in range(of)]

    assert sum(outcome.trigger is Trigger.F3 for outcome in outcomes) == fired
    assert all(outcome.gates["cost"].yellow_minute is not None for outcome in outcomes)
