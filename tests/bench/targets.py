"""What the judge must keep, seed by seed: false alarms, +10 % found at 1 %, healthy ramps approved without a person."""

from collections.abc import Mapping, Sequence

import numpy as np

from tests.bench.peers import GATES
from tests.bench.ramps import HEALTHY, WORLDS
from tests.bench.tables import NOT_APPROVED, OURS, Found, any_of, percent, table

RED_MAX, APPROVED_LEAST, APPROVED_POOLED_LEAST = 0.010, 0.98, 0.99
FOUND_LEAST = {"iid": 0.90, "noisy": 0.80}
P95, BY_MINUTE = "p95+10", 15
SAYS = (
    f"% of healthy ramps in which {', '.join(GATES[:-1])} or {GATES[-1]} was RED in any minute; % of ramps with P95 "
    f"10 % higher from T-0 on that were RED by minute {BY_MINUTE}; % of healthy ramps that went on from 50 % without a "
    "person: no trigger ever, and all of these gates GREEN at the end."
)


def sections(by_seed: Mapping[int, Found]) -> list[str]:
    """A row a target, a column a seed, and one of all of them."""
    each = list(by_seed.values())
    columns = [[found] for found in each] + ([each] if len(each) > 1 else [])
    worlds = [world for world in WORLDS if all((world, HEALTHY) in found for found in each)]
    found_in = [world for world in FOUND_LEAST if all((world, P95) in found for found in each)]
    rows = [_row(f"RED, {world}", f"<= {percent(RED_MAX)}", [_red(of, world) for of in columns]) for world in worlds]
    for world in found_in:
        shares = [_found(of, world) for of in columns]
        rows.append(_row(f"P95 +10 % found, {world}", f">= {percent(FOUND_LEAST[world])}", shares))
    for told, of_worlds, least in [
        *((world, [world], APPROVED_LEAST) for world in worlds),
        ("all worlds", worlds, APPROVED_POOLED_LEAST),
    ]:
        shares = [_approved(of, of_worlds) for of in columns]
        rows.append(_row(f"approved at 50 %, {told}", f">= {percent(least)}", shares))
    head = ["", "target", *(f"seed {seed}" for seed in by_seed), *(["all"] if len(each) > 1 else [])]
    return ["### Targets", SAYS, table(head, rows)]


def _row(name: str, target: str, shares: Sequence[float]) -> list[str]:
    return [name, target, *(percent(share) for share in shares)]


def _red(found: Sequence[Found], world: str) -> float:
    minutes = np.concatenate([any_of(of[world, HEALTHY][OURS]) for of in found])
    return float(np.isfinite(minutes).mean())


def _found(found: Sequence[Found], world: str) -> float:
    return float((np.concatenate([of[world, P95][OURS]["latency"] for of in found]) <= BY_MINUTE).mean())


def _approved(found: Sequence[Found], worlds: Sequence[str]) -> float:
    minutes = [any_of(of[world, HEALTHY][NOT_APPROVED]) for of in found for world in worlds]
    return float(np.isinf(np.concatenate(minutes)).mean()) if minutes else float("nan")
