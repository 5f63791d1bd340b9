"""Where nothing can be written a conductor ends, and says what the canary's weight is by the tool."""

import errno
import os
from types import SimpleNamespace

import pytest
from aiohttp import web

from conduct.afternoon import Afternoon
from conduct.conclusion import open_journal
from conduct.effects import Effects
from conduct.ports import weight_of
from fixtures.rehearsal.edge import Edge
from fixtures.rehearsal.faults import EdgeFaults
from fixtures.traffic.edge import EdgeTraffic
from fixtures.traffic.witness import Zero
from ramp.conducted import Phase
from ramp.happened import RollbackRan, ZeroMeasured
from ramp.ordered import ProveZero, RollBack
from ramp.release import CanaryRouting, Release
from ramp.target import Target
from ramp.traffic_rows import EdgeAdmin

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "runs/1/journal.jsonl")
ASKED = {"after_s": 0.1, "resolution_s": 0.1, "asked_again": 66, "others": 0}
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def edge_url(serve):
    """An edge at 10 %."""
    origins = {slice: serve(web.Application()) for slice in ("canary", "control")}
    url = serve(Edge(origins, CanaryRouting(), EdgeFaults()).web_app())
    EdgeTraffic(url).set_weight(10)
    return url


@pytest.fixture
def afternoon(on_real, plan, tmp_path):
    """`afternoon(traffic)`: of a real target whose traffic that row sets."""

    def of(row):
        target = Target(edge_url=NOWHERE, scrapes=({"url": f"{NOWHERE}/metrics"},), traffic=row)
        release = Release(version="v20261124.1", commit="a" * 40, target="real", real=target)
        return Afternoon(on_real(release, plan, tmp_path / "run", act=True), [], waits=True)

    return of


def loop_at(phase, traffic):
    """One that was setting 10 % when the disk was full: its journal knows of 1 %."""
    ramp = SimpleNamespace(phase=phase, moment="stage_10", weight_pct=1.0, planned_pct=10.0)
    return SimpleNamespace(ramp=ramp, read_weight=lambda: weight_of(traffic))


def test_the_weight_that_was_set_last_is_told_though_no_record_has_it(afternoon, edge_url):
    ended = afternoon(EdgeAdmin(admin_url=edge_url))
    ended._loop = loop_at(Phase.SETTING, EdgeTraffic(edge_url))
    said = str(ended._not_written(FULL))
    assert said.startswith("HOLD at stage_10: runs/1/journal.jsonl cannot be written: No space left on device; ")
    assert "the canary's weight is 10 %, and nobody looks at it any more" in said


def test_a_conductor_that_comes_back_to_a_full_disk_does_not_say_that_nothing_was_set(afternoon, edge_url):
    assert "the canary's weight is 10 %" in str(afternoon(EdgeAdmin(admin_url=edge_url))._not_written(FULL))
    assert "what the canary's weight is is not known" in str(afternoon(None)._not_written(FULL))


def test_a_weight_that_cannot_be_read_is_not_known(afternoon):
    ended = afternoon(EdgeAdmin(admin_url=NOWHERE))
    said = str(ended._not_written(FULL))
    assert "what the canary's weight is is not known: the edge's weight cannot be read" in said


def test_a_rollback_that_was_under_way_is_not_proven(afternoon, edge_url):
    ended = afternoon(EdgeAdmin(admin_url=edge_url))
    ended._loop = loop_at(Phase.PROVING, EdgeTraffic(edge_url))
    assert "the rollback was ordered, and that it took is NOT PROVEN" in str(ended._not_written(FULL))


def test_what_a_rollback_was_measured_to_come_to_is_known_though_it_cannot_be_written(rehearsed, edge_url, full):
    run, zero = rehearsed(secrets={}), Zero(**ASKED, proven=True, last_canary_s=None)
    ports = SimpleNamespace(traffic=EdgeTraffic(edge_url), witness=SimpleNamespace(zero=lambda *of: zero))
    with open_journal(run, ["stage_10"]) as journal:
        effects = Effects(SimpleNamespace(run=run), journal, ports, [])
        with full(run.folder / "journal.jsonl"):
            assert effects.carry_out(RollBack("stage_10", "F4 fired", 1, 10.0)) == RollbackRan(True)
            assert effects.carry_out(ProveZero("stage_10", 10.0)) == ZeroMeasured(True, zero.why)
        effects.close()
    assert "File too large" in str(effects.unwritten)
    assert weight_of(EdgeTraffic(edge_url)).weight_pct == 0
