"""Rollback triggers: what must be seen before F1 to F6 fire. F2 and F4 need no rule beyond their gate's limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from ramp.plan import Plan


class Seen(Enum):
    """What one look at a gate found by literal arithmetic."""

    WITHIN = auto()
    BREACH = auto()
    NOTHING = auto()


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look: when, what was found, and the value on both slices where there was one."""

    at: datetime
    seen: Seen
    canary: float | None = None
    control: float | None = None


@dataclass(frozen=True, kw_only=True)
class Persistence:
    """How long a breach has lasted at the last look, the last look at which that was long enough, and the last at which
    it could have been, were there a breach wherever nothing was seen. None for never."""

    breach_min: float
    persisted_at: datetime | None
    may_have_persisted_at: datetime | None


def persistence(plan: Plan, looks: Sequence[Look], since: datetime | None = None) -> Persistence:
    """F1: a breach at every look for 15 minutes. Recovery resets the count; a gap in the data pauses it.

    A gap proves no breach, nor that there was none: hence `may_have_persisted_at`, by the time since the last look that
    was within the limit, or since looking began: at `since`, by default one look before the first look.
    """
    every = timedelta(minutes=plan.reading.look_every_min)
    long_enough = timedelta(minutes=plan.persistence.breach_min) - every / 2
    minutes, persisted_at, may_have_persisted_at = 0.0, None, None
    within_at = since or (looks[0].at - every if looks else None)
    for look in looks:
        until = look.at - every if look.seen is Seen.WITHIN else look.at
        if within_at is not None and until - within_at >= long_enough:
            may_have_persisted_at = until
        if look.seen is Seen.WITHIN:
            minutes, within_at = 0.0, look.at
        elif look.seen is Seen.BREACH:
            minutes += plan.reading.look_every_min
            if minutes >= plan.persistence.breach_min:
                persisted_at = look.at
    return Persistence(breach_min=minutes, persisted_at=persisted_at, may_have_persisted_at=may_have_persisted_at)


def blind_min(plan: Plan, looks: Sequence[Look]) -> float:
    """For how long the last looks found nothing."""
    blind = 0
    for look in reversed(looks):
        if look.seen is not Seen.NOTHING:
            break
        blind += 1
    return blind * plan.reading.look_every_min


def spillover(measures: dict[str, float], trends: dict[str, float], limit_ratio: float) -> str | None:
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
