"""What a release does to both slices is no difference between them: control worse than before T-0 is YELLOW."""

import pytest
from simulated import simulated

from ramp.judge import Judge
from ramp.verdict import Colour

GATES = ("latency", "errors", "cost")
SLOWER = (0.52, 0.28, 0.12, 0.045, 0.02, 0.015)  # P95 some 15 % higher
BOTH = {"fast": SLOWER}


def looks(plan, seen):
    judge = Judge(plan, GATES)
    return [looked for looked in [*(judge.add(one) for one in seen), judge.end()] if looked]


def said(plan, seen, gate):
    """By minute, the colour and sentence of each look at which both are said to be worse."""
    found = {looked.minute: looked.verdicts()[gate] for looked in looks(plan, seen) if looked.minute <= 30}
    return {minute: one for minute, one in found.items() if "both slices are worse" in one.reason}


@pytest.mark.parametrize(("gate", "both"), [("latency", BOTH), ("errors", {"failing": 0.007}), ("cost", {"cost": 1.3})])
def test_what_gets_worse_on_both_at_t0_is_yellow_and_said_from_the_fourteenth_minute_on(plan, gate, both):
    """Five looks in a row of ten minutes each; after 25 minutes the hour before T-0 is too long ago."""
    found = said(plan, simulated(2, both=both), gate)

    assert set(found) - {16, 17} == set(range(14, 26)) - {16, 17}  # where a stage warms up it is not judged
    assert {one.colour for one in found.values()} == {Colour.YELLOW}
    assert "over its last 10 min before T-0" in found[14].reason


@pytest.mark.parametrize("wander", [None, {"both": 0.1}, {"canary": 0.05, "control": 0.05}])
def test_a_healthy_release_is_not_said_to_make_both_worse(plan, wander):
    for seed in range(3):
        for gate in GATES:
            assert not said(plan, simulated(seed, wander=wander), gate)


def test_a_canary_that_is_worse_alone_is_not_said_to_make_both_worse(plan):
    assert not said(plan, simulated(2, canary=BOTH), "latency")


def test_without_a_placebo_hour_nothing_is_said_of_both(plan):
    assert not said(plan, simulated(2, placebo=False, both=BOTH), "latency")


def test_what_cannot_be_read_makes_no_red_better(plan):
    """The note makes GREEN YELLOW, and nothing else: a canary that is proven to be worse stays RED."""
    slower = {"fast": (0.40, 0.30, 0.20, 0.06, 0.025, 0.015)}
    found = [looked.findings["latency"].colour for looked in looks(plan, simulated(2, canary=slower, both=BOTH))]

    assert Colour.RED in found
