"""The placebo hour of a rehearsal, whose conductor may be killed in the middle of it."""

from datetime import UTC, datetime, timedelta

import pytest

from conduct.rehearsed_placebo import MINUTES, left_of
from fixtures.sources import recording
from ramp.observation import Observation

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)


def seen(*stages):
    return [
        Observation(
            at=T0 + timedelta(minutes=minute), stage=stage, traffic_pct=0.0, slice=slice, counters={}, gauges={}
        )
        for minute, stage in enumerate(stages)
        for slice in ("canary", "control")
    ]


@pytest.mark.parametrize(
    ("stages", "left"),
    [
        ((), MINUTES),
        (("keyed", "keyed"), MINUTES),
        (("keyed", "keyed", *["placebo"] * 15), MINUTES - 15),
        (("keyed", "keyed", *["placebo"] * (MINUTES + 1)), 0),
        (("keyed", "keyed", *["placebo"] * 15, "go_plus_30"), 0),
    ],
)
def test_an_hour_that_was_cut_off_has_the_rest_of_its_minutes_left(tmp_path, stages, left):
    file = tmp_path / "observations.jsonl"
    if stages:
        recording.append(file, *seen(*stages))
    assert left_of(file) == left


def test_of_a_recording_that_cannot_be_read_no_minute_is_observed(tmp_path):
    file = tmp_path / "observations.jsonl"
    file.write_text("{\n", "utf-8")
    assert left_of(file) == 0
