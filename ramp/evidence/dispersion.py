"""How much more two equal slices differ than independent requests would, as the placebo hour showed.

Requests come in groups (a client retries, a page asks twice) and each slice has noise of its own (a busy host). Taken
for independent they would condemn a healthy release: in simulated ramps with both, 70 % of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from statistics import fmean, median
from typing import NamedTuple

_LAG_MIN = 5  # noise that lasts some minutes shows in differences over longer ones only
_CAP = 5.0  # a burst that hits both slices is no difference between them: squares count to 5 medians at most
_CAPPED_MEAN = 0.9549  # of a chi-square of 1 degree of freedom, capped at 5
_CHI2_MEDIAN = 0.4549
_OVER = 1.4  # noise that lasts adds up over the minutes, more than each minute shows
_CAUTION = 0.1  # standard errors by which the thin slice's dispersion is taken to be higher than it looked
_THIN = 2.0  # so many times less information than control by itself is thin
_CLUSTERED = 1.8  # how fast the placebo's own dispersion becomes unreliable with the clustering of its events


class Minute(NamedTuple):
    """Bad and all of both slices in one minute."""

    bad: float
    n: float
    control_bad: float
    control_n: float

    @property
    def information(self) -> float:
        """The variance of the canary's bad count, given those of both slices, were the slices equal: how finely this
        minute tells them apart. From the control's share alone, so that a bad canary does not blur itself."""
        return self.n / (self.n + self.control_n) * self.control_information

    @property
    def control_information(self) -> float:
        """The variance of control's bad count, by itself."""
        share = (self.control_bad + 0.5) / (self.control_n + 1)
        return self.control_n * share * (1 - share)


@dataclass(frozen=True)
class Dispersion:
    """The factor by which the variance between equal slices exceeds independence, by a minute's information: `least`
    (never below 1) where events come in groups, growing by `slope` where a slice's own noise shifts its rate; at least
    what the slices' `own` variance makes it that the ramp has shown since."""

    least: float
    slope: float
    information: float
    own: float = 0.0

    def at(self, information: float) -> float:
        return max(self.in_hour(information), 1.0 + self.own * information)

    def with_own(self, own: float) -> "Dispersion":
        return Dispersion(self.least, self.slope, self.information, own)

    def in_hour(self, information: float) -> float:
        """As the placebo hour showed it."""
        return max(1.0, self.least + _OVER * self.slope * (information - self.information))

    @classmethod
    def of(cls, placebo: Sequence[Minute]) -> "Dispersion":
        """From an hour in which a share of control played the canary.

        Two measures, each at its own information v: Pearson's X2 per degree of freedom of the placebo slice against
        the rest (thin, v small), and control's own change of log odds over 5 minutes (v large; capped squares, so that
        bursts that hit everybody count little). The line through both gives every stage's factor (a group effect and
        an extra-binomial one: McCullagh and Nelder, Generalized Linear Models, 4.5). The first is drawn to the second
        as far as the few events of a thin slice leave it uncertain. Where the placebo slice is no thin one there is no
        such line, for both are of about one information: the second counts for every stage.
        """
        informations = [minute.information for minute in placebo]
        thin, wide = fmean(informations), fmean(minute.control_information for minute in placebo) / 2
        group = max(1.0, _own_dispersion(placebo) * 2 * wide)
        if wide < _THIN * thin:
            return cls(least=group, slope=0.0, information=thin)
        pearson = fmean(_pearson(minute) for minute in placebo)
        doubt = (2 * max(pearson, 1.0) ** 2 + group**_CLUSTERED / max(thin, 1e-9)) / len(placebo)
        trusted = (group - 1) ** 2 / ((group - 1) ** 2 + doubt)
        least = trusted * (pearson + _CAUTION * doubt**0.5) + (1 - trusted) * group
        least = min(max(least, 1.0), group)
        return cls(least=least, slope=(group - least) / (wide - thin), information=thin)


def _own_dispersion(placebo: Sequence[Minute]) -> float:
    """The variance of control's log odds, from capped squares of its changes over the lag."""
    odds = [log((m.control_bad + 0.5) / (m.control_n - m.control_bad + 0.5)) for m in placebo]
    squares = [(after - before) ** 2 / 2 for before, after in zip(odds, odds[_LAG_MIN:], strict=False)]
    cap = _CAP * median(squares) / _CHI2_MEDIAN
    return fmean(min(square, cap) for square in squares) / _CAPPED_MEAN


def _pearson(minute: Minute) -> float:
    """X2 of one minute's two slices, given both margins: 1 on average under independence."""
    bad, n = minute.bad + minute.control_bad, minute.n + minute.control_n
    share = minute.n / n
    variance = bad * share * (1 - share) * (n - bad) / max(n - 1, 1)
    return (minute.bad - bad * share) ** 2 / variance if variance > 0 else 0.0
