"""Rollback triggers: what must be seen before F1 to F6 fire. F2 and F4 need no rule beyond their gate's limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ramp.plan import Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class Persistence:
    """F1, look by look: a breach at every look for 15 minutes. Recovery resets the count; a gap in the data pauses it.

    `breach_min` is how long a breach has lasted at the last look, `persisted_at` the last look at which that was long
    enough, `may_have_persisted_at` the last at which it could have been, were there a breach wherever nothing was seen:
    a gap proves no breach, nor that there was none. `within_at` is the last look that was within the limit, or since
    when there have been looks. `blind_min` is for how long the last looks have found nothing.
    """

    breach_min: float = 0.0
    persisted_at: datetime | None = None
    may_have_persisted_at: datetime | None = None
    within_at: datetime | None = None
    blind_min: float = 0.0

    def then(self, plan: Plan, at: datetime, breach: bool | None) -> "Persistence":
        """As it is after the next look, `at`; `breach` is None where nothing was seen."""
        look_min = plan.reading.look_every_min
        every = timedelta(minutes=look_min)
        within = breach is False
        within_at = self.within_at or at - every
        until = at - every if within else at
        doubtful = until - within_at >= timedelta(minutes=plan.persistence.breach_min) - every / 2
        breach_min = 0.0 if within else self.breach_min + look_min * bool(breach)
        lasted = bool(breach) and breach_min >= plan.persistence.breach_min
        return Persistence(
            breach_min=breach_min,
            persisted_at=at if lasted else self.persisted_at,
            may_have_persisted_at=until if doubtful else self.may_have_persisted_at,
            within_at=at if within else within_at,
            blind_min=self.blind_min + look_min if breach is None else 0.0,
        )

    def resumed(self, at: datetime) -> "Persistence":
        """As it is where looking begins anew: what nobody looked at before leaves no doubt about what follows."""
        return replace(self, within_at=at, may_have_persisted_at=None)


def spillover(measures: Mapping[str, float], trends: Mapping[str, float], limit_ratio: float) -> str | None:
    """F6: why database saturation risks spilling over, or None. `measures` are the ratios now, `trends` the same
    carried forward to the end of the stage. A second measure over the limit, or one over it that will cross 100 %."""
    over = [name for name, ratio in measures.items() if ratio > limit_ratio]
    if len(over) > 1:
        return f"{' and '.join(over)} are both above {limit_ratio:.0%}"
    crossing = [name for name in over if trends.get(name, 0.0) > 1]
    return f"{crossing[0]} crosses 100 % before the stage ends at its present trend" if crossing else None


def projected(points: Sequence[tuple[float, float]], at_min: float) -> float:
    """Where the least-squares line through (minute, ratio) points is at `at_min`; the last ratio for a single one."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
    return mean_y + slope * (at_min - mean_x)
