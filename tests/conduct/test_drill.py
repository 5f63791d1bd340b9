"""A drill of the rollback on real edges: what a command claims proves nothing, and nobody is left with the canary."""

import sys

import pytest
from aiohttp import web

from conduct.conclusion import open_journal
from conduct.drill import drill, place_of_drill
from conduct.drills_told import DRILLED
from conduct.lease import Lease
from conduct.lending import BACK, LENT
from conduct.run import load_plan
from fixtures.rehearsal.edge import Edge
from fixtures.rehearsal.faults import EdgeFaults
from fixtures.rollback_ways import ways_back
from fixtures.traffic.edge import EdgeTraffic
from ramp.__main__ import main
from ramp.observation import NoEvidence
from ramp.probes import judge_rollback
from ramp.release import CanaryRouting, PrewarmSet, Release
from ramp.target import ScrapeEndpoint, Target
from ramp.traffic_rows import EdgeAdmin, TrafficCommands
from ramp.validation import Invalid
from ramp.verdict import Colour
from reports.journal import read

VERSION, COMMIT = "v20261124.2", "a" * 40
OLD, OLD_COMMIT = "v20261117.1", "b" * 40
PLAN = load_plan()
TOOL = """
import json, sys, urllib.request as web
url, pct = sys.argv[1], sys.argv[2:]
body = json.dumps({"canary_pct": float(pct[0])}).encode() if pct else None
print(json.load(web.urlopen(web.Request(url + "/-/weight", body, method="PUT" if pct else "GET")))["canary_pct"])
"""


def slice_app(name, version):
    async def answer(request):
        commit = COMMIT if name == "canary" else OLD_COMMIT
        return web.Response(text="page", headers={"X-Release-Version": version, "X-Release-Commit": commit})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app


@pytest.fixture
def edges(serve):
    """`edges(**faults)`: the addresses of the release's own edge and of the drill's, before the same two slices."""

    def start(canary=VERSION, **faults):
        origins = {"canary": serve(slice_app("canary", canary)), "control": serve(slice_app("control", OLD))}
        return [serve(Edge(origins, CanaryRouting(), EdgeFaults(**faults)).web_app()) for _ in range(2)]

    return start


@pytest.fixture
def run(on_real, tmp_path):
    """`run(row, edge_url)`: of a real target whose traffic `row` sets."""

    def of(row, edge_url, act=True, folder="1"):
        target = Target(edge_url=edge_url, scrapes=(ScrapeEndpoint(url=f"{edge_url}/metrics"),), traffic=row)
        facts = {"version": VERSION, "commit": COMMIT, "target": "real", "real": target}
        facts |= {"runbook_url": "https://runbooks.example.com", "prewarm": PrewarmSet(paths=("/page",))}
        return on_real(Release(**facts), PLAN, tmp_path / "runs" / folder, act=act)

    return of


def place(own, elsewhere, **change):
    where = {"place": "own_rollout", "says": "nobody asks there", "instead": {own: elsewhere}, "edge_url": elsewhere}
    return where | {"weight_pct": 1, "budget_s": 1} | change


def said_at_t_minus_10(run):
    ways = ways_back(run.site.target.traffic, run.release, run.drills(), run.site.clock.now())
    return judge_rollback(PLAN, "t_minus_10", ways)


def journaled(run):
    with open_journal(run, []) as journal:
        return drill(run, journal)


def killed_in_a_drill(run):
    """As kill -9 leaves it: the weight is set, and no record says what came of that."""
    place = place_of_drill(run)
    with open_journal(run, []) as journal:
        journal.append(LENT, run.site.clock.now(), by="drill", weight_pct=place.weight_pct, sha256=place.sha256)
    place.traffic.set_weight(place.weight_pct)


def test_a_drill_at_one_percent_proves_zero_and_t_minus_10_takes_it_also_from_a_run_beside(edges, run):
    own, elsewhere = edges()
    row = EdgeAdmin(admin_url=own, drill=place(own, elsewhere))
    assert said_at_t_minus_10(run(row, own)).colour is Colour.YELLOW

    journaled(run(row, own))

    verdict = said_at_t_minus_10(run(row, own, folder="2"))
    assert verdict.colour is Colour.GREEN and "control answered 66 users whom the canary had" in verdict.why
    assert EdgeTraffic(elsewhere).weight_pct() == EdgeTraffic(own).weight_pct() == 0


def test_a_tool_that_only_says_zero_is_red(edges, run):
    own, elsewhere = edges(rollback="claimed")
    row = EdgeAdmin(admin_url=own, drill=place(own, elsewhere))
    journaled(run(row, own))

    verdict = said_at_t_minus_10(run(row, own))
    assert verdict.colour is Colour.RED and "NOT PROVEN: the canary still answered a user" in verdict.why


def test_a_command_that_does_nothing_is_red_and_leaves_nobody_with_the_canary(edges, run, tmp_path):
    own, elsewhere = edges()
    tool = tmp_path / "weight.py"
    tool.write_text(TOOL)
    asks = (sys.executable, str(tool), own)
    row = TrafficCommands(
        read=asks,
        set=(*asks, "{weight_pct}"),
        rollback=("/bin/true", own),
        drill=place(own, elsewhere, weight_pct=50),
    )
    journaled(run(row, own))

    verdict = said_at_t_minus_10(run(row, own))
    assert verdict.colour is Colour.RED and "the tool still said 50 %, which was set to 0" in verdict.why
    assert EdgeTraffic(elsewhere).weight_pct() == EdgeTraffic(own).weight_pct() == 0

    works = row.model_copy(update={"rollback": (*asks, "0")})
    assert "only another command was drilled" in said_at_t_minus_10(run(works, own)).why


def test_where_somebody_is_with_the_canary_already_nothing_is_drilled(edges, run):
    own, elsewhere = edges()
    EdgeTraffic(elsewhere).set_weight(10)

    with pytest.raises(NoEvidence, match="the weight in own_rollout is 10 %, and must be 0 before"):
        journaled(run(EdgeAdmin(admin_url=own, drill=place(own, elsewhere)), own))
    assert EdgeTraffic(elsewhere).weight_pct() == 10


def test_what_a_drill_that_was_killed_left_is_put_back_and_measured_before_the_next(edges, run):
    own, elsewhere = edges()
    killed = run(EdgeAdmin(admin_url=own, drill=place(own, elsewhere)), own)
    killed_in_a_drill(killed)

    assert journaled(killed)["proven"]
    back = [each["said"] for each in read(killed.folder) if each["kind"] == BACK]
    assert len(back) == 2 and back[1] == ""
    assert back[0].startswith("a conductor that was killed lent 1 % by its drill; it is taken back: ")
    assert "zero proven after" in back[0] and "control answered 66 users whom the canary had" in back[0]
    assert EdgeTraffic(elsewhere).weight_pct() == 0


@pytest.mark.parametrize("changed", ["weight", "place", "T-0"])
def test_a_weight_that_no_drill_of_this_run_can_have_left_stays(edges, run, changed):
    own, elsewhere = edges()
    killed = run(EdgeAdmin(admin_url=own, drill=place(own, elsewhere)), own)
    killed_in_a_drill(killed)
    if changed == "weight":
        EdgeTraffic(elsewhere).set_weight(2)
    if changed == "place":
        _, elsewhere = edges()
        killed = run(EdgeAdmin(admin_url=own, drill=place(own, elsewhere)), own)
        EdgeTraffic(elsewhere).set_weight(1)
    if changed == "T-0":
        with open_journal(killed, []) as journal:
            order = {"moment": "stage_1", "from_pct": 0.0, "to_pct": 1.0}
            journal.append("ordered", killed.site.clock.now(), what="SetWeight", order=order)
    before_pct = EdgeTraffic(elsewhere).weight_pct()

    with pytest.raises(NoEvidence, match=f"is {before_pct:g} %, and must be 0 before"):
        journaled(killed)
    assert EdgeTraffic(elsewhere).weight_pct() == before_pct > 0


def test_a_real_system_is_drilled_with_act_and_where_a_row_says_so_only(edges, run):
    own, elsewhere = edges()

    with pytest.raises(NoEvidence, match="with --act only"):
        journaled(run(EdgeAdmin(admin_url=own, drill=place(own, elsewhere)), own, act=False))
    with pytest.raises(Invalid, match=r"real\.traffic\.drill: says where a drill harms nobody"):
        journaled(run(EdgeAdmin(admin_url=own), own))


@pytest.mark.parametrize("canary", [OLD, VERSION])
def test_in_the_placebo_hour_it_is_drilled_only_while_the_canary_slice_runs_the_old_version(edges, run, canary):
    own, _ = edges(canary=canary)
    EdgeTraffic(own).set_weight(50)
    told_by = {"header": "X-Release-Commit", "canary": COMMIT, "control": OLD_COMMIT}
    where = {"place": "placebo", "says": "both run the old version", "told_by": told_by, "budget_s": 5}
    drilled = run(EdgeAdmin(admin_url=own, drill=where), own)

    if canary == VERSION:
        with pytest.raises(NoEvidence, match=f"names version {VERSION}"):
            journaled(drilled)
        assert EdgeTraffic(own).weight_pct() == 50
    else:
        assert journaled(drilled)["proven"]
        assert EdgeTraffic(own).weight_pct() == 0


@pytest.fixture
def typed(edges, tmp_path):
    """`typed(*more)`: the exit status of `python -m ramp drill` on a real target, with a run folder of its own."""
    own, elsewhere = edges()
    file = tmp_path / "release.toml"
    file.write_text(
        f'version = "{VERSION}"\ncommit = "{COMMIT}"\ntarget = "real"\n[prewarm]\npaths = ["/page"]\n'
        f'[real]\nedge_url = "{own}"\nscrapes = [{{ url = "{own}/metrics" }}]\n[real.traffic]\nadmin_url = "{own}"\n'
        f'[real.traffic.drill]\nplace = "staging"\nsays = "nobody is there"\nedge_url = "{elsewhere}"\n'
        f'instead = {{ "{own}" = "{elsewhere}" }}\n'
    )
    return lambda *more: main(["drill", f"--release={file}", f"--run={tmp_path / 'runs' / 'drill'}", *more])


def test_the_command_drills_with_act_and_writes_it_down(typed, tmp_path, capsys):
    assert typed() == 10 and "with --act only" in capsys.readouterr().err

    assert typed("--act") == 0
    assert "zero proven after" in capsys.readouterr().out
    (drilled,) = [each for each in read(tmp_path / "runs" / "drill") if each["kind"] == DRILLED]
    assert drilled["proven"] and drilled["weight_pct"] == 50


def test_nothing_is_drilled_beside_a_ramp_that_is_conducted(typed, tmp_path, capsys):
    ramp = tmp_path / "runs" / "ramp"
    ramp.mkdir(parents=True)
    (ramp / "journal.jsonl").touch()
    lease = Lease(ramp)
    lease.take()
    try:
        assert typed("--act") == 10
    finally:
        lease.give_back()
    assert "not drilled while a run is conducted" in capsys.readouterr().err
