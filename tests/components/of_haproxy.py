"""HAProxy itself, set up as docs/traffic.md says: weights are set and read back, users stay, and zero is proven."""

import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from conduct.rollback import roll_back
from fixtures.traffic.haproxy import HaproxyTraffic
from fixtures.traffic.witness import Witness
from ramp.release import PrewarmSet, Release
from ramp.target import ScrapeEndpoint, Target
from ramp.traffic_rows import HaproxyMap
from tests.components.programs import answers, free_port, running
from tests.conftest import PROJECT

RELEASE = Release(version="v20261124.2", commit="a" * 40, prewarm=PrewarmSet(paths=("/p",)))
HEAD = """
global
    stats socket {folder}/admin.sock mode 600 level admin
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
"""
BACKENDS = """
backend canary
    server one {canary}
backend control
    server one {control}
"""


def app_of(version, commit):
    async def answer(request):
        return web.Response(text="page", headers={"X-Release-Version": version, "X-Release-Commit": commit})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app


@contextmanager
def edge_in(tmp_path, serve):
    """The recipe of the page as it stands there, before two apps: the address, and the traffic tool."""
    recipe = re.search(r"```\n(frontend edge\n.*?)```", (PROJECT / "docs/traffic.md").read_text(), re.DOTALL)[1]
    file, port = tmp_path / "canary.map", free_port()
    recipe = recipe.replace("/etc/haproxy/canary.map", str(file)).replace("bind :80", f"bind 127.0.0.1:{port}")
    apps = {"canary": app_of(RELEASE.version, RELEASE.commit), "control": app_of("v20261117.1", "b" * 40)}
    urls = {name: serve(app).removeprefix("http://") for name, app in apps.items()}
    file.write_text("canary 0\n")
    configuration = tmp_path / "haproxy.cfg"
    configuration.write_text(HEAD.format(folder=tmp_path) + recipe + BACKENDS.format(**urls))
    url = f"http://127.0.0.1:{port}"
    with running("usr/sbin/haproxy", "-f", str(configuration), "-db", ready=lambda: answers(url + "/p")):
        yield url, HaproxyTraffic(HaproxyMap(socket=str(Path(tmp_path, "admin.sock")), map=str(file)))


@pytest.fixture
def edge(serve, tmp_path):
    with edge_in(tmp_path, serve) as made:
        yield made


@pytest.mark.parametrize(("pct", "least", "most"), [(10, 60, 140), (50, 430, 570)])
def test_a_weight_is_what_users_get_and_a_rollback_is_proven(edge, pct, least, most):
    """1,000 users who never came before: 4 standard deviations around their share."""
    url, traffic = edge
    traffic.set_weight(pct)
    assert traffic.weight_pct() == pct
    target = Target(edge_url=url, scrapes=(ScrapeEndpoint(url=url + "/metrics"),))
    witness = Witness(target, RELEASE)
    asked = witness.ask_new(1000)
    assert sum(asked.values()) == 1000 and least <= asked["canary"] <= most, asked
    rolled_back = roll_back(traffic, witness, pct, 60)
    assert rolled_back.claim is None and rolled_back.zero.proven, rolled_back.sentence
    assert traffic.weight_pct() == 0
