"""The smallest regression that a stage can see: found RED by evidence against control in 80 % of such releases.

Under a regression the log of a likelihood ratio that gains G nats a minute is, after m minutes, about normal with mean
G m and variance 2 G m (Wald, Sequential Analysis, 1947, 3.4). It passes a bar b with 80 % power where
G m - z sqrt(2 G m) >= b. The gain of each regression is computed exactly, from the same bets that the judge makes.
"""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from ramp.evidence.bounds import smallest_failing_share
from ramp.evidence.cost_per_user import log_mixture
from ramp.evidence.dispersion import Dispersion
from ramp.evidence.latency import ON_SHAPE
from ramp.evidence.process import log_stake
from ramp.evidence.shape import PARTS, Baseline, Shape
from ramp.evidence.share import WORSE, Minute, worse_than_control

POWER_RATIO = 0.8
_Z = 0.8416212335729143  # the normal quantile of the power
_MOST = 64.0  # regressions beyond this many times are not looked for

Dispersed = Callable[[float], float]
Seen = Callable[[float], bool]


class StageTraffic(NamedTuple):
    """What a stage brings in one minute on each slice (requests, or users), and its minutes of evidence."""

    canary: float
    control: float
    minutes: float
    is_first: bool

    def minute(self, share: float, canary_share: float) -> Minute:
        """What is expected in it where these shares are bad."""
        return Minute(self.canary * canary_share, self.canary, self.control * share, self.control)


def worse_share(
    traffic: StageTraffic, share: float, *, margin: float, red_e: float, dispersed: Dispersed
) -> float | None:
    """The smallest share of bad on the canary that is seen, where control's is `share`; None where none is.

    `margin` is the ratio to control's share that counts as no worse, `dispersed` the dispersion by information.
    """
    seen = share_seen(traffic, share, margin=margin, red_e=red_e, dispersed=dispersed)
    times = _bisect(lambda times: seen(min(times * share, 1.0)), 1.0, _MOST)
    return None if times is None else min(times * share, 1.0)


def share_seen(traffic: StageTraffic, share: float, *, margin: float, red_e: float, dispersed: Dispersed) -> Seen:
    """Whether a share of bad on the canary is seen."""
    bar = math.log(red_e * len(WORSE)) - log_stake(traffic.is_first)
    return lambda worse: _passes(bar, traffic.minutes * _share_gain(traffic, share, worse, margin, dispersed))


def _share_gain(traffic: StageTraffic, share: float, canary_share: float, margin: float, dispersed: Dispersed) -> float:
    """Nats a minute of the best bet."""
    expected = traffic.minute(share, canary_share)
    return max(worse_than_control(expected, share, margin)) / dispersed(expected.information)


def slower(
    traffic: StageTraffic,
    baseline: Baseline,
    *,
    slower_ratio: float,
    red_e: float,
    dispersions: Mapping[float, Dispersion],
) -> float | None:
    """The smallest ratio by which every request of the canary is slower that is seen: 0.09 for P95 +9 %.

    `slower_ratio` is the margin, `dispersions` are by boundary.
    """
    ways = slower_seen(traffic, baseline, slower_ratio=slower_ratio, red_e=red_e, dispersions=dispersions)
    found = [_bisect(partial(_times_as_slow, seen), 1.0, 4.0) for seen in ways]
    times = [each for each in found if each is not None]
    return min(times) - 1 if times else None


def _times_as_slow(seen: Seen, times: float) -> bool:
    return seen(times - 1)


def slower_seen(
    traffic: StageTraffic,
    baseline: Baseline,
    *,
    slower_ratio: float,
    red_e: float,
    dispersions: Mapping[float, Dispersion],
) -> list[Seen]:
    """The ways in which a canary that is slower by some ratio is seen: at each boundary, and by the whole shape."""
    bounds_s = [bound_s for bound_s in dispersions if baseline.tells(bound_s)]
    if not bounds_s:
        return []
    stake = log_stake(traffic.is_first)
    by_bound = math.log(len(bounds_s) * len(WORSE)) - (0.0 if slower_ratio else math.log(1 - ON_SHAPE))

    def gain_at(bound_s: float, by: float) -> float:
        share, slow = baseline.tail(bound_s), baseline.tail(bound_s / (1 + by))
        margin = baseline.margin(bound_s, slower_ratio) if slower_ratio else 1.0
        return _share_gain(traffic, share, slow, margin, dispersions[bound_s].at)

    def seen_by(gain: Callable[[float], float], cost: float) -> Seen:
        return lambda by: _passes(math.log(red_e) + cost - stake, traffic.minutes * gain(by))

    ways = [seen_by(partial(gain_at, bound_s), by_bound) for bound_s in bounds_s]
    if not slower_ratio:
        shape = Shape(baseline, bounds_s)
        worst = max(_dispersion(dispersions[bound_s], traffic, baseline.tail(bound_s)) for bound_s in bounds_s)

        def gain_by(alternative: int, by: float) -> float:
            return shape.expected(by, traffic.canary, traffic.control)[alternative] / worst

        ways += [seen_by(partial(gain_by, i), -math.log(part * ON_SHAPE)) for i, part in enumerate(PARTS)]
    return ways


def _dispersion(of: Dispersion, traffic: StageTraffic, share: float) -> float:
    return of.at(traffic.minute(share, share).information)


def dearer(traffic: StageTraffic, mean_usd: float, variance_usd2: float, *, noise: float, red_e: float) -> float | None:
    """The smallest ratio by which a user of the canary costs more that is seen; `noise` as CostEvidence learned it."""
    if mean_usd <= 0 or variance_usd2 <= 0:
        return None
    return _bisect(dearer_seen(traffic, mean_usd, variance_usd2, noise=noise, red_e=red_e), 0.0, _MOST)


def dearer_seen(traffic: StageTraffic, mean_usd: float, variance_usd2: float, *, noise: float, red_e: float) -> Seen:
    """Whether users who are dearer by some ratio are seen. The variance is above 0."""
    weight = traffic.canary * traffic.control / (traffic.canary + traffic.control)
    v = weight / (1 + noise * weight) * traffic.minutes

    def seen(by: float) -> bool:
        deviation = by * mean_usd * v / math.sqrt(variance_usd2) - _Z * math.sqrt(v)
        return log_mixture(v, deviation) >= math.log(red_e) - log_stake(traffic.is_first)

    return seen


def failing_payments(n: int, limit_ratio: float) -> float:
    """The smallest share of failing payments of which `n` payments break the limit with 80 % power."""
    return smallest_failing_share(math.floor((1 - limit_ratio) * n + 1e-9) + 1, n, POWER_RATIO)


def _passes(bar: float, nats: float) -> bool:
    return nats > 0 and nats - _Z * math.sqrt(2 * nats) >= bar


def _bisect(seen: Seen, low: float, high: float) -> float | None:
    if not seen(high):
        return None
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if seen(middle) else (middle, high)
    return high
