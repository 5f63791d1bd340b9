"""A cumulative histogram as it is written down: counts by upper bound, each boundary in one spelling."""

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

Buckets = Mapping[str, float]
INF = "+Inf"
_DIGITS = 12  # 0.12000000000000001, which is 3 * 0.04, is 0.12
_NO_REQUEST = 0.5


def boundary(le: str) -> str:
    """One spelling for each upper bound, and another for each other one. Raises ValueError for what is no number."""
    bound = float(le)
    if math.isnan(bound):
        raise ValueError(f"a bucket's boundary is {le}")
    return INF if bound == math.inf else repr(float(f"{bound:.{_DIGITS}g}") + 0.0)


@lru_cache
def boundaries(labels: tuple[str, ...]) -> tuple[tuple[float, str], ...]:
    """The finite boundaries, lowest first, each with its label. Raises ValueError for a label that is no number."""
    return tuple(sorted((float(label), label) for label in labels if label != INF))


def disorder(buckets: Buckets) -> str | None:
    """`counts 60 up to 0.15, and 118 up to 0.12` where a higher boundary has fewer, by more than rounding; None where
    none has. Raises ValueError for a label that is no number."""
    rising = _rising(tuple(buckets))
    counts = list(map(buckets.__getitem__, rising))
    if counts == sorted(counts):
        return None
    for lower, higher in pairwise(rising):
        if buckets[higher] < buckets[lower] - _NO_REQUEST:
            return f"counts {buckets[higher]:,.10g} up to {higher}, and {buckets[lower]:,.10g} up to {lower}"
    return None


def in_one_spelling(buckets: Buckets) -> Buckets:
    """The same buckets, each boundary spelled as `boundary` does. Raises ValueError, in words, for what is no
    histogram of seconds: no upper bound, one boundary twice with other counts, fewer up to a higher boundary."""
    labels = tuple(buckets)
    spelled = _spelled(labels)
    if spelled != labels:
        merged = dict(zip(spelled, buckets.values(), strict=True))
        if len(merged) < len(labels):
            _must_agree(spelled, buckets, merged)
        buckets = merged
    if wrong := disorder(buckets):
        raise ValueError(f"{wrong}, which cannot be")
    return buckets


def _must_agree(spelled: tuple[str, ...], buckets: Buckets, merged: Buckets) -> None:
    """Raises ValueError where one boundary has two counts."""
    for one, count in zip(spelled, buckets.values(), strict=True):
        if count != merged[one]:
            raise ValueError(f"has the boundary {one} twice, with {count:,.10g} and {merged[one]:,.10g}")


@lru_cache
def _rising(labels: tuple[str, ...]) -> tuple[str, ...]:
    """All labels, lowest boundary first. Raises ValueError."""
    return tuple(label for _, label in boundaries(labels)) + ((INF,) if INF in labels else ())


@lru_cache
def _spelled(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Raises ValueError."""
    spelled = []
    for label in labels:
        try:
            one = boundary(label)
        except ValueError:
            one = ""
        if not one or float(one) < 0:
            raise ValueError(f"has the bucket {label!r}, which is no upper bound in seconds")
        spelled.append(one)
    return tuple(spelled)
