"""`python -m ramp run --act` on a real edge on loopback: killed in the middle of a hold it goes on, one at a time."""

import os
import subprocess
import sys
import time

import pytest
from aiohttp import web

from conduct.conclusion import open_journal
from conduct.run import PROJECT, open_run
from fixtures.rehearsal.edge import Edge
from fixtures.rehearsal.faults import EdgeFaults
from fixtures.traffic.edge import EdgeTraffic
from ramp.happened import Concluded, Looked, Opened, ShareSeen, WeightRead, record
from ramp.release import CanaryRouting
from reports.journal import FILE, read_file

VERSION, COMMIT = "v20261124.2", "a" * 40
NOWHERE = "http://127.0.0.1:9"

pytestmark = pytest.mark.skipif(
    os.environ.get("SHIPROOM_SCENARIOS") != "all", reason="half a minute of real processes: with SHIPROOM_SCENARIOS=all"
)


class Shop:
    """An edge with a canary and a control, and the page of their database. `set_to` are the weights that were set."""

    def __init__(self, serve):
        self.full, self.set_to = 0.4, []
        origins = {
            "canary": serve(self.slice(VERSION, COMMIT)),
            "control": serve(self.slice("v20261117.1", "b" * 40)),
        }
        app = Edge(origins, CanaryRouting(), EdgeFaults()).web_app()
        app.middlewares.append(self.counted)
        self.url = serve(app)
        EdgeTraffic(self.url).set_weight(50)
        self.set_to.clear()

    @web.middleware
    async def counted(self, request, handler):
        if request.method == "PUT":
            self.set_to.append((await request.json())["canary_pct"])
        return await handler(request)

    def slice(self, version, commit):
        async def answer(request):
            return web.Response(text="page", headers={"X-Release-Version": version, "X-Release-Commit": commit})

        async def metrics(request):
            gauges = {"cpu": self.full, "io": self.full, "connections": 0.3, "utilization": 0.1}
            page = "".join(f"# TYPE db_{name}_ratio gauge\ndb_{name}_ratio {value}\n" for name, value in gauges.items())
            return web.Response(text=page)

        app = web.Application()
        app.router.add_get("/metrics", metrics)
        app.router.add_route("*", "/{path:.*}", answer)
        return app


@pytest.fixture
def shop(serve):
    return Shop(serve)


@pytest.fixture
def folder(shop, serve, tmp_path, plan):
    """A run that was killed right after 50 % was set."""
    metrics = serve(shop.slice(VERSION, COMMIT))
    (tmp_path / "release.toml").write_text(
        f"""
version = "{VERSION}"
commit = "{COMMIT}"
target = "real"
[prewarm]
paths = ["/page"]
[real]
edge_url = "{shop.url}"
scrapes = [{{ url = "{metrics}/metrics", slice = "canary" }}]
stripe_url = "{NOWHERE}"
slack_url = "{NOWHERE}"
pager_url = "{NOWHERE}"
traffic = {{ admin_url = "{shop.url}" }}
""",
        "utf-8",
    )
    run = open_run(tmp_path / "release.toml", [], folder=tmp_path / "run", speed=20, act=True)
    events = [Opened(0.0), Concluded("t_minus_10", "CONTINUE")]
    for stage in plan.stages:
        events.append(WeightRead(float(stage.traffic_pct)))
        if stage.id == "stage_50":
            break
        held = float(stage.hold_min)
        events += [ShareSeen(True), Looked("within", held, held), Concluded(stage.id, "CONTINUE")]
    with open_journal(run, []) as journal:
        journal.append("ordered", run.site.clock.now(), what="Conclude", order={"moment": "t_minus_10"})
        for event in events:
            journal.append("happened", run.site.clock.now(), event=record(event))
    return run.folder


class Conductor:
    def __init__(self, folder):
        self.folder = folder
        argv = [sys.executable, "-m", "ramp", "run", "--act", "--speed=20", f"--run={folder}"]
        argv += [f"--release={folder.parent / 'release.toml'}"]
        with (folder.parent / "said.txt").open("a") as said:
            self.process = subprocess.Popen(argv, cwd=PROJECT, stdout=said, stderr=said)

    def happened(self):
        records = read_file(self.folder / FILE, may_be_torn=True).records
        return [each["event"]["what"] for each in records if each["kind"] == "happened"]

    def looks_in_its_hold(self, opened):
        """Waits for a look in the hold of conductor number `opened`, counted from the first that was ever there."""
        until_s = time.monotonic() + 60
        while time.monotonic() < until_s and self.process.poll() is None:
            lives = " ".join(self.happened()).split("Opened")
            if len(lives) > opened and "Looked" in lives[opened].partition("ShareSeen")[2]:
                return
            time.sleep(0.05)
        raise AssertionError((self.folder.parent / "said.txt").read_text())

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@pytest.fixture
def conductor(folder):
    begun = []

    def begin():
        begun.append(Conductor(folder))
        return begun[-1]

    yield begin
    for each in begun:
        each.end()


def test_a_conductor_that_was_killed_in_a_hold_goes_on_sets_no_weight_again_and_rolls_back_at_a_trigger(
    shop, folder, conductor
):
    first = conductor()
    first.looks_in_its_hold(2)
    first.end()
    second = conductor()
    second.looks_in_its_hold(3)
    third = conductor()
    assert third.process.wait(30) == 4, "one conducts"
    assert "another process conducts" in (folder.parent / "said.txt").read_text()
    assert (shop.set_to, EdgeTraffic(shop.url).weight_pct()) == ([], 50)
    shop.full = 0.9
    assert second.process.wait(90) == 20, (folder.parent / "said.txt").read_text()
    assert (shop.set_to, EdgeTraffic(shop.url).weight_pct()) == ([0], 0)
    orders = [each["what"] for each in read_file(folder / FILE).records if each["kind"] == "ordered"]
    assert "SetWeight" not in orders and orders.count("RollBack") == 1
