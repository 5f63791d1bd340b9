"""Whom simulated healthy ramps call, with figures: `python -m tests.bench.paged --ramps 300 --seed 20261210`.

In how many ramps of each world the pager calls the CEO (H1) at a look or at a stage's end, and what for. A sign-off
that is due (A3) is counted by itself: it is asked for where 50 % is not all GREEN, and nobody is woken by mistake.
What AI costs and earns is a world of its own, for it has tails of its own: the margin is judged there, and the markup.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import cache
from typing import NamedTuple
from zlib import crc32

import numpy as np

from conduct.run import load_plan
from ramp.decision import decide
from ramp.evidence import interval
from ramp.incidents import SIGN_OFF, cause_of
from ramp.judge import Judge, Looked
from ramp.may_rise import may_rise
from ramp.observation import SLICES, Observation
from ramp.plan import Plan
from ramp.signals import AI_COST_USD, AI_REQUESTS, AI_REVENUE_USD
from ramp.who_is_told import CEO
from tests.bench import further, ramps
from tests.bench.peers import GATES

_AT_ONCE = 25  # ramps
MARKUP = 5.0


class Ai(NamedTuple):
    """AI requests a minute, the log-sd of what one is usually worth, and that of what it costs beside its worth. What
    it earns is MARKUP times its worth; where it is `flat`, the same for each."""

    requests: float
    worth_log_sd: float
    cost_log_sd: float
    flat: bool = False


AI = {
    "AI": Ai(6_000, 1.0, 0.3),
    "AI tails": Ai(6_000, 1.5, 0.3),
    "AI flat price": Ai(6_000, 1.0, 0.0, flat=True),
    "AI little": Ai(1_200, 1.0, 0.3),
    "AI flat price tails": Ai(6_000, 1.5, 0.0, flat=True),
}
# Nothing is wrong in these; in the other further worlds something is, if only the noise that nobody had shown.
HEALTHY = (*ramps.WORLDS, "tails", "doubling", "halving", "burst", "shared AR", *AI)


class Task(NamedTuple):
    """Some healthy ramps of a world."""

    world: str
    part: int
    count: int
    seed: int


class Called(NamedTuple):
    """What the CEO was called for in each ramp of a task: causes, `sign-off` for one that was due; none for nobody."""

    world: str
    causes: list[tuple[str, ...]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.paged", description=__doc__)
    parser.add_argument("--ramps", type=int, default=100, help="in each world")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worlds", nargs="+", choices=HEALTHY, default=list(HEALTHY))
    parser.add_argument("--jobs", type=int, default=None, help="processes; default: one a core")
    options = parser.parse_args()
    tasks = [
        Task(world, part, min(_AT_ONCE, options.ramps - first), options.seed)
        for world in options.worlds
        for part, first in enumerate(range(0, options.ramps, _AT_ONCE))
    ]
    found: dict[str, list[tuple[str, ...]]] = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        for world, causes in pool.map(called, tasks):
            found.setdefault(world, []).extend(causes)
    for world, causes in found.items():
        print(f"{world}: {told(causes)}")
    print(f"all worlds: {told([each for causes in found.values() for each in causes])}")


def told(causes: list[tuple[str, ...]]) -> str:
    """`the CEO was called in 0 of 300 ramps (0.0 %, 95 % interval 0.0 to 1.2) ...`"""
    count, alarmed = len(causes), sum(any(cause != SIGN_OFF for cause in each) for each in causes)
    low, high = interval(alarmed, count, 0.95)
    asked = sum(SIGN_OFF in each for each in causes)
    by_cause = Counter(cause for each in causes for cause in each if cause != SIGN_OFF)
    named = "".join(f", {cause} {n}" for cause, n in by_cause.most_common())
    share = f"{alarmed / count:.1%}, 95 % interval {low:.1%} to {high:.1%}"
    said = f"the CEO was called in {alarmed} of {count:,} ramps ({share}){named}"
    return f"{said}; a sign-off was due in {asked} ({asked / count:.1%})"


def called(task: Task) -> Called:
    """By all gates that the simulation feeds, as the conductor calls: at each look, and at each stage's end."""
    rng = np.random.default_rng([task.seed, crc32(task.world.encode()), task.part])
    if task.world in AI:
        made = (ai_observations(AI[task.world], rng) for _ in range(task.count))
        return Called(task.world, [_causes(each, ("markup",)) for each in made])
    if task.world in ramps.WORLDS:
        simulated = ramps.simulate_effect(task.world, ramps.EFFECTS[ramps.HEALTHY], task.count, rng)
    else:
        simulated = further.simulate(further.WORLDS[task.world], further.NONE, task.count, rng)
    seen = (ramps.observations(simulated, index) for index in range(task.count))
    return Called(task.world, [_causes(each, GATES) for each in seen])


def ai_observations(ai: Ai, rng: np.random.Generator, canary_costs: float = 1.0) -> Iterator[Observation]:
    """A ramp of AI requests alone, of which the canary's cost `canary_costs` times as much."""
    minutes = [stage for stage in ramps.STAGES for _ in range(stage.minutes)]
    totals = {slice: dict.fromkeys((AI_REQUESTS, AI_COST_USD, AI_REVENUE_USD), 0.0) for slice in SLICES}
    for minute, stage in enumerate(minutes):
        for slice, share in (("canary", stage.traffic_pct / 100), ("control", 1 - stage.traffic_pct / 100)):
            n, of = rng.poisson(ai.requests * share), totals[slice]
            worth = 0.01 * rng.lognormal(-(ai.worth_log_sd**2) / 2, ai.worth_log_sd, n)
            cost = worth * rng.lognormal(-(ai.cost_log_sd**2) / 2, ai.cost_log_sd, n)
            of[AI_REQUESTS] += n
            of[AI_COST_USD] += cost.sum() * (canary_costs if slice == "canary" else 1.0)
            of[AI_REVENUE_USD] += MARKUP * (0.01 * n if ai.flat else worth.sum())
            at = ramps.T0 + timedelta(minutes=minute + 1)
            yield Observation(
                at=at, slice=slice, stage=stage.id, traffic_pct=stage.traffic_pct, counters=dict(of), gauges={}
            )


def _causes(seen: Iterable[Observation], gates: Sequence[str]) -> tuple[str, ...]:
    judge, causes = Judge(_plan(), gates), dict[str, None]()
    ends: dict[str, Looked] = {}
    for looked in (*(judge.add(each) for each in seen), judge.end()):
        if looked is None or not looked.view.moment.is_stage:
            continue
        causes |= dict.fromkeys(_at_a_look(looked))
        if looked.view.is_over:
            ends[looked.view.moment.id] = looked
    for looked in ends.values():
        causes |= dict.fromkeys(_at_the_end(looked, gates))
    return tuple(causes)


def _at_a_look(looked: Looked) -> Iterator[str]:
    seen = may_rise(_plan(), looked)
    if CEO in seen.page:
        yield seen.check or "?"


def _at_the_end(looked: Looked, gates: Sequence[str]) -> Iterator[str]:
    verdicts = looked.verdicts()
    decision = decide(_plan(), looked.view.moment.id, verdicts, looked.held_min, required=gates)
    if CEO in decision.page:
        cause = cause_of(decision, tuple(verdicts.values()))
        yield f"{looked.trigger} ({cause})" if looked.trigger else cause


@cache
def _plan() -> Plan:
    return load_plan()


if __name__ == "__main__":
    main()
