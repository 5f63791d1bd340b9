"""At T-10 coverage says where nothing will be compared with control, and which grades this traffic cannot reach."""

from dataclasses import replace
from datetime import timedelta

import pytest
from simulated import STAGES, simulated
from test_probes import SPAN, seen_before_t_0

from ramp.observation import Span
from ramp.probes.coverage import judge_coverage
from ramp.recording import Recording
from ramp.verdict import Colour


def hour(**how):
    return simulated(3, stages=STAGES[:1], **how)


def coverage(plan, placebo, after_min=5):
    """What coverage says at T-10, so many minutes after the placebo hour."""
    later = placebo[-1].at + timedelta(minutes=after_min) - SPAN.start
    seen = [replace(one, at=one.at + later) for one in seen_before_t_0()]
    recording = Recording([*placebo, *seen], timedelta(minutes=2))
    return judge_coverage(plan, "t_minus_10", recording, Span(SPAN.start + later, SPAN.end + later))


def of_both(placebo, change):
    """`placebo` with each pair of observations changed together."""
    return [one for pair in zip(placebo[::2], placebo[1::2], strict=True) for one in change(*pair)]


def without_canary(canary, control):
    return replace(canary, counters={**canary.counters, "requests": 7}), control


def one_page(canary, control):
    return replace(canary, counters=control.counters), control


def test_a_sound_placebo_hour_is_green_and_no_grade_is_wanting(plan):
    """At 200 requests a second each gate reaches its grade at each stage."""
    verdict = coverage(plan, hour())

    assert verdict.colour is Colour.GREEN and "grade" not in verdict.reason, verdict.reason


@pytest.mark.parametrize(
    ("placebo", "after_min", "why"),
    [
        (hour(hour_noise=1.0), 5, "latency: too noisy: equal slices varied"),
        (hour(), 2 * 1440, "in 0 min of the placebo hour both slices had requests"),
        (hour()[:58], 5, "in 28 min of the placebo hour both slices had requests"),
        (of_both(hour(), without_canary), 5, "in 0 min of the placebo hour both slices had requests"),
        (of_both(hour(), one_page), 5, "is it one page?"),
    ],
    ids=["too noisy", "days old", "28 minutes", "no canary requests", "one page"],
)
def test_an_hour_that_compares_nothing_is_yellow_with_what_to_type(plan, limits_only, placebo, after_min, why):
    """The same that the stage would find, unless the plan waives the comparison."""
    verdict = coverage(plan, placebo, after_min)

    assert verdict.colour is Colour.YELLOW and why in verdict.reason, verdict.reason
    assert "python -m ramp observe --moment placebo" in verdict.reason
    assert coverage(limits_only, placebo, after_min).colour is Colour.GREEN


def test_grades_that_little_traffic_cannot_reach_are_said(plan):
    """And hold nothing: the stage itself says whether it was so."""
    seldom = [replace(one, counters={k: _tenth(v) for k, v in one.counters.items()}) for one in hour()]
    verdict = coverage(plan, seldom)

    assert "with this traffic" in verdict.reason and "errors cannot reach grade B at stage_1" in verdict.reason
    assert verdict.colour is Colour.GREEN, verdict.reason


def _tenth(value):
    return {label: count / 10 for label, count in value.items()} if isinstance(value, dict) else value / 10
