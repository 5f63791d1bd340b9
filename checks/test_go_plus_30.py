"""GO+30: 30 minutes after the GO #ship-room has a start, a roster, dashboards and a one-pager."""

import pytest

from ramp import probes


@pytest.mark.check("confirmed_in_time")
def test_every_line_is_confirmed_in_time(plan, moment, confirmed, settle):
    """Every line is confirmed in #ship-room within its minutes of the GO, or the CEO acknowledged that it is late."""
    settle(probes.judge_confirmed_in_time(plan, moment.id, confirmed))


@pytest.mark.check("start_time")
def test_the_start_is_in_the_lowest_trough(plan, moment, start_time_seen, settle):
    """T-0 is in the lowest trough of the last 7 days within 24 hours of the GO, and the CEO acknowledged it."""
    settle(probes.judge_start_time(plan, moment.id, start_time_seen))


@pytest.mark.check("roster")
def test_somebody_answers_for_every_domain(plan, moment, kept, roster_seen, settle):
    """Every domain has a DRI and a backup who are on call all through the ramp, and each DRI answers in 5 minutes."""
    settle(probes.judge_roster(plan, moment.id, kept, roster_seen))


@pytest.mark.check("dashboards")
def test_every_dashboard_loads(plan, moment, kept, dashboards_loaded, settle):
    """Every dashboard loads for the CEO and for an SRE lead, past any log-in, with fresh data."""
    settle(probes.judge_dashboards(plan, moment.id, kept, dashboards_loaded))


@pytest.mark.check("one_pager")
def test_the_one_pager_is_true_and_pinned(plan, moment, kept, one_pager_seen, settle):
    """The one-pager is whole, agrees with the repository, and is pinned in #ship-room word for word."""
    settle(probes.judge_one_pager(plan, moment.id, kept, one_pager_seen))
