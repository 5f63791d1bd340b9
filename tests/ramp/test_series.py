"""Every series is read from a metric of its own: two that are always equal prove nothing."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.signals import SERIES
from ramp.target import Target
from ramp.validation import Invalid, typed


def target(series):
    table = {"edge_url": "http://edge", "scrapes": [{"url": "http://edge/metrics"}], "series": series}
    return typed(Target, table, "release.toml")


@given(st.sampled_from(list(itertools.permutations(SERIES, 2))), st.sampled_from(["", "_total"]))
def test_any_two_series_of_one_metric_are_refused(pair, ending):
    """Attempted and succeeded payments, lookups and hits, CPU and IO: by one name, and with or without its ending."""
    one, other = pair

    with pytest.raises(Invalid) as refused:
        target({one: "shared", other: f"shared{ending}"})

    (problem,) = refused.value.problems
    assert problem.startswith("series: ") and one in problem and other in problem and "shared" in problem


def test_the_default_of_another_series_is_taken_too():
    with pytest.raises(Invalid, match="split_requests and users are both read from split_requests"):
        target({"users": SERIES["split_requests"]})


def test_two_series_may_change_places():
    """And what one metric gives by itself, such as requests and errors, stays one series."""
    swapped = {"users": "split_requests", "split_requests": "users"}

    assert {key: metric.metric for key, metric in target(swapped).series.items()} == SERIES | swapped


def test_one_metric_may_be_two_series_where_other_label_sets_count():
    """Payments by their result: all of them, and those that were not refused."""
    paid = {"metric": "payments", "drop": {"result": ["declined", "failed"]}}

    assert target({"payments_attempted": "payments", "payments_succeeded": paid})
    with pytest.raises(Invalid, match="payments_attempted and payments_succeeded are both read from payments"):
        target({"payments_attempted": {"metric": "payments_total", "drop": {"result": "x"}},
                "payments_succeeded": {"metric": "payments", "drop": {"result": ["x"]}}})  # fmt: skip
