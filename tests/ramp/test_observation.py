"""Observations over time: differences, restarts, absence, and lines that cannot be trusted."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.observation import Malformed, NoEvidence, Observation, Span
from ramp.recording import GrowthUnknown, Recording

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


@given(steps=st.lists(st.integers(0, 1000), min_size=2, max_size=20), restart=st.integers(1, 19))
def test_a_restart_adds_and_never_subtracts(steps, restart):
    """A counter that began anew and is small against what it was still grew by the sum of its steps."""
    value, observations = 100_000, [seen(0, requests=100_000)]
    for minute, step in enumerate(steps, 1):
        value = step if minute == restart else value + step
        observations.append(seen(minute, requests=value))

    grown = Recording(observations, FRESH).increase("canary", "requests", span(0, len(steps)))

    assert grown == sum(steps)


def test_a_fall_that_is_no_restart_leaves_unknown_what_spans_it_and_what_comes_after_is_read():
    """Of errors too, which did not fall but are counted by the same source; total, since when, and how often."""
    looks = ((1000, 9), (1100, 10), (600, 11), (700, 12), (800, 14))
    recording = Recording([seen(m, requests=n, errors=bad) for m, (n, bad) in enumerate(looks)], FRESH)
    said = "requests of canary fell from 1,100 to 600 at 08:02Z; are several processes behind one URL?"

    assert recording.increase("canary", "errors", span(2, 4)) == 3
    assert recording.increase("canary", "errors", span(0, 1)) == 1
    for start, end in ((1, 2), (0, 2), (1, 4)):
        with pytest.raises(GrowthUnknown, match=re.escape(said)) as raised:
            recording.increase("canary", "errors", span(start, end))
        assert raised.value.since == at(2)
    with pytest.raises(GrowthUnknown):
        recording.total("canary", "errors", at(4))
    assert recording.total("canary", "errors", at(1)) == 10


def test_what_fell_more_than_once_in_a_span_is_known_since_no_time():
    recording = Recording([seen(m, requests=n) for m, n in enumerate((1000, 700, 800, 500, 600))], FRESH)

    with pytest.raises(GrowthUnknown, match="fell at 2 looks, last from 800 to 500 at 08:03Z") as raised:
        recording.increase("canary", "requests", span(0, 4))
    assert raised.value.since is None


def test_what_its_source_says_fell_is_unknown_like_what_is_seen_to_fall():
    """With all that is counted together, and it is kept in the recording."""
    fell = replace(seen(2, requests=1200, errors=2), fell={"requests": "fell from 600 to 300 at 08:02Z"})
    fell = Observation.from_record(json.loads(json.dumps(fell.record())))
    looks = [seen(0, requests=1000, errors=0), seen(1, requests=1100, errors=1), fell, seen(3, requests=1300, errors=3)]
    recording = Recording(looks, FRESH)

    assert recording.increase("canary", "errors", span(2, 3)) == 1
    with pytest.raises(GrowthUnknown, match="requests of canary fell from 600 to 300"):
        recording.increase("canary", "errors", span(0, 3))


def test_counters_of_one_source_restart_together():
    """Requests fell from 100 to 10, so 3 errors are new ones, though 3 is more than the 2 before."""
    recording = Recording(
        [seen(0, requests=0, errors=0), seen(1, requests=100, errors=2), seen(2, requests=10, errors=3)], FRESH
    )

    assert recording.increase("canary", "errors", span(0, 2)) == 5


def test_a_histogram_is_differenced_by_bucket():
    """A new bucket is left out: what it had counted until then is not known. A new label began at zero."""
    recording = Recording(
        [
            seen(0, latency_s={"0.1": 5, "+Inf": 6}, fraud_flags={"R-1": 1}),
            seen(1, latency_s={"0.1": 9, "0.2": 1, "+Inf": 12}, fraud_flags={"R-1": 1, "R-2": 3}),
        ],
        FRESH,
    )

    assert recording.increase_by("canary", "latency_s", span(0, 1)) == {"0.1": 4, "+Inf": 6}
    assert recording.increase_by("canary", "fraud_flags", span(0, 1)) == {"R-1": 0, "R-2": 3}


def test_a_bucket_that_is_gone_for_a_look_is_no_restart():
    """Read as one, everything since the source began would count again and hide the last minutes behind it."""
    whole = [seen(m, latency_s={"0.12": 900 * m, "+Inf": 1000 * m}) for m in range(5)]
    recording = Recording([*whole[:2], seen(2, latency_s={"+Inf": 2000}), *whole[3:]], FRESH)

    assert recording.increase_by("canary", "latency_s", span(1, 4)) == {"0.12": 2700, "+Inf": 3000}
    for start, end in ((1, 2), (2, 4)):
        with pytest.raises(NoEvidence, match="stale"):
            recording.increase_by("canary", "latency_s", span(start, end))


def test_a_restart_is_known_of_a_counter_that_was_not_seen_at_it():
    """Errors were not reported when requests began anew; their 6 are all new, not one more than 5."""
    recording = Recording(
        [
            seen(0, requests=0, errors=0),
            seen(1, requests=100, errors=5),
            seen(2, requests=3),
            seen(3, requests=50, errors=6),
        ],
        FRESH,
    )

    assert recording.increase("canary", "errors", span(0, 3)) == 11


def test_two_counters_of_one_slice_are_read_at_the_same_instants():
    """Payments of now beside successes of a minute ago would make a failure of a success, or the other way round."""
    recording = Recording(
        [
            seen(0, payments_attempted=0, payments_succeeded=0),
            seen(1, payments_attempted=100, payments_succeeded=99),
            seen(2, payments_succeeded=100),
        ],
        FRESH,
    )

    with pytest.raises(NoEvidence, match="payments_attempted of canary is stale at 08:02:00Z: last seen 08:01:00Z"):
        recording.total("canary", "payments_attempted", at(2))
    with pytest.raises(NoEvidence, match="payments_attempted"):
        recording.increase("canary", "payments_attempted", span(0, 2))


def test_a_window_that_begins_in_a_gap_is_no_evidence():
    """The last value before it is older than data may be, so that the window would be longer than it says."""
    recording = Recording([seen(m, requests=10 * m) for m in (0, 1, 5, 6)], FRESH)

    assert recording.increase("canary", "requests", span(3, 6)) == 50
    with pytest.raises(NoEvidence, match="stale at 08:04:00Z"):
        recording.increase("canary", "requests", span(4, 6))
    assert Recording([seen(m, requests=10 * m) for m in (2, 3)], FRESH).increase("canary", "requests", span(0, 3)) == 10
    with pytest.raises(NoEvidence, match="last seen never"):
        Recording([seen(m, requests=10 * m) for m in (3, 4)], FRESH).increase("canary", "requests", span(0, 4))


@given(
    steps=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=12),
    gone=st.sets(st.tuples(st.sampled_from(["requests", "errors"]), st.integers(0, 12))),
    ends=st.tuples(st.integers(0, 12), st.integers(0, 12)),
)
def test_what_is_read_is_the_truth_or_nothing(steps, gone, ends):
    """Whichever counters are missing from whichever observations."""
    start, end = min(ends), max(ends)
    totals = [{"requests": 0, "errors": 0}]
    for requests, errors in steps:
        totals.append({"requests": totals[-1]["requests"] + requests, "errors": totals[-1]["errors"] + errors})
    recording = Recording(
        [
            seen(m, **{name: value for name, value in counters.items() if (name, m) not in gone})
            for m, counters in enumerate(totals)
        ],
        FRESH,
    )
    for name in ("requests", "errors"):
        try:
            grown = recording.increase("canary", name, span(start, end))
        except NoEvidence:
            assert (name, start) in gone or (name, end) in gone or start == end or end >= len(totals)
        else:
            assert grown == totals[min(end, len(totals) - 1)][name] - totals[start][name]


def test_a_counter_that_changes_its_kind_is_no_evidence():
    """One number where labels are due, or labels where one number is due."""
    recording = Recording([seen(0, errors=1, fraud_flags={"R-1": 1}), seen(1, errors={"a": 2}, fraud_flags=3)], FRESH)

    for read, name in ((recording.total, "errors"), (recording.total_by, "fraud_flags")):
        with pytest.raises(NoEvidence, match=name):
            read("canary", name, at(1))
    with pytest.raises(NoEvidence, match="errors"):
        recording.increase("canary", "errors", span(0, 1))


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


def test_a_gauge_that_one_observation_leaves_out_has_no_mean():
    """Neither that of the others, nor a division by nothing."""
    recording = Recording([seen(m, gauges={"db_cpu_ratio": 0.5} if m != 2 else {}) for m in range(4)], FRESH)

    for start, end in ((1, 3), (1, 2), (3, 3)):
        with pytest.raises(NoEvidence, match="db_cpu_ratio"):
            recording.mean_gauge("canary", "db_cpu_ratio", span(start, end))
    assert recording.mean_gauge("canary", "db_cpu_ratio", span(2, 3)) == 0.5


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
        {"traffic_pct": float("nan")},
        {"traffic_pct": True},
        {"traffic_pct": -1},
        {"stage": None},
        {"stage": ["stage_1"]},
        {"at": 1767600060},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"counters": {"requests": 10**400}},
        {"counters": {"fraud_flags": {"R-1": 10**400, "R-2": 0.5}}},
        {"counters": {"latency_s": {"0.1": 0.5, "+Inf": 10**400}}},
        {"counters": {"requests": {"a": {"b": 1}}}},
        {"counters": {"latency_s": 7}},
        {"counters": {"latency_s": {"fast": 5, "+Inf": 7}}},
        {"counters": {"latency_s": {"nan": 5, "+Inf": 7}}},
        {"counters": None},
        {"fell": ["requests"]},
        {"fell": {"requests": 7}},
    ],
)
def test_a_line_that_cannot_be_an_observation_is_refused(wrong):
    """Each with a reason, none read as something else."""
    record = seen(1, requests=1).record()
    Observation.from_record(record)

    with pytest.raises(Malformed):
        Observation.from_record(record | wrong)


@pytest.mark.parametrize("record", [[], "seen", None, {}])
def test_what_is_no_record_at_all_is_refused(record):
    """A line of JSON may be anything."""
    with pytest.raises(Malformed):
        Observation.from_record(record)


def test_any_time_zone_is_read_as_utc():
    """Sentences say times with a Z."""
    record = seen(1, requests=1).record() | {"at": "2026-01-05T10:01:00+02:00"}

    assert Observation.from_record(record).at.isoformat() == "2026-01-05T08:01:00+00:00"


def test_time_does_not_go_backwards():
    """An observation out of order is refused."""
    with pytest.raises(Malformed, match="backwards"):
        Recording([seen(2, requests=1), seen(1, requests=2)], FRESH)


def test_a_record_is_read_back_as_it_was():
    """Writing and reading lose nothing."""
    observation = seen(3, requests=7, latency_s={"0.12": 5, "+Inf": 7})

    assert Observation.from_record(observation.record()) == observation
