"""After two stable hours at 100 %."""

import pytest

from ramp import probes


@pytest.mark.check("stable")
def test_all_traffic_was_stable_on_the_release(plan, moment, stable_hours, settle):
    """All traffic was on the release for two hours, every minute was looked at, and nothing broke."""
    seen, now_utc = stable_hours
    settle(probes.judge_stable(plan, moment.id, seen, now_utc))
