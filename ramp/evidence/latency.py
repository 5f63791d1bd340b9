"""Evidence on latency: slower than control at several boundaries of the histogram and over its whole shape."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from ramp.evidence.dispersion import Dispersion
from ramp.evidence.process import Process, log_mean
from ramp.evidence.shape import PARTS, Baseline, Buckets, Cells, Shape
from ramp.evidence.share import Learning, Minute, ShareEvidence
from ramp.observation import NoEvidence

ON_SHAPE = 0.8  # of the stake at the first stage


class LatencyEvidence:
    """What the minutes say of latency. `placebo` gives each minute's buckets of the placebo slice and of control.

    Most of the stake is on the whole shape while no margin is allowed (at the first stage, where the canary is thin and
    every request must count), the rest, in equal parts, on the boundaries `bounds_s` by themselves. From the
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
        self._whole: Process | None = Process(parts=PARTS)
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
            self._whole.hand_over([share.against_control for share in self._shares.values()], ON_SHAPE)
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
        """See `Process.begin_anew`; the shape has its part again, should the stage be the first."""
        for share in self._shares.values():
            share.begin_anew()
        if self._whole:
            self._whole.begin_anew()
        else:
            self._whole = Process(self.log_worse, PARTS)

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
        """See `OwnNoise.forget`; minutes that are missing show no end of what was lost before them either."""
        self.unmark()
        for share in self._shares.values():
            share.forget_noise()

    @property
    def log_worse(self) -> float:
        """log E against "no slower than control, but for the margin"."""
        return self._of_all(lambda process: process.log_e)

    @property
    def log_since(self) -> float:
        """The same of bets that began at the mark."""
        return self._of_all(lambda process: process.log_since)

    def _of_all(self, log_of: Callable[[Process], float]) -> float:
        if not self._shares:
            return 0.0
        on_boundaries = log_mean([log_of(share.against_control) for share in self._shares.values()])
        if self._whole is None:
            return on_boundaries
        return log_mean([log_of(self._whole), on_boundaries], (ON_SHAPE, 1 - ON_SHAPE))

    def mark(self) -> None:
        """See `Process.mark`."""
        for process in self._against_control:
            process.mark()

    def unmark(self) -> None:
        """See `Process.unmark`."""
        for process in self._against_control:
            process.unmark()

    @property
    def _against_control(self) -> tuple[Process, ...]:
        shares = tuple(share.against_control for share in self._shares.values())
        return (*shares, self._whole) if self._whole else shares

    @property
    def log_over(self) -> float:
        return self._shares[self._over].log_over if self._over in self._shares else 0.0

    @property
    def log_within(self) -> float:
        return self._shares[self._within].log_within if self._within in self._shares else 0.0


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
