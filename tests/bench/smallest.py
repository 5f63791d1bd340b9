"""Whether the smallest regressions that `python -m ramp power` promises are found in as many ramps as it says."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from conduct.run import load_plan
from fixtures.sources import recording
from ramp.plan import Plan
from ramp.power import POWER_RATIO
from ramp.replay import replay
from reports.power_table import power_table
from tests.bench.peers import GATES
from tests.bench.ramps import HEALTHY, STAGES, Effect, observations, simulate, simulate_effect

RECORDINGS = 9
RAMPS = 100
_PART = 1_000_000  # of the seed, far from those that the other tables use
SMALLEST = (
    f"What `python -m ramp power` says is found in {100 * POWER_RATIO:.0f} % of ramps at a stage, as the median of "
    f"{RECORDINGS} healthy recordings / in how many % of {RAMPS} ramps it was RED within that stage, at whose "
    "beginning it began."
)


@dataclass(frozen=True)
class Promise:
    """The smallest regression of a gate in a world that is found RED in the stage in which it begins: how much slower
    or dearer for latency and cost, the ratio of errors or misses; infinite where none is promised."""

    world: str
    gate: str
    stage: int
    smallest: float

    @property
    def effect(self) -> Effect:
        changed = {
            "latency": {"latency": 1 + self.smallest},
            "errors": {"errors": self.smallest},
            "cache": {"hits": 1 - self.smallest},
            "cost": {"cost": 1 + self.smallest},
        }
        return Effect(gate=self.gate, onset=self.onset, **changed[self.gate])

    @property
    def onset(self) -> int:
        return sum(stage.minutes for stage in STAGES[: self.stage])

    def told(self) -> str:
        if not np.isfinite(self.smallest):
            return "none"
        percent = 100 * self.smallest
        return {"errors": f"{percent:.2f} %", "cache": f"{100 - percent:.1f} % hits"}.get(
            self.gate, f"+{percent:.1f} %"
        )


Kept = dict[Promise, float]  # the ratio of ramps in which it was


def measure(pool: Executor, worlds: Sequence[str], seed: int) -> Kept:
    """Each promise, and how often it was kept."""
    promises = [promise for world in worlds for promise in _promised(load_plan(), world, seed)]
    return dict(zip(promises, pool.map(_kept, promises, [seed] * len(promises)), strict=True))


def _promised(plan: Plan, world: str, seed: int) -> Iterator[Promise]:
    """The median over some healthy recordings, each of which gives its own."""
    ramps = simulate(world, HEALTHY, RECORDINGS, seed=seed, part=_PART)
    with TemporaryDirectory() as folder:
        files = [Path(folder) / f"{index}.jsonl" for index in range(RECORDINGS)]
        for index, file in enumerate(files):
            recording.append(file, *observations(ramps, index))
        fresh = timedelta(minutes=plan.reading.fresh_min)
        read = [recording.read(file, fresh) for file in files]
        rows = [json.loads(power_table(plan, one, world, rps=None, as_json=True))["stages"] for one in read]
    for gate in GATES:
        for number, stage in enumerate(STAGES):
            each = [row[stage.id][gate] for row in rows]
            yield Promise(world, gate, number, median(np.inf if one is None else one for one in each))


def _kept(promise: Promise, seed: int) -> float:
    if not np.isfinite(promise.smallest):
        return float("nan")
    ramps = simulate_effect(
        promise.world,
        promise.effect,
        RAMPS,
        np.random.default_rng([seed, _PART, GATES.index(promise.gate), promise.stage]),
    )
    reds = [
        replay(_plan(), observations(ramps, index), [promise.gate]).gates[promise.gate].red_minute
        for index in range(RAMPS)
    ]
    since = [np.inf if red is None else red - promise.onset for red in reds]
    counted = [minutes for minutes in since if minutes > 0]
    return sum(minutes <= STAGES[promise.stage].minutes for minutes in counted) / len(counted)


@cache
def _plan() -> Plan:
    return load_plan()


def head_and_rows(kept: Kept) -> tuple[list[str], list[list[str]]]:
    """A row a gate and world, a column a stage: what was promised and in how many per cent of ramps it was kept."""
    rows: dict[tuple[str, str], list[str]] = {}
    for promise, ratio in kept.items():
        said = f"{promise.told()} / {100 * ratio:.0f}" if np.isfinite(ratio) else promise.told()
        rows.setdefault((promise.gate, promise.world), []).append(said)
    return ["gate", "world", *(stage.id for stage in STAGES)], [[*row, *rows[row]] for row in sorted(rows)]
