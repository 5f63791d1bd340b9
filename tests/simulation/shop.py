"""The release in numbers: what its canary and its control count from one look to the next, whatever the weight is.

The facts (requests a minute, latency, errors, hits, cost a user) are those of tests/bench/ramps.py.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

import numpy as np

from ramp.observation import Observation
from tests.bench.ramps import BOUNDS_S, ERRORS_RATIO, HITS_RATIO, LATENCY_LOG_SD, P95_S, REQUESTS_PER_MIN, T0

LABELS = [*(f"{bound_s:g}" for bound_s in BOUNDS_S), "+Inf"]
_USERS_RATIO, _COST_SD, _COST_SQUARED = 0.25, float(np.sqrt(np.e - 1)), float(np.e)
PLACEBO_MIN = 40
USERS_PAY_PER_MIN = 20.0


@dataclass(frozen=True, kw_only=True)
class Regression:
    """What the canary does otherwise: `latency` times as slow, other ratios of errors, of hits and of payments that
    succeed, users `cost` times as dear."""

    latency: float = 1.0
    errors: float = ERRORS_RATIO
    hits: float = HITS_RATIO
    cost: float = 1.0
    pays: float = 1.0


SOUND = Regression()
REGRESSIONS = {
    "slow": Regression(latency=1.6),
    "errors": Regression(errors=0.05),
    "cold cache": Regression(hits=0.5),
    "dear": Regression(cost=1.4),
    "failing payments": Regression(pays=0.5),
    "a little slow": Regression(latency=1.04),
}


@dataclass
class Shop:
    """Counts of both slices, as they grow. `payments` is how many the suite made; users pay, too."""

    seed: int
    at_min: float = -PLACEBO_MIN - 1.0
    totals: dict[str, dict[str, object]] = field(default_factory=dict)
    payments: int = 0
    tried: int = 0
    paid: int = 0

    def __post_init__(self) -> None:
        self._draw = np.random.default_rng(self.seed)
        zero = dict.fromkeys(("requests", "errors", "hits", "users", "cost_usd", "cost_usd_squared"), 0.0)
        self.totals = {slice: zero | {"latency": np.zeros(len(LABELS))} for slice in ("canary", "control")}

    def go_on(self, at_min: float, weight_pct: float, canary: Regression, *, payments: int = 0) -> None:
        """Until `at_min` a share of the traffic goes to a canary that does as `canary` says."""
        minutes, self.at_min = max(at_min - self.at_min, 0.0), at_min
        for slice, share, of in (("canary", weight_pct / 100, canary), ("control", 1 - weight_pct / 100, SOUND)):
            self._count(self.totals[slice], REQUESTS_PER_MIN * share * minutes, of)
        self.payments += payments
        tried = payments + int(self._draw.poisson(USERS_PAY_PER_MIN * weight_pct / 100 * minutes))
        self.tried += tried
        self.paid += int(self._draw.binomial(tried, canary.pays))

    def _count(self, total: dict, mean: float, of: Regression) -> None:
        requests = int(self._draw.poisson(mean))
        users = int(requests * _USERS_RATIO)
        noise = float(self._draw.standard_normal())
        total["requests"] += requests
        total["errors"] += int(self._draw.binomial(requests, of.errors))
        total["hits"] += int(self._draw.binomial(requests, of.hits))
        total["latency"] = total["latency"] + self._draw.multinomial(requests, _cells(of.latency))
        total["users"] += users
        total["cost_usd"] += max(of.cost * (users + noise * _COST_SD * users**0.5), 0.0)
        total["cost_usd_squared"] += of.cost**2 * _COST_SQUARED * users

    def seen(self, stage: str, pct: float, *, is_out: bool = False) -> tuple[Observation, Observation]:
        """What a look says now; without what the release counts where its metrics are out."""
        canary, control = (
            Observation(
                at=T0 + timedelta(minutes=self.at_min), slice=slice, stage=stage, traffic_pct=pct,
                counters={} if is_out else self._counters(slice), gauges={},
            )
            for slice in ("canary", "control")
        )  # fmt: skip
        return canary, control

    def _counters(self, slice: str) -> dict:
        total = self.totals[slice]
        same = {name: total[name] for name in ("requests", "errors", "users", "cost_usd", "cost_usd_squared")}
        latency = dict(zip(LABELS, total["latency"].cumsum().tolist(), strict=True))
        cache_ = {"cache_lookups": total["requests"], "cache_hits": total["hits"]}
        paid = {"payments_attempted": self.tried, "payments_succeeded": self.paid} if slice == "canary" else {}
        return same | cache_ | {"latency_s": latency} | (paid if self.at_min >= 0 else {})

    def placebo_hour(self) -> list[Observation]:
        """Control plays the canary, at 1 %."""
        looks = []
        for minute in range(PLACEBO_MIN + 1):
            self.go_on(minute - PLACEBO_MIN, 1, SOUND)
            looks += self.seen("placebo", 1)
        return looks


@cache
def _cells(latency: float) -> np.ndarray:
    """The share of answers in each bucket: lognormal, with the 95th percentile at P95_S times `latency`."""
    from scipy.special import ndtr  # noqa: PLC0415

    mean = np.log(P95_S * latency) - 1.6448536269514722 * LATENCY_LOG_SD
    below = np.concatenate([[0.0], ndtr((np.log(BOUNDS_S) - mean) / LATENCY_LOG_SD), [1.0]])
    return np.diff(below)
