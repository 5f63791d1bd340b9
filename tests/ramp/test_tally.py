"""What requests came to is counted exactly: merged by sums, read to 0.1 ms, decided at 0.12 s without rounding."""

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.histogram import above
from ramp.observation import Malformed, NoEvidence
from ramp.tally import BOUNDS_S, FINE_BOUNDS_S, OUTCOMES, Tally, cumulative, quantile_s

latencies = st.floats(0, 30)
requests = st.lists(st.tuples(st.sampled_from(sorted(OUTCOMES)), latencies, latencies, latencies), max_size=50)


def tally_of(rows) -> Tally:
    tally = Tally()
    for row in rows:
        tally.add(*row)
    return tally


@given(rows=requests, cuts=st.lists(st.integers(0, 50), max_size=4))
def test_parts_merge_to_the_whole(rows, cuts):
    """However the requests were spread over workers and seconds, and after a journey as JSON."""
    edges = [0, *sorted(cuts), len(rows)]
    merged = Tally()
    for start, end in pairwise(edges):
        merged.merge(Tally.from_record(json.loads(json.dumps(tally_of(rows[start:end]).record()))))

    assert merged == tally_of(rows)


@given(values=st.lists(latencies, min_size=1, max_size=200), q=st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_read_to_a_tenth_of_a_millisecond(values, q):
    """Against the nearest rank in the sorted values themselves."""
    tally = tally_of([("fine", value, value, 0.0) for value in values])
    true_s = sorted(values)[math.ceil(q * len(values)) - 1]

    assert 0 <= quantile_s(tally.corrected, q) - true_s <= 0.0001 + 1e-9


def test_a_breach_by_4_ms_is_not_rounded_away():
    """124.4 ms is over 120 ms; Locust's own statistics would read 120."""
    tally = tally_of([("fine", 0.1244, 0.1244, 0.0)] * 20)

    assert quantile_s(tally.corrected, 0.95) == pytest.approx(0.1244, abs=1e-9)
    assert above(cumulative(tally.corrected), 0.12) == 20


@given(values=st.lists(st.floats(0.1195, 0.1205) | st.just(0.12), max_size=50))
@pytest.mark.parametrize("bounds", [BOUNDS_S, FINE_BOUNDS_S])
def test_the_limit_is_decided_exactly(bounds, values):
    """At most 0.12 s is within it; a hair more is not."""
    tally = tally_of([("fine", value, value, 0.0) for value in values])

    assert above(cumulative(tally.corrected, bounds), 0.12) == sum(value > 0.12 for value in values)


@given(rows=requests)
def test_a_histogram_holds_every_request(rows):
    """What was slower than the last bound is in +Inf, and counts never fall from bound to bound."""
    buckets = cumulative(tally_of(rows).corrected)

    assert list(buckets.values()) == sorted(buckets.values())
    assert buckets["+Inf"] == len(rows)


def test_nothing_timed_has_no_quantile():
    """Zero requests are no fast requests."""
    with pytest.raises(NoEvidence, match="no request was timed"):
        quantile_s({}, 0.95)


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        {},
        {"outcomes": {"fine": 1}, "corrected": {}, "service": {}, "lag": {}},
        {"outcomes": {"fine": 1}, "corrected": {"1": 1}, "service": {"1": 1}},
        {"outcomes": {"fine": 1}, "corrected": {"1": 1}, "service": {"1": 1}, "lag": {}},
        {"outcomes": {"fine": -1}, "corrected": {"1": -1}, "service": {"1": -1}, "lag": {"1": -1}},
        {"outcomes": {"fine": 1.5}, "corrected": {"1": 1.5}, "service": {"1": 1.5}, "lag": {"1": 1.5}},
        {"outcomes": {"grand": 1}, "corrected": {"1": 1}, "service": {"1": 1}, "lag": {"1": 1}},
        {"outcomes": {"fine": 1}, "corrected": {"fast": 1}, "service": {"1": 1}, "lag": {"1": 1}},
    ],
)
def test_a_tally_that_does_not_add_up_is_refused(record):
    """A line that was damaged on its way is no evidence."""
    with pytest.raises(Malformed):
        Tally.from_record(record)
