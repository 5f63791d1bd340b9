"""Something keeps traffic where it is while the end of a moment is being judged, and its checks say CONTINUE."""

import os
import subprocess
from dataclasses import replace
from types import SimpleNamespace

import pytest

from conduct.conclusion import open_journal
from conduct.effects import Effects
from conduct.handed_over import hand_over
from conduct.judging import Judging
from ramp.conducted import Block, Ramp, Step
from ramp.verdict import Colour, Verdict
from reports.journal import read

MOMENT = "t_minus_10"
ENDING = Ramp(course=(Step("stage_1", 1.0, 15.0),), before=(MOMENT,), concluding=True)


@pytest.fixture
def concluded(rehearsed):
    """`concluded(ramp)`: the decision where all checks are GREEN, its card, and what the conductor hears of it."""
    run = rehearsed(secrets={})
    green = [
        Verdict(check=each, moment=MOMENT, colour=Colour.GREEN, why="it is so") for each in run.plan.required(MOMENT)
    ]

    def of(ramp):
        hand_over(run.folder, MOMENT, green, (), (), os.getpid())
        with open_journal(run, [MOMENT]) as journal:
            effects = Effects(SimpleNamespace(run=run), journal, SimpleNamespace(), [])
            effects._judging = Judging(MOMENT, subprocess.Popen(["true"]))
            effects._judging.process.wait()
            (event,) = effects.came_in(ramp)
            effects.close()
        last = {each["kind"]: each for each in read(run.folder)}
        return last["decision"], last["card"]["text"], event

    return of


def test_with_nothing_in_its_way_traffic_goes_on(concluded):
    decision, card, event = concluded(ENDING)
    assert (decision["action"], event.action) == ("CONTINUE", "CONTINUE")
    assert "CONTINUE" in card


@pytest.mark.parametrize(
    ("ramp", "why"),
    [
        (
            replace(ENDING, blocks=frozenset({Block.WEIGHT})),
            "the weight is another one than the stage's, or cannot be read "
            "(see that the traffic tool answers, and gives the canary 0 %)",
        ),
        (
            replace(ENDING, blocks=frozenset({Block.SHARE})),
            "the traffic's share is not seen to follow the weight (see what the routing does with it)",
        ),
        (replace(ENDING, concluding=False), "t_minus_10 is held anew meanwhile, and its end is judged once more"),
    ],
    ids=["weight", "share", "anew"],
)
def test_the_card_says_what_keeps_traffic_where_it_is_and_what_to_do(concluded, ramp, why):
    decision, card, event = concluded(ramp)
    assert (decision["action"], event.action) == ("HOLD", "HOLD")
    assert decision["reason"].startswith(f"{why}; all ")
    assert decision["next_step"].startswith("keep the traffic where it is; it may rise once that is put right")
    assert "HOLD" in card and "CONTINUE" not in card
