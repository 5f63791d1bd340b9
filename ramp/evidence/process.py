"""An e-process: the winnings of many bets against one hypothesis, spread over alternatives and starting minutes."""

import math
from collections.abc import Sequence

# How much of what is not yet at stake joins at the first minute, at the first of a later stage, at any other minute: a
# release is most likely bad from the beginning or where its traffic grows.
_AT_FIRST, _AT_A_STAGE, _AT_ANY = 0.7, 0.3, 0.005
# What an alternative wins beyond this is given away: it would decide nothing, for no bar of a plan is higher than a
# tenth of it, and all of it would have to be lost before a canary that was mended is GREEN.
_LOG_AT_STAKE_MAX = math.log(1e7)


class Process:
    """The winnings of bets, one for each alternative, which are equal or these `parts` of 1. Each may start at any
    minute, so that a regression that begins late is not drowned by the sound minutes before it: one recursion carries
    the mixture over all of them.

    Null hypothesis: that of the bets. Under it the expected winnings stay at most 1 from any minute to the next, so
    `exp(log_e)` reaches 800 with a probability of at most 1/800 (Ville's inequality), whenever one stops. So it does
    where winnings are given away at any time (Shafer, JRSS A 184, 2021): they decline as bets are lost, and are no
    maximum of the past.
    """

    def __init__(self, log_e: float = 0.0, parts: Sequence[float] | None = None) -> None:
        self._parts = parts
        self._at_stake: list[float] | None = None
        self._log_idle = log_e
        self._log_e: float | None = log_e
        self._stage = ""
        self._since: Process | None = None

    def mark(self) -> None:
        """`log_since` counts from the next bet on."""
        self._since = Process(parts=self._parts)

    def unmark(self) -> None:
        """`log_since` counts all bets again."""
        self._since = None

    @property
    def log_since(self) -> float:
        """The log of what bets have won that began at 1 at the mark, where there is one since evidence began: E is that
        of an e-process of its own."""
        return self._since.log_e if self._since else self.log_e

    def begin_anew(self) -> None:
        """Gives away what was won; what was lost stays lost. So E reaches 800 in no more ramps than without, whenever
        that is done: begun at 1 each time, after two times it would in up to three times as many."""
        self._log_idle = self._log_e = min(self.log_e, 0.0)
        self._at_stake = self._since = None

    def bet(self, log_es: Sequence[float], stage: str) -> None:
        """One minute's winnings, in logs, by alternative; `stage` is the one that the minute belongs to."""
        if self._since:
            self._since.bet(log_es, stage)
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
        if (beyond := max(self._at_stake) - _LOG_AT_STAKE_MAX) > 0:
            self._at_stake = [stake - beyond for stake in self._at_stake]

    @property
    def log_e(self) -> float:
        """The natural log of all winnings, what is not at stake included."""
        if self._log_e is None:
            self._log_e = log_add(self._log_at_stake, self._log_idle)
        return self._log_e

    @property
    def _log_at_stake(self) -> float:
        return log_mean(self._at_stake, self._parts) if self._at_stake else -math.inf

    def hand_over(self, others: "Sequence[Process]", part: float) -> None:
        """Makes the mean of `others` what the mean of that and of this was, `part` of which was this. What is at stake
        here goes to their bets in proportion to what each has at stake, so that it is lost as soon as those that won
        most lose."""
        parts = (1 - part, part)
        theirs = [other._log_at_stake for other in others]
        log_times = log_mean([0.0, self._log_at_stake - log_mean(theirs)], parts) if max(theirs) > -math.inf else 0.0
        for other in others:
            other._at_stake = other._at_stake and [stake + log_times for stake in other._at_stake]
            other._log_idle = log_mean([other._log_idle, self._log_idle], parts)
            other._log_e = other._since = None


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
