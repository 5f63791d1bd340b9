"""What instances give and take: `python -m tests.bench.instances --ramps 300 --seed 5` prints a table.

Each slice is some instances of equal traffic and equal noise. The same ramps are judged without their instances and
with them, at each setting of `instances_minutes` that `--minutes` names.
"""

import argparse
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from conduct.run import load_plan
from ramp.observation import Observation
from ramp.plan import Plan
from ramp.replay import replay
from tests.bench.further import EFFECTS, NOISY, NONE, QUIET, Effect, Noise, World, autoregression, cells, simulate
from tests.bench.ramps import BOUNDS_S, HEALTHY, MINUTES, PLACEBO, Array, Counts, Ramps, observations

_AT_ONCE = 20  # ramps
_LATE = Effect(says="10 % slower from minute 30 on", slower=lambda minute, share: np.where(minute >= 30, 1.1, 1.0))
_EFFECTS = {HEALTHY: NONE, **EFFECTS, "late": _LATE}
_LABELS = [*(f"{bound_s:g}" for bound_s in BOUNDS_S), "+Inf"]


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """`canary` and `control` instances, each of which drifts by itself as `own` says, before T-0 as `own_before`."""

    says: str
    canary: int
    control: int
    own: Noise
    own_before: Noise


def _alike(says: str, noise: Noise, before: Noise | None = None, each: int = 4) -> Fleet:
    """Slices of as many instances, which have `noise` together."""
    of_one = [of._replace(log_sd=of.log_sd * each**0.5) for of in (noise, noise if before is None else before)]
    return Fleet(says=says, canary=each, control=each, own=of_one[0], own_before=of_one[1])


FLEETS = {
    "iid": _alike("no noise, 4 instances a slice", QUIET),
    "noisy": _alike("each slice drifts by itself: log-sd 2 %, memory 0.6; 4 instances a slice", NOISY),
    "own AR": _alike("3 %, memory 0.8", Noise(0.03, 0.8)),
    "own slow AR": _alike("3 %, memory 0.97", Noise(0.03, 0.97)),
    "own slow AR, 10": _alike("the same of 10 instances a slice", Noise(0.03, 0.97), each=10),
    "quiet hour": _alike("as own AR, of which the placebo hour shows nothing", Noise(0.03, 0.8), QUIET),
    "noisy pod": Fleet(
        says="one instance of the canary beside 40 of control, each 3 %, memory 0.8; the hour shows nothing",
        canary=1,
        control=40,
        own=Noise(0.03, 0.8),
        own_before=QUIET,
    ),
}


class Task(NamedTuple):
    """Some ramps of a fleet; `minutes` are settings of `instances_minutes`."""

    fleet: str
    effect: str
    part: int
    count: int
    seed: int
    minutes: tuple[float, ...]


def observed(fleet: Fleet, effect: str, count: int, rng: np.random.Generator) -> list[list[Observation]]:
    """`count` ramps with a placebo hour, with their instances."""
    times = _EFFECTS[effect]
    ramps = simulate(World(says=""), times, count, rng)
    lasts = fleet.own == fleet.own_before
    control = _noise(rng, count, fleet.control, PLACEBO.minutes + MINUTES, fleet.own)
    before = (
        control[..., : PLACEBO.minutes]
        if lasts
        else _noise(rng, count, fleet.control, PLACEBO.minutes, fleet.own_before)
    )
    canary = _noise(rng, count, fleet.canary, MINUTES, fleet.own)
    placebo = _noise(rng, count, fleet.canary, PLACEBO.minutes, fleet.own_before)
    minute = np.arange(MINUTES)
    slower = times.slower(minute, np.zeros(MINUTES))
    of = {
        "canary": _by_instance(rng, ramps.canary, canary + np.log(slower)),
        "control": _by_instance(rng, ramps.control, control[..., PLACEBO.minutes :]),
        "placebo_canary": _by_instance(rng, ramps.placebo_canary, placebo),
        "placebo_control": _by_instance(rng, ramps.placebo_control, before),
    }
    ramps = replace(ramps, **{name: replace(getattr(ramps, name), latency=by.sum(axis=1)) for name, by in of.items()})
    return [list(_with_instances(ramps, of, index)) for index in range(count)]


def _noise(rng: np.random.Generator, count: int, instances: int, minutes: int, noise: Noise) -> Array:
    return autoregression(rng, (count * instances, minutes), noise).reshape(count, instances, minutes)


def _by_instance(rng: np.random.Generator, counts: Counts, log_latency: Array) -> Array:
    """Of each ramp, instance and minute the requests by bucket."""
    shares = cells(np.exp(log_latency), 0.5)
    instances = log_latency.shape[1]
    each = np.moveaxis(rng.multinomial(counts.requests, np.full(instances, 1 / instances)), -1, 1)
    return np.asarray(rng.multinomial(each, shares))


def _with_instances(ramps: Ramps, of: Mapping[str, Array], index: int) -> Iterator[Observation]:
    """The instances that play the canary before T-0 are of neither slice since."""
    until = {name: by[index].cumsum(axis=1).cumsum(axis=2) for name, by in of.items()}
    at = {"canary": -1, "control": -1}
    for seen in observations(ramps, index):
        at[seen.slice] += 1
        minute, hour = at[seen.slice], PLACEBO.minutes
        parts = {f"{seen.slice}-{i}": one for i, one in enumerate(_rows(until, seen.slice, minute, hour))}
        if seen.slice == "canary":
            played = {f"placebo-{i}": one for i, one in enumerate(until["placebo_canary"][:, min(minute, hour - 1)])}
            parts = {**played, **(parts if minute >= hour else {})}
        told = {f"{name}|{label}": int(n) for name, row in parts.items() for label, n in zip(_LABELS, row, strict=True)}
        yield replace(seen, counters={**seen.counters, "latency_s_by_instance": told})


def _rows(until: Mapping[str, Array], slice: str, minute: int, hour: int) -> Array:
    before = until[f"placebo_{slice}"]
    if minute < hour:
        return np.asarray(before[:, minute])
    since = until[slice][:, minute - hour]
    return np.asarray(since + before[:, -1] if slice == "control" else since)


def judged(task: Task) -> list[tuple[float, ...]]:
    """Latency's first RED minute of each ramp, without instances and with each of `minutes`; infinite for never."""
    rng = np.random.default_rng([task.seed, crc32(f"{task.fleet}/{task.effect}".encode()), task.part])
    found = []
    for seen in observed(FLEETS[task.fleet], task.effect, task.count, rng):
        alone = [replace(one, counters=_without(one.counters)) for one in seen]
        found.append((_red(load_plan(), alone), *(_red(_plan(minutes), seen) for minutes in task.minutes)))
    return found


def _without(counters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in counters.items() if name != "latency_s_by_instance"}


def _red(plan: Plan, seen: list[Observation]) -> float:
    minute = replay(plan, seen, ("latency",)).gates["latency"].red_minute
    return np.inf if minute is None else float(minute)


@cache
def _plan(minutes: float) -> Plan:
    plan = load_plan()
    return plan.model_copy(update={"noise": plan.noise.model_copy(update={"instances_minutes": minutes})})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.instances", description=__doc__)
    parser.add_argument("--ramps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--fleets", nargs="+", choices=FLEETS, default=list(FLEETS))
    parser.add_argument("--effects", nargs="+", choices=_EFFECTS, default=[HEALTHY, "p95+10", "late"])
    own = load_plan().noise.instances_minutes
    parser.add_argument("--minutes", nargs="+", type=float, default=[own], help="settings of instances_minutes")
    options = parser.parse_args()
    cells = [(fleet, effect) for fleet in options.fleets for effect in options.effects]
    tasks = [
        Task(*cell, part, min(_AT_ONCE, options.ramps - first), options.seed, tuple(options.minutes))
        for cell in cells
        for part, first in enumerate(range(0, options.ramps, _AT_ONCE))
    ]
    found: dict[tuple[str, str], list[tuple[float, ...]]] = {cell: [] for cell in cells}
    ways = ["without", *(f"with, {minutes:g}" for minutes in options.minutes)]
    print(f"| fleet | release | {' | '.join(ways)} |\n| --- | --- |{' --- |' * len(ways)}", flush=True)
    with ProcessPoolExecutor(options.jobs) as pool:
        for task, reds in zip(tasks, map(judged, tasks) if options.jobs == 1 else pool.map(judged, tasks), strict=True):
            of = found[task.fleet, task.effect]
            of += reds
            if len(of) == options.ramps:
                told = " | ".join(_told(task.effect, np.array(way)) for way in zip(*of, strict=True))
                print(f"| {task.fleet} | {task.effect} | {told} |", flush=True)


def _told(effect: str, reds: Array) -> str:
    """% ever RED where nothing is wrong; else % RED within 15 minutes of its beginning, the median minute, % found."""
    if effect == HEALTHY:
        return f"{100 * np.isfinite(reds).mean():.1f}"
    since = 30 if effect == "late" else 0
    minutes = np.where(reds < since, np.inf, reds) - since
    median = np.quantile(minutes, 0.5, method="lower")
    return f"{100 * (minutes <= 15).mean():.0f} / {median:.0f} / {100 * np.isfinite(minutes).mean():.0f}"


if __name__ == "__main__":
    main()
