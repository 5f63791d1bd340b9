"""How control's latencies are spread, and bets on the whole of a histogram."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise

# The alternatives for the whole shape: every request slower by this ratio, or this share of them so many times slower,
# and the parts of the stake on them: most on the least, for what is slower by far is found fast anyway.
_SLOWER = (0.1, 0.25)
_TAIL = (0.03, 3.0)
PARTS = (0.5, 0.25, 0.25)
_FASTEST_S = 1e-4  # what all requests take longer than
_TAIL_LEAST = 10  # a boundary that fewer requests of the placebo hour lie beyond (or below) tells nothing of margins

Buckets = Mapping[str, float]
Cells = Sequence[float]


class Baseline:
    """Latencies of control, frozen before T-0. `buckets` are cumulative counts by upper bound."""

    def __init__(self, buckets: Buckets) -> None:
        n = buckets["+Inf"]
        by_bound = {at: count for bound, count in buckets.items() if 0 < (at := float(bound)) < math.inf}
        self._bounds_s = sorted(by_bound)
        self._log_tails = [math.log(max(1 - by_bound[bound] / n, 1e-9)) for bound in self._bounds_s]
        self.n = n
        self._margins: dict[tuple[float, float], float] = {}

    def tail(self, latency_s: float) -> float:
        """The share of requests above `latency_s`, log-linear inside a bucket."""
        at = bisect_left(self._bounds_s, latency_s)
        if at == len(self._bounds_s):
            return math.exp(self._log_tails[-1])
        if self._bounds_s[at] == latency_s:
            return math.exp(self._log_tails[at])
        fastest_s = _FASTEST_S if self._bounds_s[0] > _FASTEST_S else self._bounds_s[0] / 10
        low_s, low = (self._bounds_s[at - 1], self._log_tails[at - 1]) if at else (fastest_s, 0.0)
        weight = (math.log(latency_s) - math.log(low_s)) / (math.log(self._bounds_s[at]) - math.log(low_s))
        return min(math.exp(low * (1 - weight) + self._log_tails[at] * weight), 1.0)

    def margin(self, bound_s: float, slower_ratio: float) -> float:
        """How many times more requests lie above `bound_s` when all are slower by `slower_ratio`."""
        key = bound_s, slower_ratio
        if key not in self._margins:
            self._margins[key] = self.tail(bound_s / (1 + slower_ratio)) / self.tail(bound_s)
        return self._margins[key]

    def tells(self, bound_s: float) -> bool:
        """Whether enough requests lie on either side of `bound_s` to know its tail."""
        return _TAIL_LEAST <= self.n * self.tail(bound_s) <= self.n - _TAIL_LEAST


class Shape:
    """A histogram's cells, of requests as they were and of the same made slower.

    Null hypothesis of its bets: the canary is stochastically no slower than control. The likelihood of (made slower,
    control) to that of their mixture in proportion to the requests, which is the nearest point of "both alike" (Turner,
    Ly and Grünwald, JSPI 230, 2024, theorem 1); the ratio rises from cell to cell, so a faster canary wins less.
    """

    def __init__(self, baseline: Baseline, bounds_s: Sequence[float]) -> None:
        self._baseline = baseline
        self._bounds_s = bounds_s
        sound = self._cells(0.0)
        share, times = _TAIL
        alternatives = [self._cells(by) for by in _SLOWER]
        alternatives.append(
            [(1 - share) * here + share * far for here, far in zip(sound, self._cells(times - 1), strict=True)]
        )
        self.ratios = [_rising([s / max(h, 1e-9) for s, h in zip(cells, sound, strict=True)]) for cells in alternatives]

    def _cells(self, slower_ratio: float) -> list[float]:
        """The shares of the requests between one boundary and the next, were all slower by `slower_ratio`."""
        tails = [1.0, *(self._baseline.tail(bound_s / (1 + slower_ratio)) for bound_s in self._bounds_s), 0.0]
        return [before - after for before, after in pairwise(tails)]

    def log_es(self, canary: Cells, control: Cells, expected: Cells) -> list[float]:
        """One minute's winnings, in logs, by alternative, with control's shares near `expected`."""
        return [_log_e(ratios, expected, canary, control) for ratios in self.ratios]

    def expected(self, slower_ratio: float, n: float, control_n: float) -> list[float]:
        """What each alternative wins in a minute of `n` and `control_n` requests when all of the canary's are slower by
        `slower_ratio`."""
        sound = self._cells(0.0)
        canary = [n * share for share in self._cells(slower_ratio)]
        return self.log_es(canary, [control_n * share for share in sound], [max(share, 1e-9) for share in sound])


def _log_e(ratios: Cells, expected: Cells, canary: Cells, control: Cells) -> float:
    slower = [share * ratio for share, ratio in zip(expected, ratios, strict=True)]
    total, n, control_n = sum(slower), sum(canary), sum(control)
    log_e = 0.0
    for share, slow, seen, seen_control in zip(expected, slower, canary, control, strict=True):
        shifted = slow / total
        near = (n * shifted + control_n * share) / (n + control_n)
        log_e += seen * math.log(shifted / near) + seen_control * math.log(share / near)
    return log_e


def _rising(ratios: Sequence[float]) -> list[float]:
    risen: list[float] = []
    for ratio in ratios:
        risen.append(max(ratio, risen[-1] if risen else 1e-6))
    return risen
