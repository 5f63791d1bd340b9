"""Counts and quantiles of a cumulative histogram."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.histogram import above, boundary, quantile, timed
from ramp.observation import NoEvidence

BOUNDS = (0.05, 0.075, 0.1, 0.12, 0.15)


@given(st.lists(st.integers(1, 1000), min_size=6, max_size=6), st.sampled_from([0.01, 0.5, 0.9, 0.95, 0.99]))
def test_a_quantile_is_read_off_the_line_through_the_counts(counts, q):
    """As numpy interpolates it; beyond the last finite bound it is that bound."""
    cumulative = numpy.cumsum(counts)
    buckets = {f"{bound:g}": int(count) for bound, count in zip((*BOUNDS, numpy.inf), cumulative, strict=True)}
    buckets["+Inf"] = buckets.pop("inf")

    expected = numpy.interp(q * cumulative[-1], [0, *cumulative[:-1]], [0, *BOUNDS])

    assert quantile(buckets, q) == pytest.approx(expected)


@given(st.lists(st.sampled_from([0.01, 0.05, 0.11, 0.12, 0.1200001, 0.3]), min_size=1, max_size=60))
def test_above_counts_what_took_longer_than_the_bound(took_s):
    """Exactly: what took 0.12 s is within 0.12 s."""
    buckets = {f"{bound:g}": sum(each <= bound for each in took_s) for bound in BOUNDS} | {"+Inf": len(took_s)}

    assert above(buckets, 0.12) == sum(each > 0.12 for each in took_s)
    assert timed(buckets) == len(took_s)


def test_a_missing_bound_is_no_evidence_and_milliseconds_are_guessed():
    """The sentence says which bounds there are and what to do."""
    with pytest.raises(NoEvidence, match=r"no bucket boundary at 0.12 s.* 0.1, 0.25: add one"):
        above({"0.1": 5, "0.25": 6, "+Inf": 7}, 0.12)
    with pytest.raises(NoEvidence, match="look like milliseconds"):
        above({"100": 5, "120": 6, "+Inf": 7}, 0.12)


def test_a_higher_boundary_never_has_fewer():
    """Neither of what was counted, nor of what it grew by; rounding aside."""
    with pytest.raises(NoEvidence, match=r"counts 60 up to 0.15, and 118 up to 0.12, which cannot be"):
        timed({"0.12": 118, "0.15": 60, "+Inf": 120})
    with pytest.raises(NoEvidence, match=r"counts 120 up to \+Inf, and 121 up to 0.12"):
        above({"0.12": 121, "+Inf": 120}, 0.12)
    assert timed({"0.12": 120.2, "+Inf": 120}) == 120


@pytest.mark.parametrize(
    ("spelled", "bound"),
    [
        ("0.12", "0.12"),
        ("0.120", "0.12"),
        ("0.12000000000000001", "0.12"),
        ("1.2e-1", "0.12"),
        ("0", "0.0"),
        ("-0", "0.0"),
    ],
)
def test_a_boundary_has_one_spelling(spelled, bound):
    """`inf` too; another boundary has another."""
    assert boundary(spelled) == bound
    assert boundary("inf") == boundary("+Inf") == "+Inf"
    assert boundary("0.1200001") == "0.1200001"
    with pytest.raises(ValueError):
        boundary("nan")


@pytest.mark.parametrize("buckets", [{}, {"0.12": 5}, {"+Inf": 0, "0.12": 0}])
def test_nothing_timed_is_no_quantile(buckets):
    """Neither without +Inf nor with none counted."""
    with pytest.raises(NoEvidence):
        quantile(buckets, 0.95)


def test_a_bucket_that_counts_more_than_all_is_no_evidence():
    """It would make fewer than none too slow."""
    with pytest.raises(NoEvidence, match="cannot be"):
        above({"0.12": 8, "+Inf": 7}, 0.12)
