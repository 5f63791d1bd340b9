"""Whether two ratios of sums differ by more than chance makes of how much minutes differ among themselves: of what is
paid for by few large requests, the sums of an hour may be a tenth apart and nothing is wrong."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ramp.evidence.bounds import t_doubt

# By simulation of healthy ramps, asked every minute for 75 minutes: `python -m tests.bench.paged`.
DOUBT_MAX, SIGMAS_MIN = 0.0005, 3.0
_MINUTES_MIN = 3  # of fewer nobody can tell how they spread


class Part(NamedTuple):
    """What some time added: events, what they earned and what was spent on them, in dollars."""

    n: float
    earned: float
    spent: float


def differs_beyond_chance(canary: Sequence[Part], control: Sequence[Part]) -> bool:
    """Whether what is spent on a dollar earned differs beyond chance, by two tests that both must say so.

    The first is of each slice's own minutes (ratio estimator with its linearised variance: Cochran, Sampling
    Techniques, 1977, 6.4; Student's t). A slice that has not had its rare large requests yet underrates its spread: the
    second takes for the canary as much spread an event as control has from one minute to the next. Both earned.
    """
    if min(len(canary), len(control)) < _MINUTES_MIN:
        return False
    ours, theirs = _Ratio(canary), _Ratio(control)
    apart, error = abs(ours.value - theirs.value), math.hypot(ours.error, theirs.error)
    lent = math.sqrt(theirs.squared_an_event * sum(part.n for part in canary)) / ours.earned
    beyond = t_doubt(apart / error, len(canary) - 1) <= DOUBT_MAX if error else apart > 0
    return beyond and apart >= SIGMAS_MIN * math.hypot(max(ours.error, lent), theirs.error)


class _Ratio:
    """What was spent on a dollar earned, with its standard error, and how far one event and the next are apart."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.earned = sum(part.earned for part in parts)
        self.value = sum(part.spent for part in parts) / self.earned
        left = [part.spent - self.value * part.earned for part in parts]
        k = len(parts)
        self.error = math.sqrt(sum(each**2 for each in left) * k / (k - 1)) / self.earned
        squares = sum((after - before) ** 2 for before, after in pairwise(left)) / 2
        self.squared_an_event = squares / max(sum(part.n for part in parts[1:]), 1.0)
