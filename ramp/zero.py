"""F7: when it is proven that the canary answers no more users."""

from dataclasses import dataclass
from math import log

# A rollback that leaves a tenth of the weight behind is to be told from one that leaves nothing, in 999 of 1,000.
_LEFT_RATIO, _MISSED = 0.1, 0.001


@dataclass(frozen=True)
class AnsweredByControl:
    """Users whom control answered after the order and whom the canary has not answered since: `had` were the canary's
    before, `others` came to the split without a history."""

    had: int
    others: int


def zero_is_proven(was_pct: float, seen: AnsweredByControl) -> bool:
    """Whether so many answers by control alone would come in less than one of 1,000 cases, were a tenth of the weight
    left: each of the canary's users would have stayed with one chance in ten, anybody else with a tenth of the weight
    (the binomial probability of none)."""
    left = _LEFT_RATIO * was_pct / 100
    return seen.had * log(1 - _LEFT_RATIO) + seen.others * log(1 - left) <= log(_MISSED)


def users_needed(was_pct: float) -> tuple[int, int]:
    """How many users that the canary had, or else how many others, prove it by themselves."""
    left = _LEFT_RATIO * was_pct / 100
    others = log(_MISSED) / log(1 - left) if left else float("inf")
    return int(log(_MISSED) / log(1 - _LEFT_RATIO)) + 1, int(others) + 1 if left else 0
