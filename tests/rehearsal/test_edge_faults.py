"""The edge breaks off answers and ends a load, as its faults say and no sooner."""

import http.client
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
import requests
from aiohttp import web

from fixtures.rehearsal.edge import Edge
from fixtures.rehearsal.faults import EdgeFaults
from ramp.release import CanaryRouting

ROUTING = CanaryRouting(header="x-canary", canary="always", control="never")
BODY = b"an answer that is long enough to be cut"
HALF = BODY[: len(BODY) // 2]


@pytest.fixture
def edge_url(serve):
    """`edge_url(**faults)`: an edge in front of one origin."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=BODY, headers={"X-Release-Version": "v1"})

    origin = web.Application()
    origin.router.add_route("*", "/{path:.*}", answer)
    url = serve(origin)
    return lambda **faults: serve(Edge({"canary": url, "control": url}, ROUTING, EdgeFaults(**faults)).web_app())


def read(url: str, headers: dict[str, str]) -> bytes:
    """The body, or what came of it."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", "/api/courses", headers=headers)
        answer = connection.getresponse()
        assert (answer.status, answer.length) == (200, len(BODY))
        return answer.read()
    except http.client.IncompleteRead as cut:
        return cut.partial
    finally:
        connection.close()


def test_every_so_many_answers_to_users_break_off_in_the_middle(edge_url):
    """With their whole length announced; visitors are spared."""
    url = edge_url(cuts_answers_short_every=3)

    came = [read(url, {"X-User": "canary-1"}) for _ in range(6)]

    assert came == [BODY, BODY, HALF, BODY, BODY, HALF]
    assert [read(url, {"X-Visitor": "visitor-1"}) for _ in range(3)] == [BODY] * 3


def test_whoever_sends_that_request_is_told_to_end(edge_url):
    """By SIGTERM, and nobody else."""
    url = edge_url(ends_load_after=2)
    asks = (
        "import sys, urllib.request as r\nfor _ in range(9): r.urlopen(r.Request(sys.argv[1], headers={'X-User': 'u'}))"
    )

    assert read(url, {"X-User": "canary-1"}) == BODY
    sender = subprocess.run([sys.executable, "-c", asks, f"{url}/api/courses"], timeout=30, check=False)

    assert sender.returncode == -signal.SIGTERM


def test_the_canary_is_lost_from_its_minute_on_for_an_evenly_spread_share(edge_url):
    """Of a ramp, which begins with the first weight: a placebo hour before it is none. Control is never lost."""
    url, to = edge_url(loses_canary_ratio=0.25), {"canary": {"x-canary": "always"}, "control": {"x-canary": "never"}}

    def statuses(slice: str) -> list[int]:
        return [requests.get(f"{url}/api/courses", headers=to[slice], timeout=5).status_code for _ in range(8)]

    assert requests.put(f"{url}/-/weight", json={"canary_pct": 50, "placebo": True}, timeout=5).ok
    assert statuses("canary") == [200] * 8
    assert requests.put(f"{url}/-/weight", json={"canary_pct": 1}, timeout=5).ok
    assert statuses("canary") == [200, 200, 200, 502] * 2
    assert statuses("control") == [200] * 8


def test_before_that_minute_it_is_not(edge_url):
    url = edge_url(loses_canary_ratio=1.0, loses_canary_from_min=10)
    assert requests.put(f"{url}/-/weight", json={"canary_pct": 1}, timeout=5).ok

    assert requests.get(f"{url}/api/courses", headers={"x-canary": "always"}, timeout=5).status_code == 200


def test_the_metrics_may_be_down_in_the_placebo_hour_alone(edge_url):
    url = edge_url(metrics="down_in_placebo")
    said = []
    for weight in ({"canary_pct": 0}, {"canary_pct": 50, "placebo": True}, {"canary_pct": 1}):
        requests.put(f"{url}/-/weight", json=weight, timeout=5)
        said.append(requests.get(f"{url}/metrics", timeout=5).status_code)

    assert said == [200, 503, 200]
