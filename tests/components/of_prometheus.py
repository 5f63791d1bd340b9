"""Prometheus itself: what it says of pods that restart, go, or say nonsense, and of a release that is over."""

import json
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from fixtures.sources import recording
from fixtures.sources.prometheus import PrometheusSource
from ramp.__main__ import main
from ramp.decision import Action
from ramp.prometheus_rows import Prometheus
from ramp.replay import replay
from ramp.validation import typed
from tests.components.programs import answers, free_port, must_become, running, unpacked
from tests.fixtures.served_pages import scraping

FRESH = timedelta(seconds=5)
REQUESTS = 'http_requests_total{app="shop"}'
SIGNALS = {
    "requests": REQUESTS,
    "errors": 'http_requests_total{app="shop", code=~"5.."}',
    "db_cpu_ratio": "max(db_cpu)",
}
PODS = {"canary-1": "canary", "control-1": "control", "control-2": "control", "control-3": "control"}
SERVER = "usr/bin/prometheus"


def server_in(folder, configuration):
    """The address of a server in `folder`, and what to start it with."""
    port = free_port()
    (folder / "prometheus.yml").write_text(json.dumps(configuration))
    of = {"config.file": folder / "prometheus.yml", "storage.tsdb.path": folder / "data"}
    argv = [f"--{name}={value}" for name, value in of.items()]
    return f"http://127.0.0.1:{port}", [*argv, f"--web.listen-address=127.0.0.1:{port}"]


class Shop:
    """Pods whose pages a test writes, scraped every half second, and what is read of them through the server."""

    def __init__(self, serve, folder):
        self.pages = dict.fromkeys(PODS, 'http_requests_total{code="200"} 100\ndb_cpu 0.4\n')
        self.scraped = dict.fromkeys(PODS, 0)
        app = web.Application()
        app.router.add_get("/{pod}/metrics", self.answer)
        self.pods_url = serve(app)
        host, targets = self.pods_url.removeprefix("http://"), []
        for pod, track in PODS.items():
            labels = {"__metrics_path__": f"/{pod}/metrics", "instance": pod, "track": track, "app": "shop"}
            targets.append({"targets": [host], "labels": labels})
        every = {"scrape_interval": "500ms", "scrape_timeout": "500ms"}
        scrapes = [{"job_name": "shop", "static_configs": targets}]
        self.url, self.argv = server_in(folder, {"global": every, "scrape_configs": scrapes})

    async def answer(self, request):
        pod = request.match_info["pod"]
        self.scraped[pod] += 1
        page = self.pages[pod]
        return web.Response(text=page or "", status=200 if page else 503)

    def source(self, **signals):
        rows = {"url": self.url, "slices": {"label": "track"}, "signals": {**SIGNALS, **signals}}
        return PrometheusSource(typed(Prometheus, rows, "release.toml"), {}, FRESH)

    def say(self, pod, *lines):
        self.pages[pod] = "".join(line + "\n" for line in lines)
        self.is_read()

    def is_read(self):
        """Every pod was asked twice more, so that the server has what the first of these answers said."""
        before = dict(self.scraped)
        must_become(lambda: all(self.scraped[pod] >= before[pod] + 2 for pod in PODS), "each pod was scraped")


@pytest.fixture
def shop(serve, tmp_path):
    shop = Shop(serve, tmp_path)
    with running(SERVER, *shop.argv, ready=lambda: answers(shop.url + "/-/ready")):
        shop.is_read()
        yield shop


def read(source):
    seen, problems = source.read(datetime.now(UTC))
    return seen["canary"], seen["control"], problems


def test_values_zero_errors_and_what_falls_is_gone_or_down(shop):
    """One of three pods restarts: the sum grows by what the three counted, and not by a third less."""
    source = shop.source()
    canary, control, problems = read(source)
    assert (
        problems == [] and canary.counters == {"requests": 100, "errors": 0} and canary.gauges == {"db_cpu_ratio": 0.4}
    )
    assert control.counters == {"requests": 300, "errors": 0}
    shop.say("control-2", 'http_requests_total{code="200"} 7', "db_cpu 0.4")
    shop.say("control-3", 'http_requests_total{code="200"} 120', 'http_requests_total{code="503"} 4', "db_cpu 0.4")
    _, control, problems = read(source)
    assert (problems, control.fell) == ([], {}) and control.counters == {"requests": 331, "errors": 4}
    shop.pages["control-1"] = None
    must_become(lambda: "up is 0" in " ".join(read(source)[2]), "the pod that answers 503 is missed")
    canary, control, problems = read(source)
    assert "requests" not in control.counters and canary.counters["requests"] == 100
    assert any("cannot read control-1 of shop" in problem for problem in problems)


def test_nonsense_is_no_data_with_its_query(shop):
    source = shop.source(users='shop_buyers_total{app="shpo"}', db_io_ratio="db_io", db_connections_ratio="db_old")
    old_ms = int((time.time() - 60) * 1000)
    shop.say("canary-1", 'http_requests_total{code="200"} NaN', "db_cpu 0.4", "db_io 0.1", f"db_old 0.2 {old_ms}")
    shop.say("control-1", 'http_requests_total{code="200"} 100', "db_cpu 0.4", "db_io 0.2")
    canary, _, problems = read(source)
    said = "\n".join(problems)
    assert "reads nan for http_requests_total of canary" in said and "requests" not in canary.counters
    assert "gives nothing for users" in said and 'shop_buyers_total{app="shpo"' in said
    assert "gives 2 series where one is due" in said and canary.gauges == {"db_cpu_ratio": 0.4}
    assert "db_old for db_connections_ratio, which is 60 s old" in said or "has a sample of db_old" in said
    refused = shop.source(users='shop_buyers_total{app=~"("}')
    assert "refuses the query" in "\n".join(read(refused)[2])


def test_the_same_workload_by_scrape_and_by_the_server_differs_by_less_than_half_a_percent(shop):
    """The pages themselves, read by the suite, against what the server kept of them, over the restart of a pod."""

    class Page:
        def __init__(self, pod):
            self.row = {"url": f"{shop.pods_url}/{pod}/metrics", "slice": PODS[pod]}

    counts, began_s, truth = dict.fromkeys(PODS, 0), dict.fromkeys(PODS, 1_700_000_000), dict.fromkeys(PODS, 0)
    sources = [scraping(*map(Page, PODS)), shop.source(users='users_total{app="shop"}')]
    for step in range(4):
        if step == 2:
            counts["control-2"], began_s["control-2"] = 0, int(time.time())
        for number, pod in enumerate(PODS):
            new = (900, 700, 100, 300)[step] + 37 * number
            counts[pod], truth[pod] = counts[pod] + new, truth[pod] + new
            told = ["# TYPE users counter", f"users_total {counts[pod]}", 'http_requests_total{code="200"} 1']
            shop.pages[pod] = "\n".join([*told, f"process_start_time_seconds {began_s[pod]}", "db_cpu 0.4", ""])
        shop.is_read()
        read_now = [source.read(datetime.now(UTC))[0] for source in sources]
    for slice in ("canary", "control"):
        by_page, by_server = (seen[slice].counters["users"] for seen in read_now)
        assert by_page == sum(truth[pod] for pod in PODS if PODS[pod] == slice)
        assert abs(by_server - by_page) <= 0.005 * by_page


def share_of(pod, minute):
    """Of all traffic: the canary's as the plan gives it, and the rest for two pods of control."""
    steps = ((0, 0.0), (15, 0.01), (30, 0.1), (45, 0.25), (75, 0.5), (91, 1.0))
    canary = next(share for until, share in steps if minute < until)
    return canary if pod == "canary" else (1 - canary) / 2


def past_samples(t0, errors_ratio):
    """A release of 90 minutes and the hour before it, in OpenMetrics."""
    lines = ["# TYPE http_requests counter"]
    for pod, track in (("control-a", "control"), ("control-b", "control"), ("canary", "canary")):
        ratio = errors_ratio if pod == "canary" else 0.001
        for code, part in (("200", 1 - ratio), ("500", ratio)):
            labels, count = f'app="shop",track="{track}",instance="{pod}",code="{code}"', 0.0
            for quarter in range(-4 * 62, 4 * 90 + 1):
                count += part * 9000 / 4 * share_of(pod, quarter / 4)
                lines.append(f"http_requests_total{{{labels}}} {count} {t0.timestamp() + 15 * quarter:.0f}")
    return "\n".join([*lines, "# EOF\n"])


@pytest.mark.parametrize(("errors_ratio", "action"), [(0.001, Action.CONTINUE), (0.05, Action.ROLLBACK)])
def test_a_finished_release_is_judged_from_its_history(tmp_path, plan, errors_ratio, action):
    t0 = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=5)
    samples, release, file = (tmp_path / name for name in ("samples.txt", "release.toml", "past.jsonl"))
    samples.write_text(past_samples(t0, errors_ratio))
    promtool = [str(unpacked() / "usr/bin/promtool"), "tsdb", "create-blocks-from", "openmetrics"]
    subprocess.run([*promtool, str(samples), str(tmp_path / "data")], check=True, capture_output=True, timeout=60)
    url, argv = server_in(tmp_path, {})
    signals = "".join(f"{key} = '{SIGNALS[key]}'\n" for key in ("requests", "errors"))
    of = f'[real.prometheus]\nurl = "{url}"\nslices = {{ label = "track" }}\n'
    release.write_text(of + "[real.prometheus.signals]\n" + signals)
    with running(SERVER, *argv, ready=lambda: answers(url + "/-/ready")):
        span = ["--from", t0.isoformat(), "--to", (t0 + timedelta(minutes=90)).isoformat()]
        assert main(["observe", f"--release={release}", f"--file={file}", *span]) == 0
    outcome = replay(plan, recording.planned(file, plan), ("errors",))
    assert outcome.decision is action, outcome.reason
