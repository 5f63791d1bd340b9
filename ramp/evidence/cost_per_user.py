"""Evidence on the mean cost of a user: higher than control's, and higher by more than a limit allows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, median
from typing import NamedTuple

from ramp.evidence.own_noise import Learning, OwnNoise
from ramp.evidence.process import log_add, log_mean, log_stake

# The mixture's widths, in users: sensitive from hundreds of users on, and again from thousands.
_WIDTHS_USERS = (600.0, 6000.0)
_LAG_MIN, _CHI2_MEDIAN = 3, 0.4549
_LEAST_USD = 1e-9  # of a user who costs nothing, for its log


class Spending(NamedTuple):
    """The users of one slice in one minute, the sum of what each cost and of its square."""

    users: float
    usd: float
    usd_squared: float

    @property
    def mean_and_variance(self) -> tuple[float, float]:
        """Of one user's cost, in usd and usd squared."""
        mean = self.usd / self.users
        return mean, self.usd_squared / self.users - mean * mean


class CostEvidence:
    """What the minutes say of cost per user.

    Null hypotheses: the canary's mean is at most control's; it is at most `1 + over_ratio` times control's, for which
    the canary's costs are divided by that. Each is tested minute by minute (never pooled over stages: a mix of users
    that drifts while the share grows would look like a difference). The minutes' differences, weighted by the users
    behind them, add up to a sum Z of variance V; the one-sided normal mixture of (Robbins, Annals of Mathematical
    Statistics 41, 1970; Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49, 2021) gives its evidence at any
    time. A sum begins at T-0 and another at each later stage, sharing the stake, so that what was sound before does not
    drown what begins there. Asymptotic in the users of a minute.

    `placebo` gives both slices of each minute of the placebo hour; control's own change over 3 minutes beyond what its
    users explain is taken for noise of a slice, and what the ramp has shown since where that is more.
    """

    def __init__(self, placebo: Sequence[tuple[Spending, Spending]], *, over_ratio: float, learning: Learning) -> None:
        control = [spent for _, spent in placebo if spent.users > 1]
        users, usd, squared = (sum(column) for column in zip(*control, strict=True))
        self._control = Spending(users, usd, squared)
        means = [spent.usd / spent.users for spent in control]
        squares = [(after - before) ** 2 / 2 for before, after in zip(means, means[_LAG_MIN:], strict=False)]
        seen = median(squares) / _CHI2_MEDIAN if squares else 0.0
        explained = self.variance / fmean(spent.users for spent in control)
        self._noise_in_hour = 2 * max(seen - explained, 0.0) / self.variance if self.variance else 0.0
        self._own = OwnNoise(learning)
        for mean in filter(None, means):
            self._own.before(math.log(mean))
        self._worse, self._over = _Sums(1.0), _Sums(1 + over_ratio)

    def add(self, canary: Spending, control: Spending, stage: str) -> None:
        """One more minute of both slices, in `stage`."""
        self._control = Spending(*(so_far + now for so_far, now in zip(self._control, control, strict=True)))
        if canary.users > 1 and control.users > 1:
            weight = canary.users * control.users / (canary.users + control.users)
            weight /= 1 + self.noise * weight  # as it was known before this minute
            for sums in (self._worse, self._over):
                sums.add(weight, canary.usd / canary.users / sums.times - control.usd / control.users, stage)
            self._learn(canary, control, stage)

    def _learn(self, canary: Spending, control: Spending, stage: str) -> None:
        mean = control.usd / control.users
        if mean <= 0 or not self.variance:
            return
        by_user, log_mean = self.variance / mean**2, math.log(mean)
        apart = math.log(max(canary.usd / canary.users, _LEAST_USD)) - log_mean
        self._own.add(log_mean, apart, by_user / control.users, by_user / canary.users + by_user / control.users, stage)

    @property
    def noise(self) -> float:
        """Of the difference of two slices' means, beyond what their users explain, in times of one user's variance."""
        users, usd, _ = self._control
        own = self._own.variance * (usd / users) ** 2 / self.variance if self.variance else 0.0
        return max(self._noise_in_hour, own)

    @property
    def noises(self) -> tuple[float, float]:
        """The placebo hour's, and the one in use."""
        return self._noise_in_hour, self.noise

    def forget_noise(self) -> None:
        """See `OwnNoise.forget`."""
        self._own.forget()

    def begin_anew(self) -> None:
        """Sums begin anew and what was won is given away; what was lost stays lost (see `Process.begin_anew`)."""
        for sums in (self._worse, self._over):
            sums.begin_anew(self.variance)

    @property
    def variance(self) -> float:
        """Of one user's cost, in usd squared."""
        users, usd, squared = self._control
        return max(squared / users - (usd / users) ** 2, 0.0)

    @property
    def log_worse(self) -> float:
        """log E against "a user of the canary costs no more than one of control"."""
        return self._worse.log_e(self.variance)

    @property
    def log_over(self) -> float:
        """log E against "a user of the canary costs at most `1 + over_ratio` times one of control"."""
        return self._over.log_e(self.variance)

    def is_over(self, confidence_ratio: float) -> bool:
        """Whether the ramp to date costs more than `1 + over_ratio` times control's by its one-sided lower bound: a
        fixed-sample bound, for one look."""
        return self._over.deviation(self.variance) > NormalDist().inv_cdf(confidence_ratio)


@dataclass
class _Sum:
    """The weighted differences since a beginning, and their variance in users."""

    log_stake: float
    z: float = 0.0
    v: float = 0.0


class _Sums:
    """Sums since T-0, or since they began anew, and since each later stage, of what the canary costs over `times`."""

    def __init__(self, times: float) -> None:
        self.times = times
        self._stage = ""
        self._started: list[_Sum] = []
        self._log_left = 0.0

    def add(self, weight: float, difference_usd: float, stage: str) -> None:
        if stage != self._stage:
            self._stage = stage
            self._started.append(_Sum(log_stake(is_first=not self._started, later=len(self._started) - 1)))
        for started in self._started:
            started.z += weight * difference_usd
            started.v += weight

    def begin_anew(self, variance: float) -> None:
        self._log_left = min(self.log_e(variance), 0.0)
        self._stage, self._started = "", []

    def deviation(self, variance: float) -> float:
        """The sum since T-0 in its own standard deviations; 0 where nothing can be told yet."""
        since_t0 = self._started[0] if self._started else _Sum(0.0)
        return since_t0.z / math.sqrt(variance * since_t0.v) if variance * since_t0.v else 0.0

    def log_e(self, variance: float) -> float:
        """What was left when they began anew, 0 at first, where nothing can be told yet."""
        if not self._started or not variance:
            return self._log_left
        spread = math.sqrt(variance)
        log_e = math.log1p(-sum(math.exp(started.log_stake) for started in self._started))  # not at stake yet
        for started in self._started:
            log_e = log_add(log_e, started.log_stake + log_mixture(started.v, started.z / spread))
        return self._log_left + log_e


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
