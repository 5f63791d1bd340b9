"""The smallest regression that a stage can see: found RED by evidence against control in 80 % of such releases.

Under a regression the log of a likelihood ratio that gains G nats a minute is, after m minutes, about normal with mean
G m and variance 2 G m (Wald, Sequential Analysis, 1947, 3.4). It passes a bar b with 80 % power where
G m - z sqrt(2 G m) >= b. The gain of each regression is computed exactly, from the same bets that the judge makes.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from ramp.evidence.bounds import smallest_failing_share
from ramp.evidence.cost_per_user import log_mixture
from ramp.evidence.latency import Baseline, Shape
from ramp.evidence.process import log_stake
from ramp.evidence.share import WORSE, Minute, worse_than_control

POWER_RATIO = 0.8
_Z = 0.8416212335729143  # the normal quantile of the power
_MOST = 64.0  # regressions beyond this many times are not looked for

Dispersed = Callable[[float], float]


class StageTraffic(NamedTuple):
    """What a stage brings in one minute on each slice (requests, or users), and its minutes of evidence."""

    canary: float
    control: float
    minutes: float
    is_first: bool


def worse_share(
    traffic: StageTraffic, share: float, *, margin: float, red_e: float, dispersed: Dispersed
) -> float | None:
    """The smallest share of bad on the canary that is seen, where control's is `share`; None where none is.

    `margin` is the ratio to control's share that counts as no worse, `dispersed` the dispersion by information.
    """
    bar = math.log(red_e * len(WORSE)) - log_stake(traffic.is_first)

    def gain(times: float) -> float:
        return _share_gain(traffic, share, min(times * share, 1.0), margin, dispersed)

    times = _smallest(gain, traffic.minutes, bar, _MOST)
    return None if times is None else min(times * share, 1.0)


def _share_gain(traffic: StageTraffic, share: float, canary_share: float, margin: float, dispersed: Dispersed) -> float:
    """Nats a minute of the best bet."""
    expected = Minute(traffic.canary * canary_share, traffic.canary, traffic.control * share, traffic.control)
    return max(worse_than_control(expected, share, margin)) / dispersed(expected.information)


def slower(
    traffic: StageTraffic,
    baseline: Baseline,
    *,
    bounds_s: Sequence[float],
    slower_ratio: float,
    red_e: float,
    dispersed: Callable[[float, float], float],
) -> float | None:
    """The smallest ratio by which every request of the canary is slower that is seen: 0.09 for P95 +9 %.

    `slower_ratio` is the margin, `dispersed` the dispersion by boundary and information.
    """
    bounds_s = [bound_s for bound_s in bounds_s if baseline.tells(bound_s)]
    if not bounds_s:
        return None
    shape = Shape(baseline, bounds_s)
    stake = log_stake(traffic.is_first)
    by_bound, by_shape = math.log(2 * len(bounds_s) * len(WORSE)), math.log(2 * len(shape.ratios))

    def gain_at(bound_s: float, by: float) -> float:
        share, slow = baseline.tail(bound_s), baseline.tail(bound_s / (1 + by))
        margin = baseline.margin(bound_s, slower_ratio) if slower_ratio else 1.0
        return _share_gain(traffic, share, slow, margin, lambda information: dispersed(bound_s, information))

    def seen_by(gain: Callable[[float], float], cost: float) -> float | None:
        return _smallest(lambda times: gain(times - 1), traffic.minutes, math.log(red_e) + cost - stake, 4.0)

    found = [seen_by(partial(gain_at, bound_s), by_bound) for bound_s in bounds_s]
    if not slower_ratio:
        worst = max(dispersed(bound_s, 0.0) for bound_s in bounds_s)
        found.append(seen_by(lambda by: shape.expected(by, traffic.canary, traffic.control) / worst, by_shape))
    times = [each for each in found if each is not None]
    return min(times) - 1 if times else None


def dearer(traffic: StageTraffic, mean_usd: float, variance_usd2: float, *, noise: float, red_e: float) -> float | None:
    """The smallest ratio by which a user of the canary costs more that is seen; `noise` as CostEvidence learned it."""
    if mean_usd <= 0 or variance_usd2 <= 0:
        return None
    weight = traffic.canary * traffic.control / (traffic.canary + traffic.control)
    v = weight / (1 + noise * weight) * traffic.minutes

    def seen(by: float) -> bool:
        deviation = by * mean_usd * v / math.sqrt(variance_usd2) - _Z * math.sqrt(v)
        return log_mixture(v, deviation) >= math.log(red_e) - log_stake(traffic.is_first)

    return _bisect(seen, 0.0, _MOST)


def failing_payments(n: int, limit_ratio: float) -> float:
    """The smallest share of failing payments of which `n` payments break the limit with 80 % power."""
    return smallest_failing_share(math.floor((1 - limit_ratio) * n + 1e-9) + 1, n, POWER_RATIO)


def _smallest(gain: Callable[[float], float], minutes: float, bar: float, most: float) -> float | None:
    def seen(times: float) -> bool:
        nats = gain(times) * minutes
        return nats > 0 and nats - _Z * math.sqrt(2 * nats) >= bar

    return _bisect(seen, 1.0, most)


def _bisect(seen: Callable[[float], bool], low: float, high: float) -> float | None:
    if not seen(high):
        return None
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if seen(middle) else (middle, high)
    return high
