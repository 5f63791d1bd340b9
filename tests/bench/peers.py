"""Rollback rules of other systems, modelled from their published source and documents, on the same ramps.

Each gives per gate the minute (1 to 75) at which it would roll a ramp back, infinite for never. Sources: Kayenta
a69573b (NetflixACAJudge, MannWhitney, MannWhitneyClassifier), Argo Rollouts 9f8d111 (analysis/analysis.go), Flagger
15bd6ad (pkg/controller/scheduler.go).
"""

from collections.abc import Callable
from functools import lru_cache, partial
from statistics import NormalDist
from typing import Any

import numpy as np
from scipy.optimize import brentq

from tests.bench.ramps import BOUNDS_S, MINUTES, STAGE_OF, STAGES, Array, Counts, Ramps

GATES = ("latency", "errors", "cache", "cost")
Alarms = dict[str, Array]  # by gate, one minute a ramp

_STARTS = np.searchsorted(STAGE_OF, np.arange(len(STAGES)))
_ENDS = np.append(_STARTS[1:], MINUTES)
_MINUTE_OF_STAGE = np.arange(MINUTES) - _STARTS[STAGE_OF]
_MAX = {"latency": 0.120, "errors": 0.01, "cache": 0.15}
_COST_MAX = 1.05


def alarms(ramps: Ramps) -> dict[str, Alarms]:
    """What every rule says of `ramps`."""
    now, last_5 = _breaches(ramps, 1), _breaches(ramps, 5)
    return {
        **_kayenta(ramps),
        "Argo, limit 3, 1-min window": _argo(now),
        "Argo, limit 3, 5-min window": _argo(last_5),
        "Flagger, 5 failed checks": _flagger(now, GATES),
        "Flagger, 5 failed checks, without cost": _flagger(now, GATES[:-1]),
        "naive z at 1 %, every min, per stage": _naive(ramps, _by_stage),
        "naive z at 1 %, every min, pooled": _naive(ramps, partial(np.cumsum, axis=1)),
        "group sequential, 1 % a ramp": _group_sequential(ramps),
        "literal, 15 min in breach": _persisting(last_5),
        "literal cost > 5 %, every min": _literal_cost(ramps),
    }


def _first(fired: Array) -> Array:
    return np.where(fired.any(axis=1), fired.argmax(axis=1) + 1.0, np.inf)


def _trailing(added: Array, window: int) -> Array:
    until = added.cumsum(axis=1)
    until[:, window:] = until[:, window:] - until[:, :-window]
    return until


def _by_stage(added: Array) -> Array:
    """Sums since the stage began."""
    return np.concatenate([added[:, stage == STAGE_OF].cumsum(axis=1) for stage in range(len(STAGES))], axis=1)


def _panel(of: Counts, window: int) -> Alarms:
    """What a dashboard shows of each gate over the trailing minutes."""
    requests = _trailing(of.requests, window)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "latency": _p95(_trailing(of.latency, window)),
            "errors": _trailing(of.errors, window) / requests,
            "cache": 1 - _trailing(of.hits, window) / requests,
            "cost": _trailing(of.cost_usd, window) / _trailing(of.users, window),
        }


def _p95(buckets: Array) -> Array:
    """As PromQL's histogram_quantile: linear inside a bucket, the last bound beyond it, NaN where nothing was timed."""
    until = buckets.cumsum(axis=-1)
    rank = 0.95 * until[..., -1]
    bucket = np.minimum((until < rank[..., None]).sum(axis=-1), len(BOUNDS_S))
    inside = np.take_along_axis(buckets, bucket[..., None], axis=-1)[..., 0]
    below = np.take_along_axis(until, bucket[..., None], axis=-1)[..., 0] - inside
    low, high = np.append(0.0, BOUNDS_S)[bucket], np.append(BOUNDS_S, BOUNDS_S[-1])[bucket]
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(bucket == len(BOUNDS_S), BOUNDS_S[-1], low + (high - low) * (rank - below) / inside)
    return np.where(until[..., -1] > 0, value, np.nan)


def _breaches(ramps: Ramps, window: int) -> dict[str, Array]:
    canary, control = _panel(ramps.canary, window), _panel(ramps.control, window)
    breaches = {gate: np.nan_to_num(canary[gate]) > limit for gate, limit in _MAX.items()}
    with np.errstate(invalid="ignore", divide="ignore"):
        return breaches | {"cost": np.nan_to_num(canary["cost"] / control["cost"]) > _COST_MAX}


def _kayenta(ramps: Ramps) -> dict[str, Alarms]:
    """The per-minute points since the stage began, at least 5, every gate critical where it gets worse."""
    canary, control = _panel(ramps.canary, 1), _panel(ramps.control, 1)
    high = {gate: np.zeros(ramps.canary.requests.shape, bool) for gate in GATES}
    for gate, start, end in ((g, s, e) for g in GATES for s, e in zip(_STARTS, _ENDS, strict=True)):
        for until in range(start + 5, end + 1):
            points = (np.nan_to_num(of[gate][:, start:until]) for of in (canary, control))
            high[gate][:, until - 1] = _is_high(*points)
    is_end = np.isin(np.arange(MINUTES), _ENDS - 1)
    looks = {"stage end": is_end, "every 5 min": is_end | (_MINUTE_OF_STAGE % 5 == 4), "every min": is_end | True}
    return {
        f"Kayenta, {when}": {gate: _first(fired & at) for gate, fired in high.items()} for when, at in looks.items()
    }


def _is_high(canary: Array, control: Array) -> Array:
    """Whether the two-sided 98 % Mann-Whitney interval of the shift lies above a quarter of the Hodges-Lehmann
    estimate, and the ratio of means is 1 or more."""
    m, n = canary.shape[1], control.shape[1]
    shift = np.abs(np.median((canary[:, :, None] - control[:, None, :]).reshape(len(canary), -1), axis=1))
    x, y = (canary - 0.25 * shift[:, None]).round(12), control.round(12)
    ahead, equal = x[:, :, None] > y[:, None, :], x[:, :, None] == y[:, None, :]
    excess = ahead.sum(axis=(1, 2)) + equal.sum(axis=(1, 2)) / 2 - m * n / 2
    pooled = np.concatenate([x, y], axis=1)
    alike = (pooled[:, :, None] == pooled[:, None, :]).sum(axis=2).astype(float)
    ties = (alike**2 - 1).sum(axis=1)
    variance = m * n / 12 * ((m + n + 1) - ties / ((m + n) * (m + n - 1)))
    means = canary.mean(axis=1), control.mean(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (excess - 0.5 * np.sign(excess)) / np.sqrt(variance)
        worse = (means[0] == 0) | (means[1] == 0) | (means[0] / means[1] >= 1)
    return np.asarray((variance > 0) & (z > NormalDist().inv_cdf(0.99)) & worse)


def _argo(breaches: dict[str, Array]) -> Alarms:
    """More than 3 failed measurements of a metric, in a running total that begins anew at each stage."""
    return {gate: _first(_by_stage(breach.astype(int)) > 3) for gate, breach in breaches.items()}


def _flagger(breaches: dict[str, Array], gates: tuple[str, ...]) -> Alarms:
    """One counter over all metrics of the intervals with a failed check, never set back."""
    failed = np.any([breaches[gate] for gate in gates], axis=0)
    return {"all gates": _first(failed.cumsum(axis=1) >= 5)}


def _persisting(breaches: dict[str, Array]) -> Alarms:
    """The directive as written: in breach at 15 looks in a row, a minute apart."""

    def lasted(breach: Array) -> Array:
        looks = breach.cumsum(axis=1)
        return looks - np.maximum.accumulate(np.where(breach, 0, looks), axis=1)

    return {gate: _first(lasted(breach) >= 15) for gate, breach in breaches.items()}


def _literal_cost(ramps: Ramps) -> Alarms:
    """Cost per user over control's by more than 5 % in the stage to date, from its fifth minute on."""
    canary, control = (_by_stage(of.cost_usd) / _by_stage(of.users) for of in (ramps.canary, ramps.control))
    return {"cost": _first((np.nan_to_num(canary / control) > _COST_MAX) & (_MINUTE_OF_STAGE >= 4))}


def _bad(of: Counts) -> dict[str, Array]:
    """What counts as bad: slower than control's P95, errors, misses."""
    slow = of.latency[..., np.flatnonzero(BOUNDS_S == 0.1)[0] + 1 :].sum(axis=-1)
    return {"latency": slow, "errors": of.errors, "cache": of.requests - of.hits}


def _naive(ramps: Ramps, summed: Callable[[Array], Array]) -> Alarms:
    """A test for a size fixed beforehand (two shares pooled, Welch for cost), asked at every look from the second."""
    canary, control = ramps.canary, ramps.control
    n = summed(canary.requests), summed(control.requests)
    z = {}
    with np.errstate(invalid="ignore", divide="ignore"):
        for gate, bad, of_control in ((g, bad, _bad(control)[g]) for g, bad in _bad(canary).items()):
            x = summed(bad), summed(of_control)
            share = (x[0] + x[1]) / (n[0] + n[1])
            z[gate] = (x[0] / n[0] - x[1] / n[1]) / np.sqrt(share * (1 - share) * (1 / n[0] + 1 / n[1]))
        users = summed(canary.users), summed(control.users)
        mean = summed(canary.cost_usd) / users[0], summed(control.cost_usd) / users[1]
        square = summed(canary.cost_usd_squared) / users[0], summed(control.cost_usd_squared) / users[1]
        spread = (square[0] - mean[0] ** 2) / users[0] + (square[1] - mean[1] ** 2) / users[1]
        z["cost"] = (mean[0] - mean[1]) / np.sqrt(spread)
    looked = _MINUTE_OF_STAGE >= 1 if summed is _by_stage else np.arange(MINUTES) >= 1
    return {gate: _first((np.nan_to_num(z[gate]) > NormalDist().inv_cdf(0.99)) & looked) for gate in GATES}


def _group_sequential(ramps: Ramps) -> Alarms:
    """1 % shared by four gates and four stages, a flat boundary over each stage's looks from the second minute on;
    scores stratified by minute, normal approximation."""
    canary, control = ramps.canary, ramps.control
    scores = {gate: _share_score(ramps, bad, _bad(control)[gate]) for gate, bad in _bad(canary).items()}
    scores["cost"] = _cost_score(canary, control)
    bars = np.array([_flat_bar(2, stage.minutes, 0.01 / 16) for stage in STAGES])[STAGE_OF]
    found = {}
    for gate in GATES:
        score, variance = map(_by_stage, scores[gate])
        with np.errstate(invalid="ignore", divide="ignore"):
            z = np.nan_to_num(score / np.sqrt(variance))
        found[gate] = _first((z > bars) & (_MINUTE_OF_STAGE >= 1))
    return found


def _share_score(ramps: Ramps, bad: Array, bad_of_control: Array) -> tuple[Array, Array]:
    """Hypergeometric: the excess of the canary's bad given both slices' sum, and its variance."""
    m, k, bad_in_all = ramps.canary.requests, ramps.control.requests, bad + bad_of_control
    n = np.maximum(m + k, 2).astype(float)
    return bad - bad_in_all * m / n, m * k / n * bad_in_all / n * (n - bad_in_all) / (n - 1)


def _cost_score(canary: Counts, control: Counts) -> tuple[Array, Array]:
    users, of_control = canary.users, control.users
    counted = (users > 1) & (of_control > 1)
    mean, square = (
        of.cumsum(axis=1) / of_control.cumsum(axis=1) for of in (control.cost_usd, control.cost_usd_squared)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(counted, users * of_control / (users + of_control), 0)
        excess = weight * (canary.cost_usd / users - control.cost_usd / of_control)
    return np.where(counted, excess, 0), weight * (square - mean**2)


@lru_cache
def _flat_bar(first: int, last: int, alpha: float) -> float:
    """The bar that a Brownian motion over its standard deviation passes with probability `alpha` at one of the times
    `first` to `last` (Pocock, 1977), by recursive integration (Armitage, McPherson and Rowe, 1969)."""
    nodes, weights = np.polynomial.legendre.leggauss(200)

    def normal(x: Array, variance: float = 1.0) -> Array:
        return np.asarray(np.exp(-(x**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance))

    def passes(bar: float) -> float:
        x: Any = None
        mass: Any = None
        for time in range(first, last + 1):
            low, high = -9 * np.sqrt(time), bar * np.sqrt(time)
            at = low + (high - low) * (nodes + 1) / 2
            density = normal(at, first) if x is None else normal(at[:, None] - x) @ mass
            x, mass = at, density * weights * (high - low) / 2
        return 1 - float(mass.sum())

    return float(brentq(lambda bar: passes(bar) - alpha, 1.0, 8.0, xtol=1e-9))
