"""What control was before 100 % is compared with for as long as 100 % is held."""

from ramp.judge import Judge
from ramp.replay import DEFAULT_GATES
from ramp.verdict import Colour
from tests.simulated import simulated

AFTERNOON = (("placebo", 1, 60), ("stage_1", 1, 15), ("stage_10", 10, 15), ("stage_25", 25, 15), ("stage_50", 50, 60))


def test_a_sound_release_stays_green_through_hours_of_100_percent_of_which_control_is_gone(plan):
    judge, colours = Judge(plan, DEFAULT_GATES), []
    for one in simulated(3, stages=(*AFTERNOON, ("stage_100", 100, 150))):
        if (looked := judge.add(one)) and looked.view.moment.id == "stage_100" and looked.view.held_min > 10:
            colours.append({name for name, found in looked.findings.items() if found.colour is not Colour.GREEN})
    assert len(colours) > 130
    assert not any(colours)
