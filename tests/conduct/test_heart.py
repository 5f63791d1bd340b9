"""A heartbeat at each look: what the monitor does not take is said once, and no look waits for it."""

import socket
import time
from types import SimpleNamespace

import pytest
from aiohttp import web
from pydantic import SecretStr

from conduct.heart import Heart
from fixtures import http
from fixtures.heartbeat import beat
from fixtures.rehearsal.heartbeats import PATH, heartbeats_app
from ramp.observation import NoEvidence
from ramp.probes import judge_heartbeat
from ramp.target import Heartbeat
from ramp.verdict import Colour

ROW = Heartbeat(url_env="MONITOR_URL")


def heart_at(url):
    target = SimpleNamespace(heartbeat=ROW)
    return Heart(SimpleNamespace(site=SimpleNamespace(target=target, secret=lambda name: SecretStr(url))))


def said_by(heart, until):
    """What it says while it beats, up to 5 s, until `until(said so far)`."""
    said, deadline_s = [], time.monotonic() + 5
    while not until(said) and time.monotonic() < deadline_s:
        said += filter(None, [heart.beat()])
    return said


@pytest.fixture
def monitor(serve):
    """`monitor.status` is what it answers next, `monitor.url` where."""
    state = SimpleNamespace(status=200, beats=0)

    async def taken(request):
        state.beats += 1
        return web.Response(status=state.status)

    app = web.Application()
    app.router.add_get("/ping/secret", taken)
    state.url = serve(app) + "/ping/secret"
    return state


def test_a_monitor_that_takes_heartbeats_is_not_spoken_of(monitor):
    with heart_at(monitor.url) as heart:
        assert said_by(heart, lambda said: monitor.beats >= 5) == []


def test_one_that_refuses_is_said_once_and_so_is_one_that_takes_them_again(monitor):
    monitor.status = 503
    with heart_at(monitor.url) as heart:
        (failed,) = said_by(heart, lambda said: monitor.beats >= 5)
        monitor.status = 200
        (again,) = said_by(heart, lambda said: said)

    assert "the monitor that MONITOR_URL names answered 503; the ramp goes on" in failed
    assert again == "the outside monitor takes heartbeats again"


def test_a_monitor_that_hangs_keeps_no_look_waiting():
    """And is asked no second time meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(5)
        with heart_at(f"http://127.0.0.1:{silent.getsockname()[1]}/ping") as heart:
            heart.beat()
            asked, _ = silent.accept()
            began_s = time.monotonic()
            assert not any(heart.beat() for _ in range(1000))
            assert time.monotonic() - began_s < 2
            silent.settimeout(0)
            with pytest.raises(BlockingIOError):
                silent.accept()
            asked.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/ping/secret?key=secret", "secret", "https://"])
def test_no_sentence_tells_the_address(url):
    with pytest.raises(NoEvidence) as missing:
        beat(ROW, url)
    assert "secret" not in missing.value.reason and "MONITOR_URL" in missing.value.reason


def test_the_rehearsed_monitor_counts_heartbeats_and_t_minus_10_is_green_by_one(serve):
    url = serve(heartbeats_app())
    verdict = judge_heartbeat("t_minus_10", beat(Heartbeat(url_env="MONITOR_URL", method="POST"), url + PATH))

    assert verdict.colour is Colour.GREEN
    assert http.get_text(url + "/beats") == '{"beats": 1}'
    with pytest.raises(NoEvidence, match="answered 503"):
        beat(ROW, serve(heartbeats_app(refused=True)) + PATH)


def test_without_a_monitor_t_minus_10_is_yellow_and_says_what_to_configure():
    verdict = judge_heartbeat("t_minus_10", None)
    assert verdict.colour is Colour.YELLOW and "[real.heartbeat]" in verdict.why
