"""Noise that lasts longer than the ramp's own minutes can tell from drift: how control's instances drift apart.

What both slices go through, all instances of control do. Where these part from one another for twenty minutes,
each from its own level of the placebo hour, so may an instance of the canary by itself: the variance of a mean over
few instances is that of one divided by how many they are (Snedecor and Cochran, Statistical Methods, 13.3).
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from statistics import fmean, median
from typing import NamedTuple

# By instance, how many requests took at most each boundary (in seconds), infinite for all of them.
ByInstance = Mapping[str, Mapping[float, float]]


@dataclass(frozen=True, kw_only=True)
class Lasting:
    """How it is learned: over blocks of `block_min`, from at least `least` instances, each counted up to `clip` from
    their middle and no further than the second furthest. What one differs by from minute to minute is taken off
    `minutes` times: so much the rest of a stage's noise allows for. Half is forgotten in `half_life_min`."""

    block_min: int
    least: int
    clip: float
    minutes: float
    half_life_min: float


class _Off(NamedTuple):
    """By how much one instance is off all of them in a minute, in log odds, and what chance explains; by boundary."""

    by: list[float]
    chance: list[float]


class BetweenInstances:
    """Of control's instances, by boundary. `hour` is what each had in the minutes of the placebo hour. `variance` is
    that of the slices' difference in log odds a minute, by boundary, as it adds up over `block_min` minutes.

    Nothing of the canary enters but how its requests are spread over instances: no regression of it is noise. One
    instance of control that is ill by itself counts no more than the next, so that it is no proof.
    """

    def __init__(self, hour: Sequence[ByInstance], bounds: Sequence[float], lasting: Lasting) -> None:
        self._lasting = lasting
        self._decay = 0.5 ** (1 / lasting.half_life_min)
        self._bounds = tuple(bounds)
        offs = [self._offs(minute) for minute in hour]
        self._levels = {name: _mean([off[name] for off in offs if name in off]) for name in _known(hour)}
        self._minutes = deque(offs[-lasting.block_min :], maxlen=lasting.block_min)
        self._spread = [0.0] * len(self._bounds)
        self._within = [0.0] * len(self._bounds)
        self._weight = 0.0
        self.variance = dict.fromkeys(bounds, 0.0)
        self.apart = 1.0  # how many times more than chance explains, at the boundary where it is most

    @property
    def block_min(self) -> int:
        return self._lasting.block_min

    @property
    def known(self) -> frozenset[str]:
        """The instances that had requests in at least half of the hour."""
        return frozenset(self._levels)

    def add(self, control: ByInstance, canary: Mapping[str, float]) -> None:
        """One more minute: of control's instances, and how many requests each of the canary's had."""
        self._minutes.append(self._offs(control))
        names = [name for name in self._levels if all(name in minute for minute in self._minutes)]
        many, many_of_canary = _alike([of[inf] for of in control.values()]), _alike(list(canary.values()))
        self.variance, self.apart = dict.fromkeys(self._bounds, 0.0), 1.0
        if len(names) < self._lasting.least or not many_of_canary or len(self._minutes) < self._lasting.block_min:
            return
        blocks = {name: _mean([minute[name] for minute in self._minutes]) for name in names}
        self._weight = self._weight * self._decay + 1
        times = (1 / many + 1 / many_of_canary) / self._weight
        for at, bound in enumerate(self._bounds):
            self._learn(at, names, blocks)
            lasts = self._lasting.block_min * self._spread[at] - self._lasting.minutes * max(self._within[at], 0.0)
            self.variance[bound] = times * max(lasts, 0.0)

    def _learn(self, at: int, names: Sequence[str], blocks: Mapping[str, _Off]) -> None:
        """What the instances differ by over the block, and from minute to minute within it, beyond chance."""
        clip, minutes = self._lasting.clip, len(self._minutes)
        moved = [blocks[name].by[at] - self._levels[name].by[at] for name in names]
        chance = fmean(blocks[name].chance[at] + self._levels[name].chance[at] for name in names)
        middle = median(moved)
        *_, second, _ = sorted(abs(one - middle) for one in moved)
        most = min(second, clip)
        spread = _variance([min(max(one - middle, -most), most) for one in moved])
        self.apart = max(self.apart, spread / chance)
        self._spread[at] = self._spread[at] * self._decay + spread - chance
        within = fmean(_variance([minute[name].by[at] for minute in self._minutes]) for name in names)
        explained = minutes * fmean(blocks[name].chance[at] for name in names)
        self._within[at] = self._within[at] * self._decay + within - explained

    def _offs(self, minute: ByInstance) -> dict[str, _Off]:
        """By the share that all of them had above each boundary: a straight line through the odds."""
        n = sum(of[inf] for of in minute.values())
        offs = {name: _Off([], []) for name in minute}
        for bound in self._bounds:
            share = (sum(of[inf] - of[bound] for of in minute.values()) + 0.5) / (n + 1)
            odds = share * (1 - share)
            for name, of in minute.items():
                offs[name].by.append(((of[inf] - of[bound]) / of[inf] - share) / odds)
                offs[name].chance.append(1 / (odds * of[inf]))
        return offs


def _known(hour: Sequence[ByInstance]) -> list[str]:
    names = sorted({name for minute in hour for name in minute})
    return [name for name in names if 2 * sum(name in minute for minute in hour) >= len(hour)]


def _mean(offs: Sequence[_Off]) -> _Off:
    n = len(offs)
    columns = (zip(*(off[of] for off in offs), strict=True) for of in (0, 1))
    by, chance = ([sum(column) / n for column in rows] for rows in columns)
    return _Off(by, [one / n for one in chance])


def _variance(values: Sequence[float]) -> float:
    """In floats, which is many times as fast as the library's, and exact enough."""
    mean = sum(values) / len(values)
    return sum([(value - mean) ** 2 for value in values]) / (len(values) - 1)


def _alike(requests: Sequence[float]) -> float:
    """How many instances of equal requests vary as much as these (Kish, Survey Sampling, 8.2)."""
    squares = sum(n * n for n in requests)
    return sum(requests) ** 2 / squares if squares else 0.0
