"""Noise of each slice's own that the placebo hour did not show: learned in the ramp, from how control moves and from
whether the canary moves with it.

What control alone does may concern both slices, such as a burst of traffic, and would then hide a regression. What the
two differ by may be the regression itself. So it is control's variance that counts, and of it the share in which the
canary stayed behind while control was up. A canary that is worse stays behind less: a regression never raises it.
"""

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field

_CHI2_MEDIAN = 0.4549
_LASTING = 4.0  # noise that lasts adds up to about so many times what it changes from one minute to the next
_ENOUGH = 2.0  # a half that is its own is taken for all: a few minutes tell no finer
_MEDIAN_OF_LEAST = 4


@dataclass(frozen=True, kw_only=True)
class Learning:
    """How noise is learned. `blocks_min` are the lengths of the blocks of minutes whose means are compared; `clip` is
    how far from its median of `level_min` minutes control's value counts; squares count to `square_max` times what
    their median is; `presumed` is how much information presumes from the second stage on that noise is a slice's own;
    half of all is forgotten in `half_life_min`."""

    blocks_min: tuple[int, ...]
    clip: float
    level_min: int
    square_max: float
    presumed: float
    half_life_min: float


class OwnNoise:
    """Of two slices, in variance of their difference a minute beyond what sampling explains.

    Values are logs (of odds, of a mean), so that a factor on both slices is no difference. The variance of blocks of m
    minutes is m (later mean - earlier mean)^2 / 2 (Allan, Proceedings of the IEEE 54, 1966; blocks for correlated
    noise: Flyvbjerg and Petersen, Journal of Chemical Physics 91, 1989).
    """

    def __init__(self, learning: Learning) -> None:
        self._learning = learning
        self._decay = 0.5 ** (1 / learning.half_life_min)
        self._levels: deque[float] = deque()
        self._sorted_levels: list[float] = []
        self._stage = ""
        self._stages = 0
        self._begin()

    def _begin(self) -> None:
        self._sums = deque([0.0], maxlen=2 * max(self._learning.blocks_min) + 1)  # of all values until then
        self._blocks = [_Block(minutes) for minutes in self._learning.blocks_min]
        self._behind = self._up = 0.0
        self.variance = 0.0

    def forget(self) -> None:
        """What was learned counts no more: minutes are missing that may have shown something else."""
        self._begin()
        self._stage, self._stages = "", 0

    def before(self, control: float) -> None:
        """One minute of the placebo hour: the level that control's value comes from."""
        self._remember(control)

    def add(self, control: float, apart: float, control_variance: float, variance: float, stage: str) -> None:
        """One more minute of the ramp: control's value, the canary's less control's, and the variance by sampling of
        both, which must not be the canary's own."""
        if stage != self._stage:
            self._stage, self._stages = stage, self._stages + 1
        learning, level = self._learning, self._level(control)
        self._remember(control)
        control = min(max(control, level - learning.clip), level + learning.clip)
        self._sums.append(self._sums[-1] + control)
        for block in self._blocks:
            block.add(self._sums, control_variance, self._decay, learning)
        up = max(control - level, 0.0)
        weight = up / (variance + _LASTING * 2 * max(self._blocks[0].variance, 0.0))
        self._behind = self._behind * self._decay - weight * apart
        self._up = self._up * self._decay + weight * up
        most = max(2 * block.variance for block in self._blocks)
        self.variance = most * self._own_share if most > 0 else 0.0

    @property
    def _own_share(self) -> float:
        """Of control's variance: 1 where the canary stayed behind in at least half of what control went up."""
        presumed = self._learning.presumed
        behind = self._behind + (presumed if self._stages > 1 else 0.0)
        return min(max(_ENOUGH * behind / (self._up + presumed), 0.0), 1.0)

    def _remember(self, control: float) -> None:
        self._levels.append(control)
        insort(self._sorted_levels, control)
        if len(self._levels) > self._learning.level_min:
            gone = self._levels.popleft()
            del self._sorted_levels[bisect_left(self._sorted_levels, gone)]

    def _level(self, control: float) -> float:
        return _median(self._sorted_levels) if self._sorted_levels else control


@dataclass
class _Block:
    """The variance of blocks of so many minutes, beyond what sampling explains."""

    minutes: int
    total: float = 0.0
    weight: float = 0.0
    squares: deque[float] = field(default_factory=deque)
    rising: list[float] = field(default_factory=list)

    def add(self, sums: deque[float], explained: float, decay: float, learning: Learning) -> None:
        """`sums` are those of all values until each minute."""
        self.total *= decay
        self.weight *= decay
        m, squares, rising = self.minutes, self.squares, self.rising
        if len(sums) <= 2 * m:
            return
        square = (sums[-1] - 2 * sums[-1 - m] + sums[-1 - 2 * m]) ** 2 / (2 * m)
        squares.append(square)
        insort(rising, square)
        if len(squares) > learning.level_min:
            del rising[bisect_left(rising, squares.popleft())]
        if len(squares) >= _MEDIAN_OF_LEAST:
            square = min(square, learning.square_max * _median(rising) / _CHI2_MEDIAN)
        self.total += square - explained
        self.weight += 1

    @property
    def variance(self) -> float:
        return self.total / self.weight if self.weight else 0.0


def _median(rising: list[float]) -> float:
    half = len(rising) // 2
    return rising[half] if len(rising) % 2 else (rising[half - 1] + rising[half]) / 2
