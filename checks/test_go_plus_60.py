"""GO+60: 60 minutes after the GO the organisation's own monitors watch the canary."""

import pytest

from ramp import probes


@pytest.mark.check("monitors")
def test_every_monitor_is_green_and_hits_the_canary(plan, moment, kept, monitors_asked, settle):
    """Every synthetic monitor of the organisation is green, fresh, and shown to hit the canary slice."""
    settle(probes.judge_monitors(plan, moment.id, kept, *monitors_asked))
