"""docs/examples/httpbin, started as its page says: to CONTINUE with all gates GREEN, to ROLLBACK once it breaks."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack

import pytest
import requests

from fixtures.traffic.haproxy import HaproxyTraffic
from ramp.decision import Action
from ramp.traffic_rows import HaproxyMap
from ramp.verdict import Colour, Trigger
from reports.journal import latest, read
from tests.components.programs import answers, free_port, libraries, must_become, unpacked
from tests.conftest import PROJECT

EXAMPLE, PLACE = PROJECT / "docs/examples/httpbin", "/tmp/httpbin"  # noqa: S108
PORTS = ("8080", "8081", "8082", "9090")
NEW = "v20261124.1 3f9c2a7be1d04c5586f0a1b2c3d4e5f60718293a"
OLD = "v20261117.1 b5c1d2e3f405162738495a6b7c8d9e0f10213243"
PLACEBO_S, RAMP_S = 240, 480


class Example:
    """Its programs in a folder of their own, on free ports."""

    def __init__(self, folder, ending):
        self.folder, self._ending = folder, ending
        self._ports = {port: free_port() for port in PORTS}
        for file in EXAMPLE.iterdir():
            text = re.sub(r"127\.0\.0\.1:(\d+)", lambda found: f"127.0.0.1:{self._ports[found[1]]}", file.read_text())
            (folder / file.name).write_text(text.replace(PLACE, str(folder)))
        (folder / "canary.map").write_text("canary 5000\n")
        self.traffic = HaproxyTraffic(HaproxyMap(socket=str(folder / "admin.sock"), map=str(folder / "canary.map")))
        self.canary = self.instance("canary", "8081", OLD)
        self.instance("control", "8082", OLD)
        self.start("haproxy", unpacked() / "usr/sbin/haproxy", "-f", "haproxy.cfg", "-db")
        server = ("--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address={self.at('9090')}")
        self.start("prometheus", unpacked() / "usr/bin/prometheus", *server)
        ready = (f"http://{self.at('8080')}/get", f"http://{self.at('9090')}/-/ready")
        must_become(lambda: all(map(answers, ready)), "the example answers")
        self.start("users", sys.executable, "users.py", f"http://{self.at('8080')}")
        must_become(lambda: len(self.counted()) == 2, "Prometheus has scraped both slices")

    def counted(self):
        """How many answers of each slice Prometheus has."""
        query = {"query": "sum by (track) (flask_http_request_total)"}
        said = requests.get(f"http://{self.at('9090')}/api/v1/query", params=query, timeout=5).json()
        return {one["metric"]["track"]: float(one["value"][1]) for one in said["data"]["result"]}

    def at(self, port):
        return f"127.0.0.1:{self._ports[port]}"

    def instance(self, name, port, release):
        bound = ("-b", self.at(port), "--threads", "16", "--no-control-socket", "--access-logfile", f"{name}.log")
        slow = str(self.folder / f"slow-{name}")
        return self.start(name, sys.executable, "-m", "gunicorn", *bound, "shop:app", RELEASE=release, SLOW=slow)

    def start(self, name, *argv, **environment):
        linked = {"LD_LIBRARY_PATH": str(libraries())} if "usr" in str(argv[0]) else {}
        with (self.folder / f"{name}.said").open("ab") as said:
            environment = {**os.environ, **environment, **linked}
            process = subprocess.Popen(argv, cwd=self.folder, env=environment, stdout=said, stderr=said)
        self._ending.callback(process.wait, 20)
        self._ending.callback(process.terminate)
        return process

    def deploy(self):
        """The new release on the canary, where no user comes yet."""
        self.traffic.set_weight(0)
        self.canary.terminate()
        self.canary.wait(20)
        self.canary = self.instance("canary", "8081", NEW)
        must_become(lambda: answers(f"http://{self.at('8081')}/delay/0.03"), "the new release answers")
        must_become(lambda: 0 < self.counted().get("canary", 0) < 20, "Prometheus has scraped the new release")

    def types(self, run, *argv):
        """A command of the page."""
        named = [f"--{name}={self.folder / name}.toml" for name in ("release", "plan")]
        argv = [sys.executable, "-m", "ramp", *argv, *named, f"--run={self.folder / run}", "--speed", "20"]
        environment = {"PATH": os.environ["PATH"], "XDG_STATE_HOME": str(self.folder / "state")}
        with (self.folder / f"{run}.said").open("ab") as said:
            process = subprocess.Popen(argv, cwd=PROJECT, env=environment, stdout=said, stderr=said)
        self._ending.callback(process.wait, 20)
        self._ending.callback(process.kill)
        return process

    def told(self, run):
        return latest(read(self.folder / run)).chapters


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    with ExitStack() as ending:
        example = Example(tmp_path_factory.mktemp("httpbin"), ending)
        assert example.types("sound", "observe", "--moment", "placebo").wait(PLACEBO_S) == 0
        shutil.copytree(example.folder / "sound", example.folder / "broken")
        example.deploy()
        yield example


def test_a_sound_release_goes_to_the_end_with_every_gate_green(example):
    status = example.types("sound", "run", "--act").wait(RAMP_S)
    told = {chapter.moment: chapter for chapter in example.told("sound")}
    assert status == Action.CONTINUE.exit_code and list(told) == ["t_minus_10", "stage_25", "stage_50"]
    assert {verdict.colour for chapter in told.values() for verdict in chapter.verdicts} == {Colour.GREEN}
    assert {"latency", "errors", "cache", "share", "privacy"} <= {of.check for of in told["stage_50"].verdicts}


def test_one_that_is_slow_and_not_cached_is_rolled_back(example):
    """The file is there once users come, so that nothing is wrong before T-0."""
    example.deploy()
    conducted = example.types("broken", "run", "--act")
    must_become(lambda: example.traffic.weight_pct() == 25, "users come to the canary", within_s=120)
    (example.folder / "slow-canary").touch()
    assert conducted.wait(RAMP_S) == Action.ROLLBACK.exit_code
    *_, last = example.told("broken")
    assert Trigger.F5 in {verdict.trigger for verdict in last.verdicts} and last.moment == "stage_25"
    assert example.traffic.weight_pct() == 0 and last.rolled_back
