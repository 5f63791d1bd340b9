"""A counter that fell: a restart only if it can be one.

Where a process tells when it began, that decides. Where it does not, a counter is believed to have begun anew if it is
small against what it was: a process has counted little since the last look against what it counted in its life, and
another process behind the same address about as much.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import lt
from typing import Any, NamedTuple

# A plain counter, or one by label: a histogram's buckets by their boundary, a page's series by their labels.
Reading = float | dict[Any, float]

# A process that restarts when its share of the traffic just grew from 10 to 25 % has counted, a look later, 15 % of
# what it counted before, and later in a stage less. Where one of two pods begins anew, their sum falls to half of it.
SMALL_RATIO = 0.25
# The window of a point estimate: of two falls within it, one at the least was no restart.
SOON = timedelta(minutes=5)
_ROUNDING_RATIO = 1e-9


class Fall(NamedTuple):
    """A counter `name` that fell, or began anew once too often: of its `times` the last was `at`, where it (or its
    `label`) went from `before` to `now`, which is more where a process began anew and counted on."""

    name: Any
    label: Any
    before: float
    now: float
    at: datetime
    times: int

    def words(self, url: str = "one URL") -> str:
        """`fell at 7 looks, last from 138,000 to 76,800 at 08:16Z; are several processes behind one URL?`"""
        what = "fell" if self.now < self.before else "began anew"
        often = f"{what} at {self.times} looks, last" if self.times > 1 else what
        of = f" in {self.label}" if isinstance(self.label, str) else ""
        said = f"{often}{of} from {self.before:,.10g} to {self.now:,.10g} at {self.at:%H:%M}Z"
        return f"{said}; are several processes behind {url}?"

    def is_reached(self, now: Reading) -> bool:
        """Whether the counter is where it fell from."""
        return _labelled(now, self.label) >= self.before

    def is_leap(self, before: Reading, now: Reading) -> bool:
        """Whether it grew between two looks by as much as brings it back there: then it is another process's again."""
        return _labelled(now, self.label) - _labelled(before, self.label) >= (self.before - self.now) / 2


def is_less(before: Reading | None, now: Reading) -> bool:
    """Whether a counter says less than before, or is one of another kind. A label that is gone says nothing."""
    if isinstance(now, dict):
        if isinstance(before, dict):
            return any(map(lt, map(now.get, before, before.values()), before.values()))
        return before is not None
    return before is not None and (isinstance(before, dict) or now < before)


def is_rounding(before: Reading, now: Reading) -> bool:
    """Whether it says less only as sums of floats do."""
    return are_alike(before, now) and all(
        was - is_now <= _ROUNDING_RATIO * was for _, was, is_now in _both(before, now)
    )


def fall_of(name: Any, before: Reading, now: Reading, at: datetime, times: int) -> Fall:
    """With the label that fell the deepest."""
    nothing_shared = (None, size(before), size(now))
    label, was, is_now = max(_both(before, now), key=lambda one: one[1] - one[2], default=nothing_shared)
    return Fall(name, label, was, is_now, at, times)


def can_begin_anew(both: Iterable[tuple[Reading, Reading]]) -> bool:
    """Whether counters that are counted together, each as it was and as it is, are all small against what the largest
    of them was, but for those that were small themselves: 3 errors may follow on 2 when requests begin anew."""
    both = list(both)
    sizes = [(size(before), size(now)) for before, now in both]
    largest = max(sizes)
    small = SMALL_RATIO * largest[0]
    is_small = largest[1] <= small and all(now < before or before <= small for before, now in sizes)
    return is_small and all(are_alike(before, now) for before, now in both)


def size(reading: Reading) -> float:
    """How much a counter says, all of its labels together."""
    return sum(reading.values()) if isinstance(reading, dict) else reading


def are_alike(before: Reading, now: Reading) -> bool:
    """Whether both are plain counters, or both by label."""
    return isinstance(before, dict) == isinstance(now, dict)


def _both(before: Reading, now: Reading) -> list[tuple[Any, float, float]]:
    """Each label that both have, as it was and as it is; a plain counter has the label None."""
    if isinstance(before, dict) and isinstance(now, dict):
        return [(label, was, now[label]) for label, was in before.items() if label in now]
    return [(None, size(before), size(now))]


def _labelled(reading: Reading, label: Any) -> float:
    return reading.get(label, 0.0) if isinstance(reading, dict) else reading
