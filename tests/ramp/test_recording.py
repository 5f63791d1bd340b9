"""Observations over time: differences, restarts, absence, and lines that cannot be trusted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.observation import Malformed, NoEvidence, Observation, Recording, Span

T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
FRESH = timedelta(minutes=2)


def at(minute):
    return T0 + timedelta(minutes=minute)


def seen(minute, slice="canary", gauges=None, **counters):
    return Observation(
        at=at(minute), slice=slice, stage="stage_1", traffic_pct=1, counters=counters, gauges=gauges or {}
    )


def span(start, end):
    return Span(start=at(start), end=at(end))


@given(steps=st.lists(st.integers(0, 1000), min_size=2, max_size=20), restarts=st.sets(st.integers(1, 19)))
def test_restarts_add_and_never_subtract(steps, restarts):
    """A counter that began anew at some minutes still grew by the sum of its steps."""
    value, observations = 0, [seen(0, requests=0)]
    for minute, step in enumerate(steps, 1):
        value = step if minute in restarts and step < value else value + step
        observations.append(seen(minute, requests=value))

    grown = Recording(observations, FRESH).increase("canary", "requests", span(0, len(steps)))

    assert grown == sum(steps)


def test_counters_of_one_source_restart_together():
    """Requests fell from 100 to 10, so 3 errors are new ones, though 3 is more than the 2 before."""
    recording = Recording(
        [seen(0, requests=0, errors=0), seen(1, requests=100, errors=2), seen(2, requests=10, errors=3)], FRESH
    )

    assert recording.increase("canary", "errors", span(0, 2)) == 5


def test_a_histogram_is_differenced_by_bucket():
    """And a new bucket label counts from zero."""
    recording = Recording(
        [seen(0, latency_s={"0.1": 5, "+Inf": 6}), seen(1, latency_s={"0.1": 9, "0.2": 1, "+Inf": 12})], FRESH
    )

    assert recording.increase_by("canary", "latency_s", span(0, 1)) == {"0.1": 4, "0.2": 1, "+Inf": 6}


def test_what_is_absent_or_stale_is_no_evidence():
    """Never zero, and the sentence names the counter."""
    recording = Recording([seen(0, requests=1), seen(1, requests=2), seen(9)], FRESH)

    with pytest.raises(NoEvidence, match="errors of canary is absent"):
        recording.increase("canary", "errors", span(0, 1))
    with pytest.raises(NoEvidence, match="stale"):
        recording.increase("canary", "requests", span(0, 9))
    with pytest.raises(NoEvidence, match="seen only once"):
        Recording([seen(0, requests=1)], FRESH).increase("canary", "requests", span(0, 0))


def test_a_total_counts_what_was_there_before_the_recording():
    """Payments are counted since T-10, not since the first look."""
    recording = Recording([seen(0, payments_attempted=5), seen(1, payments_attempted=8)], FRESH)

    assert recording.total("canary", "payments_attempted", at(1)) == 8


def test_a_gauge_is_averaged_over_its_window():
    """Only over values inside it."""
    recording = Recording([seen(m, gauges={"db_cpu_ratio": m / 10}) for m in range(5)], FRESH)

    assert recording.mean_gauge("canary", "db_cpu_ratio", span(2, 4)) == pytest.approx(0.35)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "2026-01-05T08:01:00"},
        {"at": "yesterday"},
        {"slice": "green"},
        {"counters": {"requests": -1}},
        {"counters": {"requests": float("nan")}},
        {"counters": {"requests": True}},
        {"counters": {"latency_s": {"0.1": float("inf")}}},
        {"gauges": {"db_cpu_ratio": "0.4"}},
        {"traffic_pct": None},
    ],
)
def test_a_line_that_cannot_be_an_observation_is_refused(wrong):
    """Each with a reason, none read as something else."""
    record = seen(1, requests=1).record()
    Observation.from_record(record)

    with pytest.raises(Malformed):
        Observation.from_record(record | wrong)


def test_time_does_not_go_backwards():
    """An observation out of order is refused."""
    with pytest.raises(Malformed, match="backwards"):
        Recording([seen(2, requests=1), seen(1, requests=2)], FRESH)


def test_a_record_is_read_back_as_it_was():
    """Writing and reading lose nothing."""
    observation = seen(3, requests=7, latency_s={"0.12": 5, "+Inf": 7})

    assert Observation.from_record(observation.record()) == observation
