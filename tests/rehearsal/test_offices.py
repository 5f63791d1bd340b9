"""The rehearsed organisation keeps all that #ship-room is promised, and each of its faults is seen by one check."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conduct.run import load_plan, load_release
from fixtures import dashboards, monitors
from fixtures.rehearsal.faults import OfficeFaults
from fixtures.rehearsal.offices import TOKENS, offices_app, organisation_of
from fixtures.repository import tagged_commit
from fixtures.traffic_history import history_of
from ramp.observation import NoEvidence
from ramp.one_pager import one_pager, page_text
from ramp.probes.dashboards import judge_dashboards
from ramp.probes.monitors import judge_monitors
from ramp.probes.one_pager import OnePagerSeen, judge_one_pager
from ramp.probes.start_time import StartTimeSeen, judge_start_time
from ramp.start_time import propose
from ramp.verdict import Colour

PLAN = load_plan()
RELEASE = load_release(Path("release.toml"), PLAN, [])


@pytest.fixture
def judged(serve, tmp_path):
    def with_faults(**of):
        faults = OfficeFaults(**of)
        url, go = serve(offices_app(RELEASE, faults)), datetime.now(UTC)
        kept = organisation_of(RELEASE, PLAN, url, tmp_path / "offices", faults)
        release = RELEASE.model_copy(update={"dashboards": kept.dashboards})
        loaded = dashboards.load_all(kept.dashboards, kept.dashboard_access, TOKENS.__getitem__, time.time())
        answers = monitors.asked(kept.monitors, None)
        return [
            _start_time(kept, go),
            judge_dashboards(PLAN, "go_plus_60", release, loaded),
            judge_monitors(PLAN, "go_plus_60", RELEASE, answers, datetime.now(UTC)),
            _one_pager(kept),
        ]

    return with_faults


def _start_time(kept, go):
    try:
        proposal = propose(PLAN, history_of(kept.traffic_history, None, go, 7), go_utc=go, now_utc=go)
    except NoEvidence:
        return None
    seen = StartTimeSeen(
        start_utc=kept.start_at_utc, go_utc=go, proposal=proposal, busy=(), acknowledged=True, why_unacknowledged=""
    )
    return judge_start_time(PLAN, "go_plus_30", seen)


def _one_pager(kept):
    tagged = tagged_commit(kept.repository, RELEASE.version, RELEASE.commit)
    pinned = (page_text(one_pager(PLAN, RELEASE, tagged, "roll back")),)
    seen = OnePagerSeen(
        rollback_command="roll back",
        tagged=tagged,
        why_untagged="",
        not_there=(),
        unseen=(),
        pinned=pinned,
        why_unpinned="",
    )
    return judge_one_pager(PLAN, "go_plus_30", RELEASE, seen)


def test_all_of_it_is_green_as_it_is(judged):
    assert [verdict.colour for verdict in judged()] == [Colour.GREEN] * 4


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        ({"start": "busy"}, 0),
        ({"start": "late"}, 0),
        ({"tokens": "expired"}, 1),
        ({"dashboard_gone": "DB"}, 1),
        ({"dashboard_stale": "payments"}, 1),
        ({"monitor": "down"}, 2),
        ({"monitor": "of_control"}, 2),
        ({"repository": "tag_elsewhere"}, 3),
        ({"repository": "migrated"}, 3),
    ],
)
def test_each_fault_is_red_in_one(judged, fault, place):
    assert [verdict.colour is Colour.RED for verdict in judged(**fault)] == [each == place for each in range(4)]


def test_a_monitor_that_ran_an_hour_ago_is_no_data(judged):
    assert judged(monitor="stale")[2].colour is Colour.NO_DATA


def test_of_a_gappy_week_nothing_is_proposed(judged):
    assert judged(history="gappy")[0] is None
