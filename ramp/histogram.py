"""Quantiles and exact counts from a cumulative histogram, as Prometheus keeps it."""

import math
from collections.abc import Mapping
from functools import lru_cache

from ramp.observation import NoEvidence

Buckets = Mapping[str, float]
INF = "+Inf"
TIMED_RATIO_MIN = 0.9  # of the requests that were counted: with fewer nobody knows how long they took
_DIGITS = 12  # 0.12000000000000001, which is 3 * 0.04, is 0.12


def boundary(le: str) -> str:
    """One spelling for each upper bound, and another for each other one. Raises ValueError for what is no number."""
    bound = float(le)
    if math.isnan(bound):
        raise ValueError(f"a bucket's boundary is {le}")
    return INF if bound == math.inf else repr(float(f"{bound:.{_DIGITS}g}"))


def timed(buckets: Buckets) -> int:
    """How many were timed: the `+Inf` bucket. Raises NoEvidence without one."""
    if INF not in buckets:
        raise NoEvidence("the latency histogram has no +Inf bucket", "latency_s")
    return round(buckets[INF])


def above(buckets: Buckets, bound_s: float) -> int:
    """How many took longer than `bound_s`, exactly. Raises NoEvidence unless a bucket boundary sits there: between
    boundaries nothing exact can be said."""
    n = timed(buckets)
    by_bound = dict(_boundaries(tuple(buckets)))
    if bound_s in by_bound:
        count = buckets[by_bound[bound_s]]
        if round(count) > n:
            raise NoEvidence(f"{count:,.0f} of {n:,} timed requests took at most {bound_s:g} s, which cannot be")
        return n - round(count)
    bounds = list(by_bound)
    hint = "they look like milliseconds" if bounds and bounds[-1] > 60 else "add one to the histogram"
    raise NoEvidence(
        f"the latency histogram has no bucket boundary at {bound_s:g} s, so {1000 * bound_s:g} ms cannot be decided; "
        f"its boundaries are {', '.join(f'{bound:g}' for bound in bounds)}: {hint}",
        "latency_s",
    )


def quantile(buckets: Buckets, q: float) -> float:
    """The q-quantile in seconds by linear interpolation inside its bucket, as PromQL's histogram_quantile does it;
    the last finite boundary where the quantile lies beyond it. Raises NoEvidence for an empty histogram."""
    n = timed(buckets)
    if n == 0:
        raise NoEvidence("no request was timed", "latency_s")
    rank, below_s, below = q * n, 0.0, 0.0
    for bound_s, bound in _boundaries(tuple(buckets)):
        count = buckets[bound]
        if count >= rank:
            return below_s + (bound_s - below_s) * (rank - below) / (count - below) if count > below else bound_s
        below_s, below = bound_s, count
    return below_s


@lru_cache
def _boundaries(labels: tuple[str, ...]) -> tuple[tuple[float, str], ...]:
    """The finite boundaries in seconds, lowest first, each with its label."""
    return tuple(sorted((float(label), label) for label in labels if label != INF))
