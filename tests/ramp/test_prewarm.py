"""The canary's hit ratio before T-0, when no user comes to it."""

from datetime import UTC, datetime, timedelta

import pytest

from ramp.observation import Observation, Span
from ramp.probes import hit_ratio_before_t0
from ramp.recording import Recording

T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
SEEN = Span(start=T0, end=T0 + timedelta(minutes=1))
STAGES = ("keyed", "keyed", "t_minus_10", "t_minus_10")


@pytest.mark.parametrize(
    ("asked_min", "lookups", "ratio"),
    [
        ((1.0, 0.5), (80, 90, 90, 90), 0.0),  # what was asked just before stands on the page at the first look
        ((1.0, 0.5), (80, 80, 90, 90), 0.0),
        ((1.0, 0.5), (80, 80, 80, 90), 0.0),
        ((9.0, 8.5), (80, 90, 90, 90), None),  # long before it, users may have come
        ((1.0, 0.5), (90, 90, 90, 90), None),
    ],
)
def test_what_the_canary_is_asked_just_before_the_first_look_shows_its_hit_ratio(plan, asked_min, lookups, ratio):
    ats = [*(T0 - timedelta(minutes=minutes) for minutes in asked_min), T0, SEEN.end]
    looks = [
        Observation(
            at=at,
            slice="canary",
            stage=stage,
            traffic_pct=0,
            counters={"cache_lookups": n, "cache_hits": 70},
            gauges={},
        )
        for at, stage, n in zip(ats, STAGES, lookups, strict=True)
    ]
    assert hit_ratio_before_t0(Recording(looks, timedelta(minutes=2)), SEEN, plan) == ratio
