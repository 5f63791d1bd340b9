"""What the benchmark found, as Markdown and as figures."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ramp.evidence import interval
from tests.bench.peers import GATES, Alarms
from tests.bench.ramps import EFFECTS, HEALTHY, WORLDS, Array
from tests.bench.smallest import SMALLEST, Kept, head_and_rows
from tests.bench.speed import Spent

OURS, OURS_YELLOW = "shiproom", "shiproom, YELLOW or worse"
NOT_APPROVED = "shiproom, not approved at 50 %"
SIDE_BY_SIDE = (
    OURS,
    "Kayenta, stage end",
    "Kayenta, every min",
    "Argo, limit 3, 5-min window",
    "group sequential, 1 % a ramp",
    "literal, 15 min in breach",
)
WITHOUT_COST = "Argo, limit 3"
Found = dict[tuple[str, str], dict[str, Alarms]]  # by world and effect, then by rule and gate: first minutes


def markdown(found: Found, spent: Spent, kept: Kept, more: Sequence[str] = (), *, command: str, whole: bool) -> str:
    worlds = [world for world in WORLDS if (world, HEALTHY) in found]
    counted = ", ".join(f"{_count(found[world, HEALTHY]):,} in {world}" for world in worlds)
    parts = [
        f"Made by `{command}`. Every rule sees the same ramps and looks every minute unless it says "
        "otherwise. Payments are left out of all tables: one failure in 100 is below 99.5 %, whoever judges.",
        *([] if whole else ["The run was interrupted: the tables hold what was judged until then."]),
        "### False alarms",
        "% of healthy ramps in which latency, errors, cache or cost was RED in any minute, or for which another "
        f"system's rule on these would have rolled back. Ramps: {counted}.",
        table(["rule", *worlds], _false_alarms(found, worlds)),
        f"The same of {OURS} by gate, and of all four with a 95 % interval; behind the slash, % that were ever YELLOW:",
        table(["gate", *worlds], _by_gate(found, worlds)),
        "### Detection",
        "% of ramps in which the affected gate was RED within 15 minutes of the regression's beginning / median of "
        "those minutes / % found at all. The late regressions begin at minute 30, the others at T-0. A ramp that the "
        "rule had alarmed before is not counted.",
    ]
    for world in worlds:
        parts += _detected_in(found, world)
    if kept:
        parts += ["### The smallest regressions", SMALLEST, table(*head_and_rows(kept))]
    return "\n\n".join([*parts, *more, "### Cost of a replay", spent.told()])


def _detected_in(found: Found, world: str) -> list[str]:
    cells = {effect: found[world, effect] for effect in EFFECTS if effect != HEALTHY and (world, effect) in found}
    if not cells:
        return []
    rows = [[effect, *(_detection(rules, effect, rule) for rule in SIDE_BY_SIDE)] for effect, rules in cells.items()]
    counts = sorted({_count(rules) for rules in cells.values()})
    ramps = " to ".join(f"{count:,}" for count in dict.fromkeys((counts[0], counts[-1])))
    return [f"In `{world}`, {ramps} ramps of each:", table(["regression", *SIDE_BY_SIDE], rows)]


def figures(found: Found, spent: Spent, *, seeds: Sequence[int]) -> dict[str, Any]:
    """The same as numbers: ratios, and minutes with null for never."""
    cells = []
    for (world, effect), rules in found.items():
        for rule, alarms in rules.items():
            for gate, minutes in {**alarms, "any": any_of(alarms)}.items():
                within, median, ever = _found(minutes, EFFECTS[effect].onset)
                cells.append(
                    {"world": world, "effect": effect, "rule": rule, "gate": gate, "ramps": len(minutes)}
                    | {"within_15_min": within, "median_min": median if np.isfinite(median) else None, "ever": ever}
                )
    return {"seeds": list(seeds), "replay": spent.record(), "cells": cells}


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _count(rules: dict[str, Alarms]) -> int:
    return len(next(iter(rules[OURS].values())))


def any_of(alarms: Alarms, but: str = "") -> Array:
    return np.asarray(np.min([minutes for gate, minutes in alarms.items() if gate != but], axis=0))


def percent(ratio: float) -> str:
    return f"{100 * ratio:.1f}"


def _alarmed(minutes: Array) -> str:
    return percent(float(np.isfinite(minutes).mean()))


def _false_alarms(found: Found, worlds: list[str]) -> list[list[str]]:
    rows = []
    for rule in (rule for rule in found[worlds[0], HEALTHY] if rule not in (OURS_YELLOW, NOT_APPROVED)):
        alarms = [found[world, HEALTHY][rule] for world in worlds]
        name = f"**{rule}**" if rule == OURS else rule
        rows.append([name, *(_alarmed(any_of(each)) for each in alarms)])
        if rule.startswith(WITHOUT_COST):
            rows.append([f"{rule}, without cost", *(_alarmed(any_of(each, but="cost")) for each in alarms)])
    return rows


def _by_gate(found: Found, worlds: list[str]) -> list[list[str]]:
    cells = [found[world, HEALTHY] for world in worlds]
    rows = [[gate, *(f"{_alarmed(c[OURS][gate])} / {_alarmed(c[OURS_YELLOW][gate])}" for c in cells)] for gate in GATES]
    return [*rows, ["all four", *(_with_interval(any_of(cell[OURS])) for cell in cells)]]


def _with_interval(minutes: Array) -> str:
    alarmed = int(np.isfinite(minutes).sum())
    low, high = interval(alarmed, len(minutes), 0.95)
    return f"{percent(alarmed / len(minutes))} ({percent(low)} to {percent(high)})"


def _detection(rules: dict[str, Alarms], effect: str, rule: str) -> str:
    row = EFFECTS[effect]
    within, median, ever = _found(rules[rule][row.gate], row.onset)
    return f"{100 * within:.0f} / {f'{median:.0f}' if np.isfinite(median) else 'never'} / {100 * ever:.0f}"


def _found(minutes: Array, onset: int) -> tuple[float, float, float]:
    """Found within 15 minutes of the onset, the median of minutes since, found at all; NaN where no ramp counts."""
    since = minutes[minutes > onset] - onset
    if not len(since):
        return float("nan"), float("nan"), float("nan")
    return float((since <= 15).mean()), float(np.quantile(since, 0.5, method="lower")), float(np.isfinite(since).mean())
