"""The share gate on users who stay with their slice: `python -m tests.bench.share`.

Of 200 stages each: how many healthy ones are RED at any look, and NO DATA at any; how many are RED at the end where the
split was left at the weight of the stage before, and at the second look where the share is half of the planned one or
half as much again.
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import product
from typing import NamedTuple
from zlib import crc32

import numpy as np

from conduct.run import load_plan
from ramp.judge import Judge
from ramp.plan import Plan
from ramp.verdict import Colour
from tests.bench.users import SESSIONS, Users, observations, split

EACH = (1, 3, 10, 30)


class Task(NamedTuple):
    """Stages whose users send `each` requests, heavy ones among them or not; the plan says `said`."""

    stage: str
    each: int
    heavy: bool
    said: float
    a_minute: int
    stages: int
    seed: int


class Found(NamedTuple):
    """In how many stages."""

    red: int
    no_data: int
    stuck: int
    half: int
    more: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.share", description=__doc__)
    parser.add_argument("--stages", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--a-minute", type=int, default=12_000, help="requests that the edge splits")
    options = parser.parse_args()
    stages, by_default = [stage.id for stage in _plan().stages[:-1]], _plan().split.requests_a_user
    tasks = [
        Task(stage, each, heavy, said, options.a_minute, options.stages, options.seed)
        for stage, each, heavy in product(stages, EACH, (False, True))
        for said in sorted({float(each), by_default})
        if not (heavy and each == 1)
    ]
    print("| stage | requests a user | requests_a_user | RED | NO DATA | stuck: RED | half: at look 2 | 1.5 times |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for task, found in zip(tasks, pool.map(judged, tasks), strict=True):
            users = f"{task.each}, heavy ones" if task.heavy else f"{task.each}"
            stuck = "" if task.stage == stages[0] else found.stuck
            cells = (task.stage, users, f"{task.said:g}", found.red, found.no_data, stuck, found.half, found.more)
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


def judged(task: Task) -> Found:
    """What became of the stages of `task`, users of every kind of session in turn."""
    plan, sessions = _plan(task.said), list(SESSIONS)
    stage = plan.moment(task.stage)
    share = (stage.traffic_pct or 0) / 100
    lower = _weight_before(plan, task.stage)
    draw = np.random.default_rng([task.seed, crc32(task.stage.encode()), task.each, task.heavy])
    found = dict.fromkeys(Found._fields, 0)
    for number in range(task.stages):
        users = Users(task.each, sessions[number % len(sessions)], task.heavy)

        def colours(real: float, users: Users = users) -> list[Colour]:
            counted = split(draw, users, real, round(stage.hold_min or 0), task.a_minute)
            judge = Judge(plan, ("share",))
            looks = [*(judge.add(seen) for seen in observations(stage, counted)), judge.end()]
            return [looked.findings["share"].colour for looked in looks if looked]

        healthy = colours(share)
        found["red"] += Colour.RED in healthy
        found["no_data"] += Colour.NO_DATA in healthy
        found["stuck"] += colours(lower)[-1] is Colour.RED
        found["half"] += colours(share / 2)[1] is Colour.RED
        found["more"] += colours(1.5 * share)[1] is Colour.RED
    return Found(**found)


def _weight_before(plan: Plan, stage: str) -> float:
    """The share of the stage before; before the first one there was none."""
    shares = [0.0, *((of.traffic_pct or 0) / 100 for of in plan.stages)]
    return shares[[of.id for of in plan.stages].index(stage)]


@cache
def _plan(requests_a_user: float | None = None) -> Plan:
    plan = load_plan()
    if requests_a_user is None:
        return plan
    return plan.model_copy(update={"split": plan.split.model_copy(update={"requests_a_user": requests_a_user})})


if __name__ == "__main__":
    main()
