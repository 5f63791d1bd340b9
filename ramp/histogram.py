"""Quantiles and exact counts from a cumulative histogram, as Prometheus keeps it."""

from ramp.buckets import INF, Buckets, boundaries, boundary, disorder
from ramp.observation import NoEvidence

__all__ = ["INF", "TIMED_RATIO_MIN", "Buckets", "above", "boundary", "quantile", "timed"]
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
    for bound_s, bound in boundaries(tuple(buckets)):
        count = buckets[bound]
        if count >= rank:
            return below_s + (bound_s - below_s) * (rank - below) / (count - below) if count > below else bound_s
        below_s, below = bound_s, count
    return below_s
