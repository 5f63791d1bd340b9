"""Evidence on the mean cost of a user: higher than control's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import NamedTuple

from ramp.evidence.process import log_add, log_mean, log_stake

# The mixture's widths, in users: sensitive from hundreds of users on, and again from thousands.
_WIDTHS_USERS = (600.0, 6000.0)
_LAG_MIN, _CHI2_MEDIAN = 3, 0.4549


class Spending(NamedTuple):
    """The users of one slice in one minute, the sum of what each cost and of its square."""

    users: float
    usd: float
    usd_squared: float


class CostEvidence:
    """What the minutes say of cost per user.

    Null hypothesis: the canary's mean is at most control's, minute by minute (never pooled over stages: a mix of users
    that drifts while the share grows would look like a difference). The minutes' differences, weighted by the users
    behind them, add up to a sum Z of variance V; the one-sided normal mixture of (Robbins, Annals of Mathematical
    Statistics 41, 1970; Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49, 2021) gives its evidence at any
    time. A sum begins at T-0 and another at each later stage, sharing the stake, so that what was sound before does not
    drown what begins there. Asymptotic in the users of a minute.

    `placebo` gives both slices of each minute of the placebo hour; control's own change over 3 minutes beyond what its
    users explain is taken for noise of a slice.
    """

    def __init__(self, placebo: Sequence[tuple[Spending, Spending]]) -> None:
        control = [spent for _, spent in placebo if spent.users > 1]
        users, usd, squared = (sum(column) for column in zip(*control, strict=True))
        self._control = Spending(users, usd, squared)
        means = [spent.usd / spent.users for spent in control]
        squares = [(after - before) ** 2 / 2 for before, after in zip(means, means[_LAG_MIN:], strict=False)]
        seen = median(squares) / _CHI2_MEDIAN if squares else 0.0
        explained = self._variance / fmean(spent.users for spent in control)
        self.noise = 2 * max(seen - explained, 0.0) / self._variance if self._variance else 0.0
        self._stage = ""
        self._sums: list[_Sum] = []

    def add(self, canary: Spending, control: Spending, stage: str) -> None:
        """One more minute of both slices, in `stage`."""
        if stage != self._stage:
            self._stage = stage
            self._sums.append(_Sum(log_stake(is_first=not self._sums, later=len(self._sums) - 1)))
        self._control = Spending(*(so_far + now for so_far, now in zip(self._control, control, strict=True)))
        if canary.users > 1 and control.users > 1:
            weight = canary.users * control.users / (canary.users + control.users)
            dispersion = 1 + self.noise * weight
            for started in self._sums:
                started.z += weight / dispersion * (canary.usd / canary.users - control.usd / control.users)
                started.v += weight / dispersion

    @property
    def _variance(self) -> float:
        """Of one user's cost, in usd squared."""
        users, usd, squared = self._control
        return max(squared / users - (usd / users) ** 2, 0.0)

    @property
    def log_worse(self) -> float:
        """log E against "a user of the canary costs no more than one of control"."""
        if not self._sums or not self._sums[0].v or not self._variance:
            return 0.0
        spread = math.sqrt(self._variance)
        log_e = math.log1p(-sum(math.exp(started.log_stake) for started in self._sums))  # what is not at stake yet
        for started in self._sums:
            log_e = log_add(log_e, started.log_stake + log_mixture(started.v, started.z / spread))
        return log_e


@dataclass
class _Sum:
    """The weighted differences since a beginning, and their variance in users."""

    log_stake: float
    z: float = 0.0
    v: float = 0.0


def log_mixture(v: float, deviation: float) -> float:
    """The log of the one-sided normal mixture, of a sum `deviation` whose variance is `v`."""
    return log_mean([_log_normal_mixture(v, deviation, width) for width in _WIDTHS_USERS])


def _log_normal_mixture(v: float, deviation: float, width: float) -> float:
    spread = v + width
    return (
        math.log(2)
        - 0.5 * math.log1p(v / width)
        + deviation**2 / (2 * spread)
        + _log_normal_cdf(deviation / math.sqrt(spread))
    )


def _log_normal_cdf(x: float) -> float:
    if x > -30:
        return math.log(0.5 * math.erfc(-x / math.sqrt(2)))
    return -x * x / 2 - math.log(-x * math.sqrt(2 * math.pi))  # its tail (NIST DLMF 7.12.1)
