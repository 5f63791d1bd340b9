"""What the judge makes of the further worlds and regressions, as tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from functools import cache
from typing import NamedTuple
from zlib import crc32

import numpy as np

from conduct.run import load_plan
from ramp.decision import Action, decide
from ramp.evidence import interval
from ramp.judge import Judge, Looked
from ramp.plan import Plan
from ramp.verdict import Colour
from tests.bench.further import BEYOND, EFFECTS, NONE, WORLDS, simulate
from tests.bench.peers import GATES
from tests.bench.ramps import HEALTHY, Ramps, observations

_AT_ONCE = 25  # ramps


class Task(NamedTuple):
    """Some ramps of a world and effect."""

    world: str
    effect: str
    part: int
    count: int
    seed: int


class Seen(NamedTuple):
    """Of one ramp: the first RED minute by gate, infinite for never, and what held it at a stage's end, if anything."""

    red: dict[str, float]
    held: tuple[str, ...]


Found = dict[tuple[str, str], list[Seen]]


def measure(pool: Executor, ramps: int, seed: int) -> Found:
    """By world and effect. In the further worlds nothing is wrong, or P95 is 10 % higher; the further effects are in
    independent traffic and where each slice has noise of its own."""
    cells = [(world, effect) for world in WORLDS for effect in (HEALTHY, "p95+10")]
    cells += [(world, effect) for world in BEYOND for effect in EFFECTS]
    tasks = [
        Task(*cell, part, min(_AT_ONCE, ramps - first), seed)
        for cell in cells
        for part, first in enumerate(range(0, ramps, _AT_ONCE))
    ]
    found: Found = {cell: [] for cell in cells}
    for task, seen in zip(tasks, pool.map(judged, tasks), strict=True):
        found[task.world, task.effect] += seen
    return found


def judged(task: Task) -> list[Seen]:
    """By all four gates where nothing is wrong, else by latency."""
    rng = np.random.default_rng([task.seed, crc32(f"{task.world}/{task.effect}".encode()), task.part])
    effect = NONE if task.effect == HEALTHY else EFFECTS[task.effect]
    ramps = simulate({**WORLDS, **BEYOND}[task.world], effect, task.count, rng)
    gates = GATES if task.effect == HEALTHY else ("latency",)
    return [_judged(ramps, index, gates) for index in range(task.count)]


def _judged(ramps: Ramps, index: int, gates: Sequence[str]) -> Seen:
    red, held = dict.fromkeys(gates, np.inf), []
    ends: dict[str, Looked] = {}
    for looked in _looks(ramps, index, gates):
        for gate, finding in looked.findings.items():
            if finding.colour is Colour.RED:
                red[gate] = min(red[gate], looked.minute)
        if looked.view.is_over:
            ends[looked.view.moment.id] = looked
    for stage, looked in ends.items():
        decision = decide(_plan(), stage, looked.verdicts(), looked.view.held_min, required=gates)
        held += [] if decision.action is Action.CONTINUE else [f"{check} at {stage}" for check in decision.because]
    return Seen(red, tuple(held))


def _looks(ramps: Ramps, index: int, gates: Sequence[str]) -> Iterator[Looked]:
    judge = Judge(_plan(), gates)
    looks = (judge.add(observation) for observation in observations(ramps, index))
    yield from (looked for looked in looks if looked)
    if last := judge.end():
        yield last


@cache
def _plan() -> Plan:
    return load_plan()


def sections(found: Found) -> list[str]:
    """As Markdown."""
    if not found:
        return []
    ramps = max(map(len, found.values()))
    worlds = [
        f"| {world} | {of.says} | {' | '.join(_healthy(found[world, HEALTHY]))} | {_detected(found[world, 'p95+10'])} |"
        for world, of in WORLDS.items()
    ]
    effects = [
        f"| {name} | {of.says} | {' | '.join(_detected(found[world, name]) for world in BEYOND)} |"
        for name, of in EFFECTS.items()
    ]
    return [
        "### Further worlds",
        f"Reported as they are, {ramps:,} healthy ramps and {ramps:,} with P95 +10 % of each. % of healthy ramps in "
        "which each gate was RED in any minute, and any of the four, with its 95 % interval; % that went on at every "
        "stage's end without a person, and what held the others most. Then of P95 +10 % from T-0: % RED by minute 15 / "
        "median minute / % found at all.",
        "\n".join(
            [_row("world", "what happens", *GATES, "any", "went on", "held by", "P95 +10 %"), _rule(10), *worlds]
        ),
        "Regressions that grow, come and go, or concern a part, by latency's first RED: % by minute 15 / median "
        f"minute / % found at all; {ramps:,} ramps of each.",
        "\n".join([_row("regression", "what the canary does", *BEYOND), _rule(2 + len(BEYOND)), *effects]),
    ]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return _row(*["---"] * columns)


def _healthy(seen: Sequence[Seen]) -> list[str]:
    reds = [f"{100 * np.mean([np.isfinite(one.red[gate]) for one in seen]):.1f}" for gate in GATES]
    alarmed = sum(np.isfinite(min(one.red.values())) for one in seen)
    low, high = interval(int(alarmed), len(seen), 0.95)
    held = Counter(check for one in seen for check in one.held)
    went_on = 100 * sum(not one.held for one in seen) / len(seen)
    most = ", ".join(f"{check} ({times})" for check, times in held.most_common(2)) or "-"
    return [*reds, f"{100 * alarmed / len(seen):.1f} ({100 * low:.1f} to {100 * high:.1f})", f"{went_on:.1f}", most]


def _detected(seen: Sequence[Seen]) -> str:
    minutes = np.array([one.red["latency"] for one in seen])
    median = float(np.quantile(minutes, 0.5, method="lower"))
    said = f"{median:.0f}" if np.isfinite(median) else "never"
    return f"{100 * (minutes <= 15).mean():.0f} / {said} / {100 * np.isfinite(minutes).mean():.0f}"
