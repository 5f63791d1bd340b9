"""Numbers that contradict one another: what reads them is NO DATA, says which, and the other gates stand."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ramp.observation import NoEvidence
from ramp.verdict import Colour, Trigger

LATER = datetime(2027, 1, 1, tzinfo=UTC)


def buckets(**changed):
    """What a minute adds to the canary's histogram, of 1,000 requests."""
    return {"0.1": 900, "0.12": 980, "0.15": 1000, "+Inf": 1000} | changed


def with_latency(seen, added):
    """`seen` with a histogram of the canary that grows by `added` a minute."""
    ats = sorted({one.at for one in seen})

    def counters(one):
        grown = {label: ats.index(one.at) * count for label, count in added.items()}
        return one.counters | {"latency_s": {label: 10_000 + count for label, count in grown.items()}}

    return [replace(one, counters=counters(one)) if one.slice == "canary" else one for one in seen]


@pytest.mark.parametrize(
    ("gate", "change", "why"),
    [
        ("errors", {"errors": 1001}, "canary counted 5,005 errors in 5,000 requests, which cannot be"),
        ("cache", {"cache_hits": 1100}, "canary counted 5,500 cache hits in 5,000 lookups, which cannot be"),
        ("payments", {"payments_succeeded": 6}, "payments succeeded, which cannot be"),
        ("database", {"db_io_ratio": 85}, "db_io_ratio reads 85, which looks like percent where a ratio from 0 to 1"),
        ("database", {"db_utilization_ratio": 1.5}, "db_utilization_ratio reads 1.5, which looks like percent"),
        ("latency", {"requests": 900, "latency_s": buckets()}, "canary timed 5,000 of 4,500 requests, which cannot be"),
    ],
)
def test_what_cannot_be_is_no_data_and_says_so(ramp_of, verdicts_of, gate, change, why):
    added = {name: value for name, value in change.items() if name != "latency_s"}
    latency, seen = change.get("latency_s"), ramp_of("stage_10", 15, canary=added, after=ramp_of("stage_1", 15))
    verdicts = verdicts_of(with_latency(seen, latency) if latency else seen)

    assert verdicts[gate].colour is Colour.NO_DATA and why in verdicts[gate].reason
    assert verdicts["cost"].colour is Colour.GREEN


@pytest.mark.parametrize("changed", [{"0.12": 890}, {"0.15": 970}, {"+Inf": 999}])
def test_what_grew_less_up_to_a_higher_boundary_is_no_data(ramp_of, verdicts_of, changed):
    """Though what was counted in all is in order, for it began far apart."""
    seen = with_latency(ramp_of("stage_10", 15, after=ramp_of("stage_1", 15)), buckets(**changed))
    apart = {"0.1": 0, "0.12": 100_000, "0.15": 200_000, "+Inf": 300_000}
    moved = [
        replace(one, counters=one.counters | {"latency_s": {b: apart[b] + n for b, n in latency.items()}})
        if one.slice == "canary" and (latency := one.counters["latency_s"])
        else one
        for one in seen
    ]

    assert "which cannot be" in verdicts_of(moved)["latency"].reason
    assert verdicts_of(moved)["latency"].colour is Colour.NO_DATA


def test_a_measure_that_looks_like_percent_hides_no_spillover_of_the_others(ramp_of, verdicts_of):
    """Two measures over the limit are two, whatever the third reads."""
    seen = ramp_of("stage_10", 5, canary={"db_cpu_ratio": 0.9, "db_connections_ratio": 0.9, "db_io_ratio": 60})

    assert verdicts_of(seen)["database"].trigger is Trigger.F6


def test_a_trigger_that_fired_before_the_recording_cannot_be_trusted_stands(ramp_of, judged_of):
    """All else is NO DATA, with the reason."""

    def until_untrue(seen):
        yield from seen
        raise NoEvidence('observations.jsonl, line 9: says "errors" twice')

    judged = judged_of(until_untrue(ramp_of("stage_10", 5, canary={"payments_succeeded": 4})), "stage_10", as_of=LATER)
    assert judged.trigger is Trigger.F4
    errors = judged.verdicts()["errors"]
    assert errors.colour is Colour.NO_DATA and errors.reason.endswith('line 9: says "errors" twice')
    with pytest.raises(NoEvidence, match="line 9"):
        judged_of(until_untrue(ramp_of("stage_10", 5)), "stage_10", as_of=LATER)


@pytest.mark.parametrize(
    ("full", "says"),
    [
        ({}, "seen is within 80.00 %: CPU 40.00 %, IO 20.00 %, connections 30.00 %"),
        (
            {"db_cpu_ratio": 0.8, "db_connections_ratio": 0.8},
            "is within 80.00 %: CPU 80.00 %, IO 20.00 %, connections 80",
        ),
        (
            {"db_io_ratio": 0.81},
            "seen is not all within 80.00 %: CPU 40.00 %, IO 81.00 %, connections 30.00 %",
        ),
    ],
)
def test_without_its_utilisation_the_database_is_no_data(ramp_of, verdicts_of, full, says):
    """That is for what is absent: what was seen of the others stands beside, exactly at the limit within it."""
    seen = [
        replace(one, gauges={name: value for name, value in one.gauges.items() if name != "db_utilization_ratio"})
        for one in ramp_of("stage_10", 5, canary=full)
    ]
    verdict = verdicts_of(seen)["database"]

    assert (verdict.colour, verdict.trigger) == (Colour.NO_DATA, None)
    assert "db_utilization_ratio" in verdict.reason and says in verdict.reason
