"""Bounds of a share that are exact at one scheduled look, and the proof that a cost is in bounds."""

import math
from statistics import NormalDist

from ramp.verdict import Grade

# Of cost sums over a window: how far users under way blur them, and the least spread between users that is believed.
_BLUR_RATIO, _SPREAD_RATIO_MIN = 0.05, 0.1


def upper_bound(k: int, n: int, confidence_ratio: float) -> float:
    """The one-sided Clopper-Pearson upper bound of a share, from `k` of `n`.

    The largest p with P(X <= k | n, p) >= 1 - confidence (Clopper and Pearson, Biometrika 26, 1934): the
    `confidence` quantile of Beta(k + 1, n - k). 1.0 when k = n.
    """
    _must_be_counts(k, n)
    return 1.0 if k == n else _beta_quantile(confidence_ratio, k + 1, n - k)


def lower_bound(k: int, n: int, confidence_ratio: float) -> float:
    """The one-sided Clopper-Pearson lower bound: the `1 - confidence` quantile of Beta(k, n - k + 1); 0.0 at k = 0."""
    _must_be_counts(k, n)
    return 0.0 if k == 0 else _beta_quantile(1 - confidence_ratio, k, n - k + 1)


def interval(k: int, n: int, confidence_ratio: float) -> tuple[float, float]:
    """The two-sided Clopper-Pearson interval of a share, half of the doubt on each side."""
    one_sided = 1 - (1 - confidence_ratio) / 2
    return lower_bound(k, n, one_sided), upper_bound(k, n, one_sided)


def wilson(k: int, n: int, confidence_ratio: float) -> tuple[float, float]:
    """The two-sided Wilson score interval of a share (Wilson, JASA 22, 1927): close to nominal on average where
    Clopper-Pearson is never below it. Shown for comparison; no verdict rests on it."""
    _must_be_counts(k, n)
    z = _normal_quantile(1 - (1 - confidence_ratio) / 2)
    p, spread = k / n, 1 + z * z / n
    centre = (p + z * z / (2 * n)) / spread
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / spread
    return (0.0 if k == 0 else centre - half), (1.0 if k == n else centre + half)


def proven_at_most(k: int, n: int, limit_ratio: float, confidence_ratio: float) -> bool:
    """Whether the one-sided Clopper-Pearson upper bound is at most the limit, without computing the bound: it is where
    P(X <= k | n, limit) <= 1 - confidence. No trials prove that a share is 0."""
    _must_be_counts(k, n)
    return k < n and limit_ratio > 0 and _beta_cdf(limit_ratio, k + 1, n - k) >= confidence_ratio


def smallest_failing_share(k: int, n: int, power_ratio: float) -> float:
    """The smallest p with P(X >= k | n, p) >= power: the `power` quantile of Beta(k, n - k + 1)."""
    return _beta_quantile(power_ratio, k, n - k + 1)


def smallest_n(limit_ratio: float, confidence_ratio: float) -> int:
    """The fewest trials from which a share can be proven to be at most `limit_ratio`, above 0 and below 1: with none
    bad, (1 - limit)^n <= 1 - confidence. 59 for 5 %, 299 for 1 %, 598 for 0.5 % at 95 %."""
    return math.ceil(math.log(1 - confidence_ratio) / math.log(1 - limit_ratio))


def share_grade(bad: int, n: int, limit_ratio: float, confidence_ratio: float) -> Grade:
    """A where the bad share is proven to be at most the limit, B from the fewest trials that could prove it, else C.
    No trials prove that a share is 0."""
    if n and proven_at_most(bad, n, limit_ratio, confidence_ratio):
        return Grade.A
    return Grade.B if 0 < limit_ratio < 1 and n >= smallest_n(limit_ratio, confidence_ratio) else Grade.C


def cost_grade(
    canary: tuple[float, float, float], control: tuple[float, float, float], over_ratio: float, confidence_ratio: float
) -> Grade:
    """How well `mean canary cost <= (1 + over) * mean control cost` is proven.

    Each slice is (users, sum of cost, sum of squared cost). One-sided normal test of the difference of means (Welch,
    Biometrika 34, 1947); A where it is proven, B from 30 users in both slices, where the normal approximation starts
    to hold, else C. Squares that sum to clearly less than the costs allow (Cauchy-Schwarz) were not counted: C.

    Users who are still under way at either end of the window blur the sums by a few hundredths, so a spread of less
    than a tenth of the mean is not believed.
    """
    if min(canary[0], control[0]) < 30 or not (_possible(canary) and _possible(control)):
        return Grade.C
    r0 = 1 + over_ratio
    (mean_c, error_c), (mean_k, error_k) = _mean_and_error(canary), _mean_and_error(control)
    slack, error = r0 * mean_k - mean_c, math.hypot(error_c, r0 * error_k)
    proven = slack > 0 and slack >= _normal_quantile(confidence_ratio) * error
    return Grade.A if proven else Grade.B


def cost_is_over(
    canary: tuple[float, float, float], control: tuple[float, float, float], over_ratio: float, confidence_ratio: float
) -> bool:
    """Whether the one-sided lower bound of `mean canary cost` is above `(1 + over) * mean control cost`: the test of
    `cost_grade` the other way round. Users who are too few for it, less than two, are no proof."""
    if min(canary[0], control[0]) < 2:
        return False
    r0 = 1 + over_ratio
    (mean_c, error_c), (mean_k, error_k) = _mean_and_error(canary), _mean_and_error(control)
    return mean_c - r0 * mean_k > _normal_quantile(confidence_ratio) * math.hypot(error_c, r0 * error_k)


def t_doubt(t: float, freedom: int) -> float:
    """How often chance alone brings Student's t of `freedom` degrees at least `t` away from 0, either way: the
    regularised incomplete beta function of freedom / (freedom + t^2) (NIST DLMF 8.17, Abramowitz and Stegun 26.7.1)."""
    return _beta_cdf(freedom / (freedom + t * t), freedom / 2, 0.5)


def _possible(sums: tuple[float, float, float]) -> bool:
    users, total, squared = sums
    return squared * users >= total * total * (1 - _BLUR_RATIO)


def _mean_and_error(sums: tuple[float, float, float]) -> tuple[float, float]:
    users, total, squared = sums
    mean = total / users
    variance = max(squared / users - mean * mean, (_SPREAD_RATIO_MIN * mean) ** 2) * users / (users - 1)
    return mean, math.sqrt(variance / users)


def _must_be_counts(k: int, n: int) -> None:
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"{k} of {n} is no share: need 0 <= k <= n and n > 0")


_normal_quantile = NormalDist().inv_cdf


def _beta_quantile(p: float, a: float, b: float) -> float:
    """By Newton's method from the normal approximation, kept inside a bracket that each step narrows; a step that would
    leave it is a bisection."""
    mean = a / (a + b)
    spread = math.sqrt(mean * (1 - mean) / (a + b + 1))
    low, high = 0.0, 1.0
    x = min(max(mean + _normal_quantile(p) * spread, mean / 1e3), 1 - (1 - mean) / 1e3)
    for _ in range(100):
        error = _beta_cdf(x, a, b) - p
        low, high = (x, high) if error < 0 else (low, x)
        log_density = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        log_density += (a - 1) * math.log(x) + (b - 1) * math.log1p(-x)
        step = error * math.exp(-log_density) if log_density > -700 else math.inf
        after = x - step if low < x - step < high else (low + high) / 2
        if abs(after - x) <= 1e-15 * x or high - low <= 1e-16:
            return after
        x = after
    return x


def _beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b) (NIST DLMF 8.17.22, continued fraction)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x > (a + 1) / (a + b + 2):
        return 1 - math.exp(log_front) * _continued_fraction(1 - x, b, a) / b
    return math.exp(log_front) * _continued_fraction(x, a, b) / a


def _continued_fraction(x: float, a: float, b: float) -> float:
    """DLMF 8.17.22 by the modified Lentz method (DLMF 3.10), to 1e-16 relative."""
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d or tiny)
    value = d
    for m in range(1, 10_000):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + numerator * d) or tiny)
            c = (1 + numerator / c) or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return value
