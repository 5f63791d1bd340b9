"""Evidence on latency: slower than control at several boundaries of the histogram and over its whole shape."""

import math
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from ramp.evidence.dispersion import Dispersion
from ramp.evidence.process import Process, log_mean
from ramp.evidence.share import Learning, Minute, ShareEvidence
from ramp.observation import NoEvidence

# The alternatives for the whole shape: every request slower by this ratio, or this share of them so many times slower.
_SLOWER = (0.1, 0.25)
_TAIL = (0.03, 3.0)
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


class LatencyEvidence:
    """What the minutes say of latency. `placebo` gives each minute's buckets of the placebo slice and of control.

    Half of the stake is on the whole shape while no margin is allowed (at the first stage, where the canary is thin and
    every request must count), the other half, in equal parts, on the boundaries `bounds_s` by themselves. From the
    first margin on all is on the boundaries: what the shape has won is at stake there, so that it can be lost again.
    Without a boundary at the limit those beside it are bet on in its place. `by_route` is how `placebo` was made alike.
    """

    def __init__(
        self,
        placebo: Sequence[tuple[Buckets, Buckets]],
        *,
        bounds_s: Sequence[float],
        limit_s: float,
        limit_ratio: float,
        learning: Learning,
        by_route: bool = False,
    ) -> None:
        self.by_route = by_route
        control = [buckets for _, buckets in placebo]
        self.baseline = Baseline({bound: sum(_at(b, bound) for b in control) for bound in control[0]})
        labels = {float(bound): bound for bound in control[0] if bound != "+Inf"}
        below_s, above_s = _beside(labels, limit_s)
        at_s = sorted({*(at for at in bounds_s if at in labels), *filter(None, (below_s, above_s))})
        self._bounds_s = {labels[at]: at for at in at_s if self.baseline.tells(at)}
        self._within, self._over = (labels[at] if at else "" for at in (below_s, above_s))
        self._shares = {
            bound: ShareEvidence(
                [minute_above(canary, others, bound) for canary, others in placebo],
                limit_ratio=limit_ratio if bound in (self._within, self._over) else None,
                learning=learning,
            )
            for bound in self._bounds_s
        }
        self._shape = Shape(self.baseline, list(self._bounds_s.values()))
        self._whole: Process | None = Process()
        self._decay = 0.5 ** (1 / learning.half_life_min)
        self._control: list[float] = [0.0] * (len(self._bounds_s) + 1)
        for buckets in control:
            self._remember(self._cells(buckets))

    def add(
        self,
        canary: Buckets,
        control: Buckets,
        stage: str,
        slower_ratio: float,
        nats_max: float = math.inf,
        counted: Buckets | None = None,
    ) -> None:
        """One more minute's buckets; up to `slower_ratio` slower than control counts as no worse, and no bet wins more
        than `nats_max`. What was `counted` of the canary is held to the limit, where `canary` was made comparable.
        Raises NoEvidence where a boundary is missing that the placebo hour had."""
        limits = {self._within, self._over} - {""} if counted else ()
        raw = {bound: minute_above(counted or canary, control, bound) for bound in limits}
        minutes = {bound: minute_above(canary, control, bound) for bound in self._bounds_s}
        if slower_ratio and self._whole and self._shares:
            self._whole.hand_over([share.against_control for share in self._shares.values()])
            self._whole = None
        cells, control_cells = self._cells(canary), self._cells(control)
        dispersion = 1.0
        for bound, minute in minutes.items():
            margin = self.baseline.margin(self._bounds_s[bound], slower_ratio) if slower_ratio else 1.0
            dispersion = max(dispersion, self._shares[bound].add(minute, stage, margin, nats_max, raw.get(bound)))
        if self._bounds_s and self._whole and sum(cells) and sum(control_cells):
            total = sum(self._control) + 0.5 * len(self._control)
            expected = [(count + 0.5) / total for count in self._control]
            log_es = self._shape.log_es(cells, control_cells, expected)
            self._whole.bet([min(log_e / dispersion, nats_max) for log_e in log_es], stage)
        self._remember(control_cells)

    def begin_anew(self) -> None:
        """See `Process.begin_anew`; the shape has its half again, should the stage be the first."""
        for share in self._shares.values():
            share.begin_anew()
        if self._whole:
            self._whole.begin_anew()
        else:
            self._whole = Process(self.log_worse)

    def _remember(self, control: Cells) -> None:
        self._control = [so_far * self._decay + now for so_far, now in zip(self._control, control, strict=True)]

    def _cells(self, buckets: Buckets) -> list[float]:
        """The requests between one boundary and the next."""
        cumulative = [0.0, *(_at(buckets, bound) for bound in self._bounds_s), _at(buckets, "+Inf")]
        return [after - before for before, after in pairwise(cumulative)]

    @property
    def bounds_s(self) -> tuple[float, ...]:
        """The boundaries that are bet on."""
        return tuple(self._bounds_s.values())

    @property
    def dispersions(self) -> Mapping[float, Dispersion]:
        """By boundary, as of now."""
        return {at: self._shares[label].dispersion for label, at in self._bounds_s.items()}

    def temper(self, lasting: Mapping[float, float]) -> None:
        """See `ShareEvidence.temper`; by boundary."""
        for label, at in self._bounds_s.items():
            self._shares[label].temper(lasting[at])

    def forget_noise(self) -> None:
        """See `OwnNoise.forget`."""
        for share in self._shares.values():
            share.forget_noise()

    @property
    def log_worse(self) -> float:
        """log E against "no slower than control, but for the margin"."""
        if not self._shares:
            return 0.0
        on_boundaries = log_mean([share.log_worse for share in self._shares.values()])
        return log_mean([self._whole.log_e, on_boundaries]) if self._whole else on_boundaries

    @property
    def log_over(self) -> float:
        return self._shares[self._over].log_over if self._over in self._shares else 0.0

    @property
    def log_within(self) -> float:
        return self._shares[self._within].log_within if self._within in self._shares else 0.0


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

    def expected(self, slower_ratio: float, n: float, control_n: float) -> float:
        """What the best alternative wins in a minute of `n` and `control_n` requests when all of the canary's are
        slower by `slower_ratio`."""
        sound = self._cells(0.0)
        canary = [n * share for share in self._cells(slower_ratio)]
        return max(self.log_es(canary, [control_n * share for share in sound], [max(share, 1e-9) for share in sound]))


def _log_e(ratios: Cells, expected: Cells, canary: Cells, control: Cells) -> float:
    slower = [share * ratio for share, ratio in zip(expected, ratios, strict=True)]
    total, n, control_n = sum(slower), sum(canary), sum(control)
    log_e = 0.0
    for share, slow, seen, seen_control in zip(expected, slower, canary, control, strict=True):
        shifted = slow / total
        near = (n * shifted + control_n * share) / (n + control_n)
        log_e += seen * math.log(shifted / near) + seen_control * math.log(share / near)
    return log_e


def minute_above(canary: Buckets, control: Buckets, bound: str) -> Minute:
    """One minute's requests above `bound`, on both slices. Raises NoEvidence where it is no boundary of both."""
    n, control_n = _at(canary, "+Inf"), _at(control, "+Inf")
    return Minute(n - _at(canary, bound), n, control_n - _at(control, bound), control_n)


def _beside(at_s: Collection[float], limit_s: float) -> tuple[float | None, float | None]:
    """The boundaries beside the limit, which is both where there is one at it: what is proven of the lower to be within
    it holds of it too, as what is proven of the higher to be over it does. None where there is none."""
    return (
        max((at for at in at_s if 0 < at <= limit_s), default=None),
        min((at for at in at_s if at >= limit_s), default=None),
    )


def _at(buckets: Buckets, bound: str) -> float:
    if bound not in buckets:
        raise NoEvidence(f"the latency histogram has no bucket {bound} any more, which it had before", "latency_s")
    return buckets[bound]


def _rising(ratios: Sequence[float]) -> list[float]:
    risen: list[float] = []
    for ratio in ratios:
        risen.append(max(ratio, risen[-1] if risen else 1e-6))
    return risen
