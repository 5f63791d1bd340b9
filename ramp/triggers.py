"""Rollback triggers: what must be seen before F1 to F6 fire. F2 and F4 need no rule beyond their gate's limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ramp.plan import Plan
from ramp.units import beyond

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Persistence:
    """F1, look by look: a breach of 15 minutes of plan time, however often is looked. Recovery resets the count. A gap
    in the data belongs to the breach that is seen after it, where the look before the gap saw something less than a
    window ago, for then it all lies in a window that broke the limit. A longer gap pauses the count.

    `breach_min` is how long a breach has lasted at the last look, `persisted_at` the last look at which that was long
    enough, `may_have_persisted_at` the last at which it could have been, were there a breach wherever nothing was seen:
    a gap proves no breach, nor that there was none. `doubtful_min` counts for that, and was `doubtful_seen_min` at
    `seen_at`, the last look that saw anything. `looked_at` is the last look, or since when there have been looks.
    `open_at` is the last look in breach, or that saw nothing before a whole window was within the limit since.
    `blind_min` is for how long the last looks have found nothing.
    """

    breach_min: float = 0.0
    doubtful_min: float = 0.0
    persisted_at: datetime | None = None
    may_have_persisted_at: datetime | None = None
    looked_at: datetime | None = None
    seen_at: datetime | None = None
    doubtful_seen_min: float = 0.0
    open_at: datetime | None = None
    blind_min: float = 0.0

    def then(self, plan: Plan, at: datetime, breach: bool | None) -> "Persistence":
        """As it is after the next look, `at`; `breach` is None where nothing was seen.

        The first look of a breach stands for one look's time at the most, and so does the first of a gap before it;
        each further one for all since the look before it.
        """
        look_min = plan.reading.look_every_min
        since_min = look_min if self.looked_at is None else (at - self.looked_at) / _MINUTE
        doubtful_min, until = self._doubted(at, since_min, look_min, within=breach is False)
        is_near = self.seen_at is not None and at - self.seen_at < timedelta(minutes=plan.reading.window_min)
        stands_for_min = doubtful_min - self.doubtful_seen_min if is_near else min(since_min, look_min)
        breach_min = self.breach_min + stands_for_min if breach else 0.0 if breach is False else self.breach_min
        long_min = plan.persistence.breach_min - min(since_min, look_min) / 4  # looks are a little early or late
        doubtful_after_min = 0.0 if breach is False else doubtful_min
        return Persistence(
            breach_min=breach_min,
            doubtful_min=doubtful_after_min,
            persisted_at=at if breach and breach_min >= long_min else self.persisted_at,
            may_have_persisted_at=until if doubtful_min >= long_min else self.may_have_persisted_at,
            looked_at=at,
            seen_at=self.seen_at if breach is None else at,
            doubtful_seen_min=self.doubtful_seen_min if breach is None else doubtful_after_min,
            open_at=at if breach or (breach is None and self.is_open(plan, at)) else self.open_at,
            blind_min=self.blind_min + since_min if breach is None else 0.0,
        )

    def is_open(self, plan: Plan, at: datetime) -> bool:
        """Whether a breach was open less than a window before `at`."""
        return self.open_at is not None and at - self.open_at < timedelta(minutes=plan.reading.window_min)

    def _doubted(self, at: datetime, since_min: float, look_min: float, *, within: bool) -> tuple[float, datetime]:
        """For how long there may have been a breach, and until when. A look within the limit ends it: it stands for
        one look's time, and nobody knows of the time between the look before it and that."""
        if within:
            return self.doubtful_min + max(since_min - look_min, 0.0), at - timedelta(minutes=look_min)
        return self.doubtful_min + (since_min if self.doubtful_min else min(since_min, look_min)), at

    def resumed(self, at: datetime) -> "Persistence":
        """As it is where looking begins anew: what nobody looked at before leaves no doubt about what follows."""
        return replace(self, looked_at=at, seen_at=None, doubtful_min=0.0, may_have_persisted_at=None)


def spillover(measures: Mapping[str, float], trends: Mapping[str, float], limit_ratio: float) -> str | None:
    """F6: why database saturation risks spilling over, or None. `measures` are the ratios now, `trends` the same
    carried forward to the end of the stage. A second measure over the limit, or one over it that will cross 100 %."""
    over = [name for name, ratio in measures.items() if beyond(ratio, limit_ratio)]
    if len(over) > 1:
        return f"{' and '.join(over)} are both above {limit_ratio:.0%}"
    crossing = [name for name in over if beyond(trends.get(name, 0.0), 1.0)]
    return f"{crossing[0]} crosses 100 % before the stage ends at its present trend" if crossing else None


def projected(points: Sequence[tuple[float, float]], at_min: float) -> float:
    """Where the least-squares line through (minute, ratio) points is at `at_min`; the last ratio for a single one."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
    return mean_y + slope * (at_min - mean_x)
