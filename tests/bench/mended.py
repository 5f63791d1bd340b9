"""Whether evidence declines once a canary is as good as control again: `python -m tests.bench.mended`.

Ramps whose canary was slower for some minutes and equal ever after: in how many latency is still RED, or still keeps
traffic from rising, at a stage's end.
"""

import argparse
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import NamedTuple

import numpy as np

from conduct.run import load_plan
from ramp.judge import Judge
from ramp.plan import Plan
from ramp.verdict import Colour
from tests.bench.ramps import MINUTES, Effect, observations, simulate_effect

MENDED = {
    "+20 % in minutes 3 to 8": Effect(gate="latency", latency=1.20, onset=3, until=8),
    "+15 % in the 1 % stage": Effect(gate="latency", latency=1.15, until=15),
}
WORLDS_MENDED = ("iid", "noisy")
ENDS = (15, 30, 45, MINUTES)  # minutes since T-0: the last look of each stage


class Task(NamedTuple):
    world: str
    mended: str
    ramps: int
    seed: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mended", description=__doc__)
    parser.add_argument("--ramps", type=int, default=30, help="of each kind in each world")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tasks = [Task(world, mended, options.ramps, options.seed) for mended in MENDED for world in WORLDS_MENDED]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for task, (red, held) in zip(tasks, pool.map(still_held, tasks), strict=True):
            said = ", ".join(f"{red[end]} / {held[end]} at minute {end}" for end in ENDS)
            print(f"{task.mended}, equal ever after, {task.world}: of {task.ramps} RED / held {said}")


def still_held(task: Task) -> tuple[Counter[int], Counter[int]]:
    """In how many ramps latency was RED, and was RED or open, at the end of each stage."""
    rng = np.random.default_rng([task.seed, list(MENDED).index(task.mended)])
    ramps = simulate_effect(task.world, MENDED[task.mended], task.ramps, rng)
    red, held = Counter[int](), Counter[int]()
    for index in range(task.ramps):
        judge = Judge(_plan(), ("latency",))
        looks = [*(judge.add(observation) for observation in observations(ramps, index)), judge.end()]
        for looked in looks:
            if looked and looked.minute in ENDS:
                latency = looked.findings["latency"]
                red[round(looked.minute)] += latency.colour is Colour.RED
                held[round(looked.minute)] += latency.colour is Colour.RED or latency.open_breach
    return red, held


@cache
def _plan() -> Plan:
    return load_plan()


if __name__ == "__main__":
    main()
