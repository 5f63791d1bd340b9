"""The minutes before T-0 in which a share of control plays the canary."""

from datetime import UTC, datetime, timedelta

import pytest

from ramp.observation import Observation
from ramp.recording import Recording
from ramp.stage_view import Ramp

T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)


def placebo_min(plan, every_s, minutes, gap_min=0):
    """The minutes of a placebo hour that ends at T-0, seen every `every_s` but for a gap in its middle."""
    looks, row = round(minutes * 60 / every_s), plan.reading
    ats = [T0 - timedelta(seconds=every_s * n) for n in range(looks, -1, -1)]
    gap = [at for at in ats if minutes / 2 <= (T0 - at) / timedelta(minutes=1) < minutes / 2 + gap_min]
    seen = [
        Observation(at=at, slice="canary", stage="placebo", traffic_pct=1, counters={"requests": n}, gauges={})
        for n, at in enumerate(ats)
        if at not in gap
    ]
    at = T0 + timedelta(minutes=row.look_every_min)
    seen.append(Observation(at=at, slice="canary", stage="stage_1", traffic_pct=1, counters={}, gauges={}))
    (view,) = Ramp(plan, Recording(seen, timedelta(minutes=row.fresh_min))).views_until(at)
    return sum(span.minutes for span in view.placebo)


@pytest.mark.parametrize("every_s", [15, 30, 60, 90])
def test_the_hour_is_counted_in_minutes_however_often_is_looked(plan, every_s):
    """60 minutes are 60, and of two hours the last 90 minutes count."""
    assert placebo_min(plan, every_s, 60) == 60
    assert 88.5 <= placebo_min(plan, every_s, 120) <= 90


def test_minutes_that_nobody_saw_do_not_count(plan):
    """A gap of ten minutes makes an hour 50 minutes, or one less."""
    assert 49 <= placebo_min(plan, 60, 60, gap_min=10) <= 50
