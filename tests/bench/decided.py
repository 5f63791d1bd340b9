"""What is decided of simulated ramps, with figures: `python -m tests.bench.decided`.

How many healthy ramps of each world go on at the end of every stage without a person, what holds the others, and how
many ramps with dearer users are rolled back for it (F3).
"""

import argparse
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from statistics import median
from typing import NamedTuple

import numpy as np

from conduct.run import load_plan
from ramp.decision import Action, decide
from ramp.judge import Judge, Looked
from ramp.plan import Plan
from ramp.replay import replay
from ramp.verdict import Trigger
from tests.bench.peers import GATES
from tests.bench.ramps import HEALTHY, WORLDS, Effect, observations, simulate, simulate_effect

DEARER = (1.0, 1.04, 1.05, 1.08, 1.12)


class Task(NamedTuple):
    """Some ramps of a world, or of users `cost` times as dear in the world iid."""

    world: str
    cost: float
    ramps: int
    seed: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.decided", description=__doc__)
    parser.add_argument("--ramps", type=int, default=100, help="in each world, and of each cost")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        healthy = [Task(world, 1.0, options.ramps, options.seed) for world in WORLDS]
        for task, (went_on, held) in zip(healthy, pool.map(climbed, healthy), strict=True):
            print(f"{task.world}: {went_on} of {task.ramps} healthy ramps went on at every stage's end; {dict(held)}")
        dearer = [Task("iid", cost, options.ramps, options.seed) for cost in DEARER]
        for task, minutes in zip(dearer, pool.map(rolled_back, dearer), strict=True):
            found = [minute for minute in minutes if minute < np.inf]
            print(f"users {task.cost - 1:+.0%}: F3 in {len(found) / task.ramps:.1%}, median minute {median(minutes):g}")


def climbed(task: Task) -> tuple[int, Counter[str]]:
    """How many ramps went on at the end of every stage, and which gates held the others where."""
    ramps, held, went_on = simulate(task.world, HEALTHY, task.ramps, seed=task.seed), Counter[str](), 0
    for index in range(task.ramps):
        holds = [
            f"{check} at {stage}"
            for stage, looked in _ends(Judge(_plan(), GATES), observations(ramps, index)).items()
            for check in _held_by(stage, looked)
        ]
        held.update(holds)
        went_on += not holds
    return went_on, held


def _ends(judge: Judge, seen) -> dict[str, Looked]:
    """The last look of each stage."""
    looks = [*(judge.add(observation) for observation in seen), judge.end()]
    return {looked.view.moment.id: looked for looked in looks if looked and looked.view.is_over}


def _held_by(stage: str, looked: Looked) -> tuple[str, ...]:
    decision = decide(_plan(), stage, looked.verdicts(), looked.held_min, required=GATES)
    return () if decision.action is Action.CONTINUE else decision.because or ("?",)


def rolled_back(task: Task) -> list[float]:
    """The minute of F3 in each ramp, infinite for never."""
    rng = np.random.default_rng([task.seed, round(1000 * task.cost)])
    ramps = simulate_effect(task.world, Effect(gate="cost", cost=task.cost), task.ramps, rng)
    outcomes = [replay(_plan(), observations(ramps, index), ("cost",)) for index in range(task.ramps)]
    return [of.minute if of.trigger is Trigger.F3 and of.minute is not None else np.inf for of in outcomes]


@cache
def _plan() -> Plan:
    return load_plan()


if __name__ == "__main__":
    main()
