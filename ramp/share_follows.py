"""Whether the traffic's share was seen to follow a weight that was just set."""

from math import lgamma, log
from typing import Literal

_SURE = log(1000)
# No share is so small, or so large, that one answer of a request that was on its way could decide it.
_LEAST = 0.001


def follows(canary: int, control: int, *, was_pct: float, is_pct: float) -> Literal["yes", "no", "not yet"]:
    """Of new users at the split `canary` and `control` were answered by each slice. "yes" where the weight that was set
    explains that 1,000 times better than the one before, "no" where it is the other way round (Wald's sequential
    probability ratio test, Annals of Mathematical Statistics 16, 1945), and also where some other share explains it
    1,000 times better than the weight that was set: a tool that gives the canary everybody does not follow 1 %."""
    was, now = (min(max(pct / 100, _LEAST), 1 - _LEAST) for pct in (was_pct, is_pct))
    before, after = (canary * log(share) + control * log(1 - share) for share in (was, now))
    if after - before <= -_SURE or _of_any_share(canary, control) - after >= _SURE:
        return "no"
    return "yes" if after - before >= _SURE else "not yet"


def _of_any_share(canary: int, control: int) -> float:
    """The log likelihood where nothing is known of the share (Jeffreys' prior). Over that of the true share it is a
    martingale, so that 1,000 times as much is seen of a true one in at most 1 of 1,000 cases, whenever it is asked."""
    return _log_beta(canary + 0.5, control + 0.5) - _log_beta(0.5, 0.5)


def _log_beta(one: float, other: float) -> float:
    return lgamma(one) + lgamma(other) - lgamma(one + other)
