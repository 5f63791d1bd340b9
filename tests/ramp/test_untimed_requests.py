"""Requests that were counted and not timed prove nothing of latency; those that were timed and slow prove a breach."""

from dataclasses import replace

import pytest

from ramp.verdict import Colour


def counting(seen, times, of=("canary",)):
    """What was seen, of `times` as many requests of the slices `of` as were timed."""
    return [
        replace(one, counters={**one.counters, "requests": times * one.counters["requests"]})
        if one.slice in of
        else one
        for one in seen
    ]


@pytest.mark.parametrize(
    ("times", "slow", "colour"),
    [
        (0.9, 400, Colour.RED),
        (1, 20, Colour.GREEN),
        (1.1, 20, Colour.GREEN),
        (1.2, 20, Colour.NO_DATA),
        (10, 20, Colour.NO_DATA),
        (10, 400, Colour.NO_DATA),
        (1.2, 400, Colour.RED),
        (10, 600, Colour.RED),
    ],
)
def test_one_in_ten_timed_is_no_data_and_hides_no_breach(ramp_of, verdicts_of, times, slow, colour):
    """600 slow of 1,000 timed are 6 % of 10,000 requests, however fast the others were."""
    seen = counting(ramp_of("stage_50", 20, canary={"slow": slow}), times)
    verdict = verdicts_of(seen, of=("latency",))["latency"]
    assert verdict.colour is colour, verdict.reason
    if colour is Colour.NO_DATA:
        assert "requests of canary were timed" in verdict.reason


def test_a_breach_of_the_canary_is_seen_though_controls_requests_were_not_timed(ramp_of, verdicts_of):
    seen = counting(ramp_of("stage_50", 20, canary={"slow": 100}), 10, of=("control",))
    assert verdicts_of(seen, of=("latency",))["latency"].colour is Colour.RED
