"""The placebo hour of a rehearsal, whose conductor may be killed in the middle of it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest

from conduct.rehearsed_placebo import MINUTES, left_of, looks
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


class Answers:
    """A system that answers so many requests of each slice between two looks."""

    def __init__(self, *each):
        self.each, self.counted, self.asked = each, 0.0, 0

    def glance(self, at, stage, pct):
        self.counted += self.each[min(self.asked, len(self.each) - 1)] or 0
        self.asked += 1
        of = {"at": at, "stage": stage, "traffic_pct": pct, "gauges": {}}
        of |= {"counters": {"requests": self.counted} if self.each[0] is not None else {}}
        return Observation(slice="canary", **of), Observation(slice="control", **of)


@pytest.mark.parametrize(
    ("each", "asked"),
    [
        ((20.0,), 3),
        ((20.0, 20.0, 0.0, 2.0, 20.0), 5),  # for a moment the machine had other work
        ((None,), 3),  # where nobody says how many, nobody waits
    ],
)
def test_a_minute_in_which_hardly_anybody_was_answered_lasts_longer(rehearsed, each, asked):
    system, edge = Answers(*each), SimpleNamespace(play_control=lambda pct: None)
    seen = [canary for canary, _ in looks(rehearsed(secrets={}), system, edge, 2)]
    assert system.asked == asked
    assert [round((later.at - sooner.at).total_seconds()) for sooner, later in pairwise(seen)] == [60, 60]
    grown = [later.counters["requests"] - sooner.counters["requests"] for sooner, later in pairwise(seen) if each[0]]
    assert all(of >= 20 for of in grown)


def test_a_system_that_answers_nobody_is_not_waited_for_for_ever(rehearsed):
    system, edge = Answers(0.0), SimpleNamespace(play_control=lambda pct: None)
    assert len([*looks(rehearsed(secrets={}), system, edge, 3, waits_s=0.2)]) == 4
    assert system.asked == 6
