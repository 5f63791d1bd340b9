"""What one row of the plan gives and takes: `python -m tests.bench.frontier presumed 0.5 2 8 --ramps 300 --seed 12`.

Prints a table of what latency makes RED in `--cells`, each a `world` (where nothing is wrong) or `world/effect`,
at each setting of the row. The worlds are those of `ramps`, and as `further.own AR` or `further.iid/periodic` those of
`further`.
"""

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from conduct.run import load_plan
from ramp.plan import Plan
from ramp.replay import replay
from tests.bench import further, ramps
from tests.bench.ramps import HEALTHY, Ramps, observations

_AT_ONCE = 25  # ramps
_TABLES = ("noise", "evidence", "reading")
_CELLS = ("iid/p95+10", "noisy/p95+10", "noisy/late-p95+10", "further.own AR", "further.quiet hour")


class Task(NamedTuple):
    cell: str
    part: int
    count: int
    seed: int
    row: str
    settings: tuple[str, ...]


def judged(task: Task) -> list[tuple[float, ...]]:
    """Latency's first RED minute of each ramp at each setting; infinite for never."""
    simulated = _simulated(task)
    plans = [_plan(task.row, setting) for setting in task.settings]
    return [tuple(_red(plan, list(observations(simulated, index))) for plan in plans) for index in range(task.count)]


def _simulated(task: Task) -> Ramps:
    world, _, effect = task.cell.partition("/")
    effect = effect or HEALTHY
    if not world.startswith("further."):
        return ramps.simulate(world, effect, task.count, seed=task.seed, part=task.part)
    rng = np.random.default_rng([task.seed, crc32(task.cell.encode()), task.part])
    of = further.NONE if effect == HEALTHY else further.EFFECTS[effect]
    worlds = {**further.WORLDS, **further.BEYOND}
    return further.simulate(worlds[world.removeprefix("further.")], of, task.count, rng)


def _red(plan: Plan, seen: list[Any]) -> float:
    minute = replay(plan, seen, ("latency",)).gates["latency"].red_minute
    return np.inf if minute is None else float(minute)


@cache
def _plan(row: str, setting: str) -> Plan:
    plan = load_plan()
    table = next(name for name in _TABLES if hasattr(getattr(plan, name), row))
    value = tuple(map(int, setting.split(","))) if "," in setting or row == "blocks_min" else float(setting)
    of = getattr(plan, table)
    return plan.model_copy(update={table: of.model_copy(update={row: value})})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.frontier", description=__doc__)
    parser.add_argument("row", help="of [noise], [evidence] or [reading]")
    parser.add_argument("settings", nargs="+", help="its settings; of several numbers joined by commas")
    parser.add_argument("--ramps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--cells", nargs="+", default=list(_CELLS))
    options = parser.parse_args()
    tasks = [
        Task(cell, part, min(_AT_ONCE, options.ramps - first), options.seed, options.row, tuple(options.settings))
        for cell in options.cells
        for part, first in enumerate(range(0, options.ramps, _AT_ONCE))
    ]
    print(f"| {options.row} | {' | '.join(options.settings)} |\n| --- |{' --- |' * len(options.settings)}", flush=True)
    with ProcessPoolExecutor(options.jobs) as pool:
        run = map(judged, tasks) if options.jobs == 1 else pool.map(judged, tasks)
        for cell, reds in _by_cell(zip(tasks, run, strict=True), options.ramps):
            told = " | ".join(_told(cell, np.array(of)) for of in zip(*reds, strict=True))
            print(f"| {cell} | {told} |", flush=True)


def _by_cell(
    done: "Iterator[tuple[Task, list[tuple[float, ...]]]]", count: int
) -> Iterator[tuple[str, list[tuple[float, ...]]]]:
    found: dict[str, list[tuple[float, ...]]] = {}
    for task, reds in done:
        of = found.setdefault(task.cell, [])
        of += reds
        if len(of) == count:
            yield task.cell, of


def _told(cell: str, reds: Any) -> str:
    """% ever RED where nothing is wrong, else % RED within 15 minutes of the beginning / the median minute."""
    _, _, effect = cell.partition("/")
    if not effect:
        return f"{100 * np.isfinite(reds).mean():.1f}"
    since = ramps.EFFECTS[effect].onset if effect in ramps.EFFECTS else 0
    minutes = np.where(reds <= since, np.inf, reds) - since
    return f"{100 * (minutes <= 15).mean():.1f} / {np.quantile(minutes, 0.5, method='lower'):.0f}"


if __name__ == "__main__":
    main()
