"""The exact bounds agree with an oracle, and grades follow from them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binomtest

from ramp.evidence import (
    cost_grade,
    interval,
    lower_bound,
    proven_at_most,
    share_grade,
    smallest_n,
    upper_bound,
    wilson,
)
from ramp.verdict import Grade


@settings(max_examples=300, deadline=None)
@given(n=st.integers(1, 200_000), part=st.floats(0, 1), confidence=st.sampled_from([0.9, 0.95, 0.975, 0.999]))
def test_bounds_are_clopper_and_pearsons(n, part, confidence):
    """To 1e-10, for any k of n up to 200,000."""
    k = round(part * n)
    upper = 1.0 if k == n else beta.ppf(confidence, k + 1, n - k)
    lower = 0.0 if k == 0 else beta.ppf(1 - confidence, k, n - k + 1)

    assert upper_bound(k, n, confidence) == pytest.approx(upper, abs=1e-10)
    assert lower_bound(k, n, confidence) == pytest.approx(lower, abs=1e-10)


@settings(max_examples=200, deadline=None)
@given(n=st.integers(1, 50_000), part=st.floats(0, 1), limit=st.floats(0.001, 0.5))
def test_a_limit_is_proven_where_the_bound_is_within_it(n, part, limit):
    """Without computing the bound: the same answer, unless the two are equal but for rounding."""
    k = round(part * n)
    bound = upper_bound(k, n, 0.95)

    if abs(bound - limit) > 1e-9:
        assert proven_at_most(k, n, limit, 0.95) == (bound <= limit)


@settings(max_examples=100, deadline=None)
@given(n=st.integers(1, 50_000), part=st.floats(0, 1), confidence=st.sampled_from([0.9, 0.95, 0.999]))
def test_wilsons_interval_is_his(n, part, confidence):
    """To 1e-10."""
    k = round(part * n)
    told = binomtest(k, n).proportion_ci(confidence, method="wilson")

    assert wilson(k, n, confidence) == pytest.approx((told.low, told.high), abs=1e-10)


@pytest.mark.parametrize(
    ("failed", "low", "high"), [(0, 96.38, 100), (1, 94.55, 99.97), (2, 92.96, 99.76), (3, 91.48, 99.38)]
)
def test_the_intervals_of_a_hundred_payments(failed, low, high):
    """What is printed beside a payment verdict, in percent of success."""
    bad_low, bad_high = interval(failed, 100, 0.95)

    assert 100 * (1 - bad_high) == pytest.approx(low, abs=0.005)
    assert 100 * (1 - bad_low) == pytest.approx(high, abs=0.005)


@pytest.mark.parametrize(("limit", "n"), [(0.05, 59), (0.01, 299), (0.005, 598), (0.15, 19)])
def test_the_fewest_trials_that_can_prove_a_limit(limit, n):
    """With none bad: one trial less proves nothing."""
    assert smallest_n(limit, 0.95) == n
    assert share_grade(0, n, limit, 0.95) is Grade.A
    assert share_grade(0, n - 1, limit, 0.95) is Grade.C


def test_a_point_inside_with_enough_samples_is_grade_b():
    """Inside the limit but not proven: 4 % of 100 against 5 %."""
    assert share_grade(4, 100, 0.05, 0.95) is Grade.B


def test_a_limit_of_zero_is_never_proven():
    """No number of trials shows that something never happens; it is no division by zero either."""
    assert share_grade(0, 100_000, 0.0, 0.95) is Grade.C


def test_more_bad_than_trials_is_no_share():
    """Nor are fewer than none, nor any of none."""
    for k, n in ((2, 1), (-1, 5), (0, 0)):
        with pytest.raises(ValueError, match="no share"):
            upper_bound(k, n, 0.95)


def test_squares_that_cannot_be_prove_nothing():
    """A sum of squares below what the costs themselves allow was never counted: its spread of zero is no proof."""
    assert cost_grade((1000, 1000, 0), (1000, 1000, 0), 0.05, 0.95) is Grade.C
    assert cost_grade((1000, 1000, 1000), (1000, 1000, 1000), 0.05, 0.95) is Grade.A


def test_no_samples_prove_nothing():
    """Nothing of nothing is grade C, never A."""
    assert share_grade(0, 0, 0.05, 0.95) is Grade.C


def sums(users, mean, sd):
    return users, users * mean, users * (mean**2 + sd**2)


def test_cost_is_proven_by_many_users_of_like_cost_and_by_nothing_less():
    """Equal cost, wide spread: 10,000 users prove +5 %, 100 do not, 20 say nothing at all."""
    assert cost_grade(sums(10_000, 1, 1.31), sums(10_000, 1, 1.31), 0.05, 0.95) is Grade.A
    assert cost_grade(sums(100, 1, 1.31), sums(10_000, 1, 1.31), 0.05, 0.95) is Grade.B
    assert cost_grade(sums(20, 1, 0.1), sums(10_000, 1, 0.1), 0.05, 0.95) is Grade.C
    assert cost_grade(sums(10_000, 1.06, 0.1), sums(10_000, 1, 0.1), 0.05, 0.95) is Grade.B


def test_squares_that_users_under_way_blur_are_believed_and_those_that_were_not_counted_are_not():
    """1 % too little is blur and proves no more than a spread of a tenth would; half is no sum of squares."""
    blurred = 1000, 1000.0, 990.0
    assert cost_grade(blurred, sums(1000, 1, 0.1), 0.05, 0.95) is Grade.A
    assert cost_grade((40, 40.0, 39.6), sums(1000, 1, 0.1), 0.02, 0.95) is Grade.B
    assert cost_grade((1000, 1000.0, 500.0), sums(1000, 1, 0.1), 0.05, 0.95) is Grade.C
