"""An e-process: the winnings of many bets against one hypothesis, spread over alternatives and starting minutes."""

import math
from collections.abc import Sequence

# How much of what is not yet at stake joins at the first minute, at the first of a later stage, at any other minute: a
# release is most likely bad from the beginning or where its traffic grows.
_AT_FIRST, _AT_A_STAGE, _AT_ANY = 0.7, 0.3, 0.005


class Process:
    """The winnings of equal bets, one for each alternative. Each may start at any minute, so that a regression that
    begins late is not drowned by the sound minutes before it: one recursion carries the mixture over all of them.

    Null hypothesis: that of the bets. Under it the expected winnings stay at most 1 from any minute to the next, so
    `exp(log_e)` reaches 800 with a probability of at most 1/800 (Ville's inequality), whenever one stops.
    """

    def __init__(self) -> None:
        self._at_stake: list[float] | None = None
        self._log_idle = 0.0
        self._log_e: float | None = 0.0
        self._stage = ""

    def bet(self, log_es: Sequence[float], stage: str) -> None:
        """One minute's winnings, in logs, by alternative; `stage` is the one that the minute belongs to."""
        joins = _AT_FIRST if self._at_stake is None else _AT_A_STAGE if stage != self._stage else _AT_ANY
        log_joining = self._log_idle + math.log(joins)
        self._log_idle += math.log1p(-joins)
        self._stage = stage
        self._log_e = None
        if self._at_stake is None:
            self._at_stake = [log_joining + log_e for log_e in log_es]
        else:
            self._at_stake = [
                log_add(stake, log_joining) + log_e for stake, log_e in zip(self._at_stake, log_es, strict=True)
            ]

    @property
    def log_e(self) -> float:
        """The natural log of all winnings, what is not at stake included."""
        if self._log_e is None:
            self._log_e = log_add(log_mean(self._at_stake or [-math.inf]), self._log_idle)
        return self._log_e


def log_stake(is_first: bool, later: int = 0) -> float:
    """The log of what is at stake for a regression that begins at the first stage, or at a later one: the first of
    those, or after `later` more of them."""
    if is_first:
        return math.log(_AT_FIRST)
    return math.log((1 - _AT_FIRST) * _AT_A_STAGE * (1 - _AT_A_STAGE) ** later)


def log_add(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    return a + math.log1p(math.exp(b - a)) if a - b < 40 else a


def log_mean(logs: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """The log of the weighted mean of exp(logs); equal weights by default."""
    top = max(logs)
    if weights is None:
        return top + math.log(sum([math.exp(log - top) for log in logs]) / len(logs))
    return top + math.log(sum([share * math.exp(log - top) for share, log in zip(weights, logs, strict=True)]))
