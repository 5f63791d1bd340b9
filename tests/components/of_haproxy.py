"""HAProxy itself, set up as docs/traffic.md says: weights are set and read back, users stay, and zero is proven."""

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import requests
from aiohttp import web

from conduct.rollback import roll_back
from fixtures.traffic.haproxy import HaproxyTraffic
from fixtures.traffic.witness import Witness
from ramp.ports import TrafficFailed
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

    async def stream(request):
        """Does not end by itself, as an event stream or a WebSocket does not."""
        told = web.StreamResponse(headers={"X-Release-Version": version})
        await told.prepare(request)
        with suppress(ConnectionResetError):
            while True:
                await told.write(b".")
                await asyncio.sleep(0.02)
        return told

    app = web.Application()
    app.router.add_get("/stream", stream)
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


def last_byte_s(answer, until_s):
    """When the last byte of an open answer came in, of the monotonic clock; None where it goes on at `until_s`."""
    last_s = None
    try:
        for _ in answer.iter_content(1):
            last_s = time.monotonic()
            if last_s > until_s:
                return None
    except requests.RequestException:
        pass  # it was cut off
    return last_s


def opened(url, users, version, stack):
    """Open answers of that version, of users who never came before."""
    for user in users:
        answer = stack.enter_context(requests.get(url + "/stream", headers={"X-Visitor": user}, stream=True, timeout=5))
        if answer.headers["X-Release-Version"] == version:
            yield answer


def test_a_rollback_ends_what_is_open_at_the_canary_and_nothing_at_control(edge):
    """Sticky users who come back and streams that would go on: the canary's last byte counts."""
    url, traffic = edge
    traffic.set_weight(50)
    target = Target(edge_url=url, scrapes=(ScrapeEndpoint(url=url + "/metrics"),))
    witness = Witness(target, RELEASE)
    witness.ask_new(300)
    with ExitStack() as stack, ThreadPoolExecutor() as reading:
        streams = list(opened(url, [f"listener-{each}" for each in range(12)], RELEASE.version, stack))
        others = list(opened(url, [f"other-{each}" for each in range(12)], "v20261117.1", stack))
        assert streams and others
        ordered_s = time.monotonic()
        ends = [reading.submit(last_byte_s, answer, ordered_s + 10) for answer in streams]
        goes_on = [reading.submit(last_byte_s, answer, ordered_s + 3) for answer in others]
        rolled_back = roll_back(traffic, witness, 50, 60)
        ended_s = [each.result() for each in ends]
        assert None not in ended_s and max(ended_s) - ordered_s < 5
        assert [each.result() for each in goes_on] == [None] * len(others)
    assert rolled_back.claim is None and rolled_back.zero.proven, rolled_back.sentence
    assert rolled_back.order_s < 1 and rolled_back.zero.asked_again >= 66


def test_a_backend_that_is_not_there_is_said_and_the_weight_is_0_all_the_same(edge):
    _, traffic = edge
    traffic.set_weight(50)
    elsewhere = HaproxyTraffic(traffic._row.model_copy(update={"backend": "kanary"}))
    with pytest.raises(TrafficFailed, match="backend 'kanary': Can't find backend"):
        elsewhere.roll_back()
    assert traffic.weight_pct() == 0
