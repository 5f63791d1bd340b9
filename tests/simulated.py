"""A release whose requests are drawn: a placebo hour and the stages, 12,000 requests a minute, from a seed."""

import json
import math
from datetime import UTC, datetime, timedelta

import numpy as np

from ramp.observation import Observation

T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
BOUNDS = (0.05, 0.075, 0.1, 0.12, 0.15)
FAST, MISSED, FAILING = (0.60, 0.25, 0.10, 0.03, 0.012, 0.008), 0.08, 0.002
STAGES = (("placebo", 1, 60), ("stage_1", 1, 15), ("stage_10", 10, 15), ("stage_25", 25, 15), ("stage_50", 50, 30))
A_MINUTE = 12_000


def simulated(
    seed,
    *,
    placebo=True,
    stages=STAGES,
    canary=None,
    bad_from=0,
    bad_until=math.inf,
    hour_noise=0.0,
    wander=None,
    both=None,
):
    """Observations a minute apart. `canary` changes the canary's cells of latency (`fast`), its share of misses
    (`missed`) or errors (`failing`), or its cost (`cost`), from `bad_from` minutes after T-0 to `bad_until`. In the
    placebo hour each minute of each slice has its own factor of slow answers, errors, misses and cost, of log-sd
    `hour_noise`. Since T-0 that of slow answers wanders with the log-sd of `wander`, by slice or of "both".
    `both` is what changes of either slice at T-0, as `canary` does the canary."""
    wander, drift = wander or {}, dict.fromkeys(("canary", "control", "both"), 0.0)
    draw, seen, totals = np.random.default_rng(seed), [], {"canary": _nothing(), "control": _nothing()}
    minute = -60 if placebo else 0
    for slice, total in totals.items():
        seen.append(_observed(slice, stages[0][0] if placebo else "before", 1, minute, total))
    for stage, pct, minutes in stages:
        if stage == "placebo" and not placebo:
            continue
        for _ in range(minutes):
            minute += 1
            drift = {of: 0.8 * at + 0.6 * wander.get(of, 0.0) * _normal(draw, wander) for of, at in drift.items()}
            for slice, share in (("canary", pct / 100), ("control", 1 - pct / 100)):
                is_bad = slice == "canary" and bad_from < minute <= bad_until and stage != "placebo"
                changed = (canary if is_bad else None) or (both if stage != "placebo" else None) or {}
                if hour_noise and stage == "placebo":
                    changed = _noisy(draw, hour_noise)
                if wander and stage != "placebo":
                    wandered = _slower(changed.get("fast", FAST), drift[slice] + drift["both"])
                    changed = {**changed, "fast": wandered}
                _add(totals[slice], draw, round(A_MINUTE * share), changed)
                seen.append(_observed(slice, stage, pct, minute, totals[slice]))
    return seen


def _normal(draw, wander):
    return float(draw.standard_normal()) if wander else 0.0


def _slower(cells, log_times):
    """Cells whose share beyond the first is `exp(log_times)` as large."""
    slow = min(math.exp(log_times) * (1 - cells[0]), 0.9)
    return [1 - slow, *(slow * share / (1 - cells[0]) for share in cells[1:])]


def _nothing():
    names = ("requests", "errors", "cache_lookups", "cache_hits", "users", "cost_usd", "cost_usd_squared")
    return dict.fromkeys(names, 0) | {"latency_s": [0] * 6, "payments": 0}


def _noisy(draw, log_sd):
    times = float(np.exp(log_sd * draw.standard_normal()))
    return {
        "fast": _slower(FAST, math.log(times)),
        "failing": min(times * FAILING, 0.5),
        "missed": min(times * MISSED, 0.5),
        "cost": times,
    }


def _add(total, draw, n, changed):
    cells = draw.multinomial(n, changed.get("fast", FAST))
    costs = changed.get("cost", 1.0) * draw.lognormal(-0.5, 1.0, n // 4)
    total["requests"] += n
    total["errors"] += int(draw.binomial(n, changed.get("failing", FAILING)))
    total["cache_lookups"] += n
    total["cache_hits"] += n - int(draw.binomial(n, changed.get("missed", MISSED)))
    total["users"] += n // 4
    total["cost_usd"] += float(costs.sum())
    total["cost_usd_squared"] += float((costs**2).sum())
    total["latency_s"] = [so_far + int(count) for so_far, count in zip(total["latency_s"], cells, strict=True)]
    total["payments"] += 1


def _observed(slice, stage, pct, minute, total):
    counters = {name: value for name, value in total.items() if name not in ("latency_s", "payments")}
    cumulative = np.cumsum(total["latency_s"]).tolist()
    counters["latency_s"] = dict(zip([f"{bound:g}" for bound in BOUNDS] + ["+Inf"], cumulative, strict=True))
    if slice == "canary":
        counters |= {"payments_attempted": total["payments"] + 5, "payments_succeeded": total["payments"] + 5}
    at = T0 + timedelta(minutes=minute)
    return Observation(at=at, slice=slice, stage=stage, traffic_pct=pct, counters=counters, gauges={})


def recorded_file(seed, **changes):
    """The first stage of such a release, placebo hour included, as the text of a recording."""
    changes = {"stages": STAGES[:2]} | changes
    lines = (json.dumps(seen.record(), separators=(",", ":")) for seen in simulated(seed, **changes))
    return "".join(line + "\n" for line in lines)
