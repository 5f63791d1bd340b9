"""Whether the traffic's share was seen to follow a weight that was just set."""

from math import log
from typing import Literal

_SURE = log(1000)
# No share is so small, or so large, that one answer of a request that was on its way could decide it.
_LEAST = 0.001


def follows(canary: int, control: int, *, was_pct: float, is_pct: float) -> Literal["yes", "no", "not yet"]:
    """Of new users at the split `canary` and `control` were answered by each slice. "yes" where the weight that was set
    explains that 1,000 times better than the one before, "no" where it is the other way round (Wald's sequential
    probability ratio test, Annals of Mathematical Statistics 16, 1945)."""
    was, now = (min(max(pct / 100, _LEAST), 1 - _LEAST) for pct in (was_pct, is_pct))
    ratio = canary * log(now / was) + control * log((1 - now) / (1 - was))
    return "yes" if ratio >= _SURE else "no" if ratio <= -_SURE else "not yet"
