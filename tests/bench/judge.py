"""The judge against other systems' rules on the same simulated ramps: `python -m tests.bench.judge`.

False alarms and detection side by side, and what a replay costs, go as Markdown into docs/judge.md between its two
marks. In full, `--seed 1 2 --ramps 2000 --effects-ramps 200`, it takes some 25 minutes of one core and a half. What is
measured on few ramps, the smallest regressions and the further worlds, is of the first seed.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from conduct.run import load_plan
from ramp.decision import Action
from ramp.plan import Plan
from ramp.replay import replay
from tests.bench import further_table, peers, smallest, speed, tables, targets
from tests.bench.ramps import EFFECTS, HEALTHY, WORLDS, observations, simulate

DOCUMENT = Path(__file__).parents[2] / "docs" / "judge.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
AT_ONCE = 50  # ramps: a task of seconds, so that the time left can be told
EFFECTS_IN_WORLDS = ("iid", "noisy")


@dataclass(frozen=True, order=True)
class Task:
    """Some ramps of one world and effect, to be judged by every rule."""

    world: str
    effect: str
    part: int
    count: int
    seed: int


def main() -> None:
    options = _options()
    _around_the_tables()  # now, not after all that work
    spent = speed.measure(load_plan(), progress=_say)
    with ProcessPoolExecutor(options.jobs, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)) as pool:
        _say("measuring the smallest regressions")
        kept = smallest.measure(pool, _with_effects(options.worlds), options.seed[0])
        _say(f"judging {options.further_ramps:,} ramps of each further world and regression")
        further = further_table.measure(pool, options.further_ramps, options.seed[0]) if options.further_ramps else {}
        parts, whole = _run(pool, _tasks(options))
    found, more = _joined(parts), further_table.sections(further)
    by_seed = {seed: _joined({task: of for task, of in parts.items() if task.seed == seed}) for seed in options.seed}
    more = [*targets.sections(by_seed), *more]
    text = tables.markdown(found, spent, kept, more, command=_command(options), whole=whole)
    print(text)
    before, after = _around_the_tables()
    DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")
    if options.json:
        options.json.write_text(json.dumps(tables.figures(found, spent, seeds=options.seed), indent=1), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.judge", description=__doc__)
    seeds = "of the simulation, one or more; report on such as nobody tuned to"
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help=seeds)
    parser.add_argument("--ramps", type=_count, default=600, help="healthy ramps in each world, of each seed")
    regressed = "ramps of each regression in iid and noisy, of each seed"
    parser.add_argument("--effects-ramps", type=_count, default=150, help=regressed)
    parser.add_argument("--further-ramps", type=int, default=100, help="of each further world and regression; 0: none")
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=list(WORLDS))
    parser.add_argument("--jobs", type=_count, default=os.cpu_count(), help="processes; default: one a core")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args()


def _count(text: str) -> int:
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def _command(options: argparse.Namespace) -> str:
    """With every option that the figures depend on."""
    said = f"--seed {' '.join(map(str, options.seed))} --ramps {options.ramps} --effects-ramps {options.effects_ramps}"
    said += f" --further-ramps {options.further_ramps}"
    worlds = "" if options.worlds == list(WORLDS) else f" --worlds {' '.join(options.worlds)}"
    return f"python -m tests.bench.judge {said}{worlds}"


def _tasks(options: argparse.Namespace) -> list[Task]:
    """In such an order that every world and regression is always about as far as the others."""
    cells = [(world, HEALTHY, options.ramps) for world in options.worlds]
    effects = [(world, effect) for effect in EFFECTS for world in _with_effects(options.worlds) if effect != HEALTHY]
    cells += [(*cell, options.effects_ramps) for cell in effects]
    tasks = [
        (first / ramps, Task(world, effect, part, min(AT_ONCE, ramps - first), seed))
        for seed in options.seed
        for world, effect, ramps in cells
        for part, first in enumerate(range(0, ramps, AT_ONCE))
    ]
    return [task for _, task in sorted(tasks)]


def _with_effects(worlds: list[str]) -> list[str]:
    return [world for world in EFFECTS_IN_WORLDS if world in worlds]


def _run(pool: ProcessPoolExecutor, tasks: list[Task]) -> tuple[dict[Task, dict[str, peers.Alarms]], bool]:
    """What every rule found in each task, and whether that is all: an interrupt ends it early."""
    parts: dict[Task, dict[str, peers.Alarms]] = {}
    waiting = {pool.submit(judged, task): task for task in tasks}
    try:
        for done in _told(waiting):
            parts[waiting[done]] = done.result()
    except KeyboardInterrupt:
        for future in waiting:
            future.cancel()
    return parts, len(parts) == len(tasks)


def _told(waiting: dict[Future[dict[str, peers.Alarms]], Task]) -> Iterator[Future[dict[str, peers.Alarms]]]:
    began, told, judged_ramps = time.monotonic(), 0.0, 0
    ramps = sum(task.count for task in waiting.values())
    for done in as_completed(waiting):
        yield done
        judged_ramps += waiting[done].count
        passed = time.monotonic() - began
        if passed - told >= 10 or judged_ramps == ramps:
            told = passed
            left_min = passed * (ramps / judged_ramps - 1) / 60
            _say(f"{judged_ramps:,} of {ramps:,} ramps judged, about {left_min:.0f} min left")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def judged(task: Task) -> dict[str, peers.Alarms]:
    """By rule and gate the minute of each ramp's first alarm, infinite for never; of a regression our judge is asked
    the affected gate only, for no gate's verdict depends on which others are asked. The minute at which a ramp was not
    approved is that of its decision."""
    ramps = simulate(task.world, task.effect, task.count, seed=task.seed, part=task.part)
    gates = peers.GATES if task.effect == HEALTHY else (EFFECTS[task.effect].gate,)
    red: peers.Alarms = {gate: np.full(task.count, np.inf) for gate in gates}
    yellow: peers.Alarms = {gate: np.full(task.count, np.inf) for gate in gates}
    held = np.full(task.count, np.inf)
    for index in range(task.count):
        outcome = replay(_plan(), observations(ramps, index), gates)
        if outcome.problem:
            raise ValueError(f"ramp {index} of {task} cannot be judged: {outcome.problem}")
        held[index] = np.inf if outcome.decision is Action.CONTINUE else outcome.minute or 0.0
        for gate, first in outcome.gates.items():
            for minutes, minute in ((red, first.red_minute), (yellow, first.yellow_minute)):
                minutes[gate][index] = np.inf if minute is None else minute
    ours = {tables.OURS: red, tables.OURS_YELLOW: yellow, tables.NOT_APPROVED: {gates[0]: held}}
    return ours | peers.alarms(ramps)


@cache
def _plan() -> Plan:
    return load_plan()


def _joined(parts: dict[Task, dict[str, peers.Alarms]]) -> tables.Found:
    cells = defaultdict(list)
    for task in sorted(parts):
        cells[task.world, task.effect].append(parts[task])
    return {
        cell: {
            rule: {gate: np.concatenate([part[rule][gate] for part in found]) for gate in by_gate}
            for rule, by_gate in found[0].items()
        }
        for cell, found in cells.items()
    }


def _around_the_tables() -> tuple[str, str]:
    """What stands before and after them in the document."""
    before, begin, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"{DOCUMENT} has no {BEGIN} with {END} after it, so the tables have no place: put them back")
    return before, after


if __name__ == "__main__":
    main()
