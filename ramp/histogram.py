"""Quantiles and counts from a cumulative histogram, as Prometheus keeps it."""

import math
from typing import NamedTuple

from ramp.buckets import INF, Buckets, boundaries, boundary, disorder
from ramp.observation import NoEvidence

__all__ = [
    "INF",
    "TIMED_RATIO_MIN",
    "Buckets",
    "Slower",
    "above",
    "boundary",
    "bucket_of",
    "quantile",
    "slower",
    "timed",
]
_SECONDS_MOST = 60  # a boundary above it looks like milliseconds


class Slower(NamedTuple):
    """How many took longer than a bound: from `least` to `most`, as the boundaries beside it say, `below_s` and
    `above_s`, which is infinite where none is above. All is exact where a boundary sits at the bound."""

    least: int
    most: int
    below_s: float
    above_s: float

    @property
    def is_exact(self) -> bool:
        return self.below_s == self.above_s


TIMED_RATIO_MIN = 0.9  # of the requests that were counted: with fewer nobody knows how long they took


def timed(buckets: Buckets) -> int:
    """How many were timed: the `+Inf` bucket. Raises NoEvidence without one, and where a higher boundary has fewer than
    a lower one."""
    if INF not in buckets:
        raise NoEvidence("the latency histogram has no +Inf bucket", "latency_s")
    if wrong := disorder(buckets):
        raise NoEvidence(f"the latency histogram {wrong}, which cannot be", "latency_s")
    return round(buckets[INF])


def above(buckets: Buckets, bound_s: float) -> int:
    """How many took longer than `bound_s`, exactly. Raises NoEvidence unless a bucket boundary sits there: between
    boundaries nothing exact can be said."""
    n = timed(buckets)
    by_bound = dict(boundaries(tuple(buckets)))
    if bound_s in by_bound:
        return n - round(buckets[by_bound[bound_s]])
    raise _no_boundary(bound_s, list(by_bound))


def slower(buckets: Buckets, bound_s: float) -> Slower:
    """How many took longer than `bound_s`, as exactly as the boundaries say. Raises NoEvidence where none of them is a
    time below it, for then they may be milliseconds."""
    n = timed(buckets)
    by_bound = dict(boundaries(tuple(buckets)))
    if bound_s in by_bound:
        longer = n - round(buckets[by_bound[bound_s]])
        return Slower(longer, longer, bound_s, bound_s)
    below_s = max((bound for bound in by_bound if bound < bound_s), default=0.0)
    above_s = min((bound for bound in by_bound if bound > bound_s), default=math.inf)
    if below_s <= 0 or max(by_bound) > _SECONDS_MOST:
        raise _no_boundary(bound_s, list(by_bound))
    least = n - round(buckets[by_bound[above_s]]) if above_s < math.inf else 0
    return Slower(least, n - round(buckets[by_bound[below_s]]), below_s, above_s)


def _no_boundary(bound_s: float, bounds: list[float]) -> NoEvidence:
    is_ms = bool(bounds) and bounds[-1] > _SECONDS_MOST
    hint = (
        'they look like milliseconds, of which unit = "ms" in the row latency_s of [real.series] makes seconds'
        if is_ms
        else "add one to the histogram"
    )
    return NoEvidence(
        f"the latency histogram has no bucket boundary at {bound_s:g} s, so {1000 * bound_s:g} ms cannot be decided; "
        f"its boundaries are {', '.join(f'{bound:g}' for bound in bounds)}: {hint}",
        "latency_s",
    )


def quantile(buckets: Buckets, q: float) -> float:
    """The q-quantile in seconds by linear interpolation inside its bucket, as PromQL's histogram_quantile does it;
    the last finite boundary where the quantile lies beyond it. Raises NoEvidence for an empty histogram."""
    rank, below_s, below = q * _some(buckets), 0.0, 0.0
    for bound_s, bound in boundaries(tuple(buckets)):
        count = buckets[bound]
        if count >= rank:
            return below_s + (bound_s - below_s) * (rank - below) / (count - below) if count > below else bound_s
        below_s, below = bound_s, count
    return below_s


def bucket_of(buckets: Buckets, q: float) -> tuple[float, float]:
    """The boundaries in seconds between which the q-quantile lies: 0 below the first, infinite beyond the last. Raises
    NoEvidence for an empty histogram."""
    rank, below_s = q * _some(buckets), 0.0
    for bound_s, bound in boundaries(tuple(buckets)):
        if buckets[bound] >= rank:
            return below_s, bound_s
        below_s = bound_s
    return below_s, math.inf


def _some(buckets: Buckets) -> int:
    """Raises NoEvidence where none was timed."""
    if n := timed(buckets):
        return n
    raise NoEvidence("no request was timed", "latency_s")
