"""Evidence on latency that is weighed twice where instances prove noise that lasts: as it is, and by that noise too.

The weaker of the two counts. So instances take back an E, and neither make one nor prove that a limit is kept: without
them no verdict is better.
"""

from collections.abc import Mapping
from copy import deepcopy
from math import inf

from ramp.evidence.between_instances import BetweenInstances, ByInstance
from ramp.evidence.dispersion import Dispersion
from ramp.evidence.latency import LatencyEvidence
from ramp.evidence.shape import Baseline, Buckets

Told = tuple[ByInstance, Mapping[str, float]]


class Tempered:
    """`plain` evidence, and a copy of it from the first minute on of which instances know more noise. `why_not` is why
    they do not: once they were not told whole they are left out for good, so that what is missing never helps."""

    def __init__(self, plain: LatencyEvidence, between: BetweenInstances | None, why_not: str = "") -> None:
        self.plain = plain
        self.between: BetweenInstances | None = between
        self.why_not = why_not
        self._tempered: LatencyEvidence | None = None

    def add(
        self,
        canary: Buckets,
        control: Buckets,
        stage: str,
        slower_ratio: float,
        nats_max: float = inf,
        counted: Buckets | None = None,
        told: Told | None = None,
    ) -> None:
        """See `LatencyEvidence.add`. `told` is what control's instances had in this minute, and how many requests each
        of the canary's; the noise that counts is that of the minutes before."""
        self.plain.add(canary, control, stage, slower_ratio, nats_max, counted)
        if self._tempered:
            self._tempered.add(canary, control, stage, slower_ratio, nats_max, counted)
        if self.between is None or told is None:
            return
        self.between.add(*told)
        if self._tempered is None and any(self.between.variance.values()):
            self._tempered = deepcopy(self.plain)
        if self._tempered:
            self._tempered.temper(self.between.variance)

    def leave_instances_out(self, why: str) -> None:
        self._tempered, self.between, self.why_not = None, None, why

    def begin_anew(self) -> None:
        for evidence in self._both:
            evidence.begin_anew()

    def forget_noise(self) -> None:
        """See `OwnNoise.forget`."""
        self.plain.forget_noise()
        if self.between:
            self.leave_instances_out("a look was missed")

    @property
    def is_tempered(self) -> bool:
        """Whether instances know more noise now than the ramp shows without them."""
        if self.between is None:
            return False
        return any(self.between.variance[at] > of.own for at, of in self.plain.dispersions.items())

    @property
    def _both(self) -> tuple[LatencyEvidence, ...]:
        return (self.plain, self._tempered) if self._tempered else (self.plain,)

    @property
    def by_route(self) -> bool:
        return self.plain.by_route

    @property
    def baseline(self) -> Baseline:
        return self.plain.baseline

    @property
    def dispersions(self) -> Mapping[float, Dispersion]:
        """By boundary, as of now, with the noise that instances know."""
        return self._both[-1].dispersions

    @property
    def log_worse(self) -> float:
        return min(evidence.log_worse for evidence in self._both)

    @property
    def log_since(self) -> float:
        """See `LatencyEvidence.log_since`."""
        return min(evidence.log_since for evidence in self._both)

    def mark(self) -> None:
        """See `LatencyEvidence.mark`."""
        for evidence in self._both:
            evidence.mark()

    def unmark(self) -> None:
        """See `LatencyEvidence.unmark`."""
        for evidence in self._both:
            evidence.unmark()

    @property
    def log_over(self) -> float:
        return self.plain.log_over

    @property
    def log_within(self) -> float:
        return self.plain.log_within
