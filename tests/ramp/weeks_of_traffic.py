"""Made-up weeks of traffic with a trough that is known, and with what spoils such weeks."""

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ramp.daily_traffic import Rate

WEST_COAST = ZoneInfo("America/Los_Angeles")
STEP = timedelta(minutes=15)
# A July week, and the two in which the West Coast moves its clocks.
ENDS_UTC = tuple(datetime(2026, *of, tzinfo=UTC) for of in ((7, 14, 9), (11, 4, 17), (3, 11, 3)))


@dataclass(frozen=True)
class Week:
    """`trough_h` is the hour of the West Coast's day around which traffic is lowest."""

    end_utc: datetime
    trough_h: float
    rates: tuple[Rate, ...]


def week(seed: int, *, noise: float = 0.05, trough_h: float | None = None, gap_h: float = 6.0) -> Week:
    """A day's wave with quieter weekends, a holiday, an outage of two hours and a gap, with noise upon it."""
    chance, end = random.Random(seed), ENDS_UTC[seed % len(ENDS_UTC)]  # noqa: S311
    trough = chance.uniform(0, 24) if trough_h is None else trough_h
    deep, second, holiday = chance.uniform(0.3, 0.8), chance.uniform(0, 0.15), chance.randrange(7)
    outage, gap = (end - timedelta(hours=chance.uniform(10, 160)) for _ in range(2))
    rates, at = [], end - timedelta(days=7)
    while at < end:
        wave = 2 * math.pi * (hour(at + STEP / 2) - trough) / 24
        per_s = 100 * (1 - deep * math.cos(wave) - second * math.cos(2 * wave)) * math.exp(chance.gauss(0, noise))
        per_s *= 0.7 if at.astimezone(WEST_COAST).weekday() >= 5 else 1.0
        per_s *= 0.5 if (end - at).days == holiday else 1.0
        per_s *= 0.0 if outage <= at < outage + timedelta(hours=2) else 1.0
        if not gap <= at < gap + timedelta(hours=gap_h):
            rates.append(Rate(at, per_s))
        at += STEP
    return Week(end, trough, tuple(rates))


def hour(at: datetime) -> float:
    local = at.astimezone(WEST_COAST)
    return local.hour + local.minute / 60


def apart_min(hour: float, other: float) -> float:
    """Minutes between two hours of a day."""
    return 60 * abs((hour - other + 12) % 24 - 12)
