"""A thousand pods behind Prometheus: one look is quick, and small."""

import resource
import time
from datetime import UTC, datetime, timedelta

from aiohttp import web

from fixtures.sources.prometheus import PrometheusSource
from ramp.prometheus_rows import Prometheus
from ramp.validation import typed
from tests.components.of_prometheus import SERVER, server_in
from tests.components.programs import answers, must_become, running

BOUNDS = "0.005 0.01 0.025 0.05 0.075 0.1 0.12 0.15 0.2 0.25 0.5 1 2.5 5 +Inf".split()  # noqa: SIM905
LOOK_CPU_S, LOOK_MB = 2.0, 300
SCRAPES = 8  # of two minutes, every 15 seconds


def page_of(scrape):
    lines = ["# TYPE d histogram"]
    for pod in range(1000):
        track = "control" if pod % 10 else "canary"
        labels = f'pod="shop-{pod}",track="{track}",http_response_status_code="200",http_route="/page"'
        lines += [f'd_bucket{{{labels},le="{le}"}} {1500 * scrape * (n + 1) // 15}' for n, le in enumerate(BOUNDS)]
        lines += [f"d_count{{{labels}}} {1500 * scrape}"]
    return "\n".join([*lines, ""])


def test_a_look_at_a_thousand_pods_of_fifteen_bounds_takes_two_seconds_of_ours_at_most(serve, tmp_path):
    scrapes = 0

    async def answer(request):
        nonlocal scrapes
        if scrapes == SCRAPES:
            return web.Response(status=503)  # whoever looks has the machine to himself
        scrapes += 1
        return web.Response(text=page_of(scrapes), headers={"Content-Type": "text/plain; version=0.0.4"})

    app = web.Application()
    app.router.add_get("/metrics", answer)
    targets = [{"targets": [serve(app).removeprefix("http://")]}]
    every = {"scrape_interval": "1s", "scrape_timeout": "1s"}
    scraped = {"global": every, "scrape_configs": [{"job_name": "shop", "static_configs": targets}]}
    url, argv = server_in(tmp_path, scraped)
    rows = {"url": url, "slices": {"label": "track"}, "signals": {"latency_s": "d"}}
    rows = typed(Prometheus, rows, "release.toml")
    with running(SERVER, *argv, ready=lambda: answers(url + "/-/ready")):
        must_become(lambda: scrapes == SCRAPES, "the pods were scraped for some seconds", within_s=60)
        before_mb, (seen, problems, took_s) = _memory_mb(), _look(rows)
    assert problems == [] and seen["control"].counters["requests"] >= 900 * 1500 * (SCRAPES - 1)
    assert seen["canary"].counters["latency_s"]["0.12"] > 0
    assert took_s <= LOOK_CPU_S and _memory_mb() - before_mb <= LOOK_MB, (took_s, _memory_mb() - before_mb)


def _look(rows):
    """The first of an observer, which has most to read."""
    source, began_s = PrometheusSource(rows, {}, timedelta(minutes=2)), time.process_time()
    seen, problems = source.read(datetime.now(UTC))
    return seen, problems, time.process_time() - began_s


def _memory_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
