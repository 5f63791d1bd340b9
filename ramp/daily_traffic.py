"""How many requests a second a time of day brings, from a week of them.

Each rate is taken for a day's level times a time of day's share, found by median polish (Tukey, Exploratory Data
Analysis, 1977, 11): an outage, a holiday or a gap moves neither, nor do weekends that are quieter. What is left of
chance is smoothed by a Fourier series of the day (harmonic regression: Hyndman and Athanasopoulos, Forecasting:
Principles and Practice, 3rd edition, 7.4). Days are those of a time zone, since people move their clocks with the
summer time and their traffic goes along.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import fmean, median
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from ramp.observation import NoEvidence

HARMONICS = 6  # the shortest wave is 4 hours: what is shorter is no trough for a ramp
_DAY_MIN = 1440
_SWEEPS = 4
Place = tuple[date, int]
K = TypeVar("K", bound=Hashable)


class Rate(NamedTuple):
    """Requests a second over the minutes that begin at this instant."""

    at_utc: datetime
    per_s: float


class DailyTraffic(NamedTuple):
    """By slot of a day in `zone`: requests a second as they are foreseen, and None where no day tells."""

    zone: ZoneInfo
    slot_min: int
    smooth: Sequence[float]
    seen: Sequence[float | None]

    def slot(self, at_utc: datetime) -> int:
        local = at_utc.astimezone(self.zone)
        return (60 * local.hour + local.minute) // self.slot_min

    def window(self, start_utc: datetime, minutes: float) -> float:
        """Requests a second, on the average of the `minutes` from `start_utc` on."""
        return fmean(self.smooth[self.slot(at)] for at in self.slots(start_utc, minutes))

    def slots(self, start_utc: datetime, minutes: float) -> list[datetime]:
        """When each slot begins that a window touches."""
        return [start_utc + timedelta(minutes=after) for after in range(0, math.ceil(minutes), self.slot_min)]

    def unknown(self, start_utc: datetime, minutes: float) -> datetime | None:
        """The first instant of the window whose time of day no day tells of."""
        return next((at for at in self.slots(start_utc, minutes) if self.seen[self.slot(at)] is None), None)


def daily_traffic(
    history: Iterable[Rate], until_utc: datetime, *, days: int, zone: ZoneInfo, slot_min: int, covered_ratio_min: float
) -> DailyTraffic:
    """Of the `days` before `until_utc`. Raises NoEvidence where under `covered_ratio_min` of their slots is known."""
    from_utc = until_utc - timedelta(days=days)
    by_slot: dict[int, list[float]] = defaultdict(list)
    for rate in history:
        if from_utc <= rate.at_utc < until_utc and rate.per_s >= 0 and math.isfinite(rate.per_s):
            by_slot[int((rate.at_utc - from_utc).total_seconds() // (60 * slot_min))].append(rate.per_s)
    due = days * _DAY_MIN // slot_min
    if len(by_slot) < covered_ratio_min * due:
        raise NoEvidence(
            f"the request rate is known for {len(by_slot):,} of {due:,} times, {slot_min} minutes each, from "
            f"{from_utc:%Y-%m-%d %H:%MZ} on ({len(by_slot) / due:.1%}; at least {covered_ratio_min:.0%} is due)"
        )
    if not any(map(any, by_slot.values())):
        raise NoEvidence(
            f"the request rate was 0 at all times from {from_utc:%Y-%m-%d %H:%MZ} on: is it the right one?"
        )
    rates: dict[tuple[date, int], list[float]] = defaultdict(list)
    for number, several in by_slot.items():
        local = (from_utc + timedelta(minutes=number * slot_min)).astimezone(zone)
        rates[local.date(), (60 * local.hour + local.minute) // slot_min] += several
    seen = _polished({place: fmean(several) for place, several in rates.items()}, _DAY_MIN // slot_min)
    return DailyTraffic(zone, slot_min, _smoothed(_filled(seen)), seen)


def _polished(rates: Mapping[tuple[date, int], float], slots: int) -> list[float | None]:
    """By slot the rate of a day of the median level. A rate of next to nothing is an outage's, however near to 0."""
    least = fmean(rates.values()) / 1000
    rest = {place: math.log(max(rate, least)) for place, rate in rates.items()}
    of_day: dict[date, float] = defaultdict(float)
    of_slot: dict[int, float] = defaultdict(float)
    for _ in range(_SWEEPS):
        _sweep(rest, of_day, lambda place: place[0])
        _sweep(rest, of_slot, lambda place: place[1])
    level = median(of_day.values())
    return [math.exp(level + of_slot[slot]) if slot in of_slot else None for slot in range(slots)]


def _sweep(rest: dict[Place, float], effects: dict[K, float], key: Callable[[Place], K]) -> None:
    """Moves the median of what is left into the effect that it shares."""
    shared: dict[K, list[Place]] = defaultdict(list)
    for place in rest:
        shared[key(place)].append(place)
    for of, places in shared.items():
        middle = median(rest[place] for place in places)
        effects[of] += middle
        for place in places:
            rest[place] -= middle


def _filled(seen: Sequence[float | None]) -> list[float]:
    """What no day tells of lies on the line between its neighbours."""
    known = [(slot, value) for slot, value in enumerate(seen) if value is not None]
    around = [(known[-1][0] - len(seen), known[-1][1]), *known, (known[0][0] + len(seen), known[0][1])]
    filled = []
    for slot in range(len(seen)):
        (left, low), (right, high) = next(pair for pair in pairwise(around) if pair[1][0] > slot)
        filled.append(low + (high - low) * (slot - left) / (right - left))
    return filled


def _smoothed(values: Sequence[float]) -> list[float]:
    """The Fourier series of `values` up to HARMONICS waves a day; never below 0."""
    n = len(values)
    angles = [2 * math.pi * slot / n for slot in range(n)]
    waves = [
        (k, fmean(v * math.cos(k * a) for v, a in zip(values, angles, strict=True)),
            fmean(v * math.sin(k * a) for v, a in zip(values, angles, strict=True)))
        for k in range(1, HARMONICS + 1)
    ]  # fmt: skip
    mean = fmean(values)
    return [max(mean + 2 * sum(c * math.cos(k * a) + s * math.sin(k * a) for k, c, s in waves), 0.0) for a in angles]
