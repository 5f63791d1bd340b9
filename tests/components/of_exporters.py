"""The exporters themselves, read through their presets: HAProxy's own page, Debian's PostgreSQL, and the machine."""

import shutil
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import requests
from aiohttp import web

from fixtures.rehearsal.postgres import Postgres
from tests.components.programs import answers, free_port, libraries, running, unpacked
from tests.fixtures.served_pages import NOW, scraping

HAPROXY = """
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
frontend edge
    bind 127.0.0.1:{port}
    http-request use-service prometheus-exporter if {{ path /metrics }}
    use_backend canary if {{ req.hdr(x-canary) always }}
    default_backend control
backend canary
    server one {app}
backend control
    server one {app}
"""


class Exporter:
    """What a test of scraping reads: one page of both slices."""

    def __init__(self, port):
        self.row = {"url": f"http://127.0.0.1:{port}/metrics"}


def test_haproxys_own_page_tells_requests_and_errors_of_its_backends(serve, tmp_path):
    async def answer(request):
        return web.Response(status=int(request.match_info["status"]))

    app, port = web.Application(), free_port()
    app.router.add_get("/{status}", answer)
    configuration, url = tmp_path / "haproxy.cfg", f"http://127.0.0.1:{port}"
    configuration.write_text(HAPROXY.format(port=port, app=serve(app).removeprefix("http://")))
    with running("usr/sbin/haproxy", "-f", str(configuration), "-db", ready=lambda: answers(url + "/metrics")):
        source = scraping(Exporter(port), preset="haproxy")
        source.read(NOW)
        for status in (200, 200, 404, 503):
            requests.get(f"{url}/{status}", timeout=5)
        requests.get(f"{url}/200", headers={"X-Canary": "always"}, timeout=5)
        seen, problems = source.read(NOW)
    assert problems == []
    assert seen["control"].counters == {"requests": 4, "errors": 1}
    assert seen["canary"].counters == {"requests": 1, "errors": 0}


@pytest.fixture
def postgres(monkeypatch):
    """Debian's PostgreSQL. Run by root it is nobody's, who may have no way to the checkout: a copy serves."""
    with TemporaryDirectory() as folder:
        for part in ("usr/lib/postgresql", "usr/share/postgresql"):
            shutil.copytree(unpacked() / part, Path(folder, part))
        copied = shutil.copytree(libraries(), Path(folder, "libraries"), ignore=shutil.ignore_patterns("perl*"))
        monkeypatch.setenv("SHIPROOM_POSTGRES_BIN", f"{folder}/usr/lib/postgresql/15/bin")
        monkeypatch.setenv("LD_LIBRARY_PATH", str(copied))
        Path(folder).chmod(0o755)
        postgres = Postgres.start(Path(folder, "scratch"), max_connections=50)
        yield postgres
        postgres.stop()


def test_the_exporter_of_a_real_postgresql_tells_how_many_connections_are_taken(postgres):
    """Ten more connections of 50 are a fifth of what it takes."""
    port = free_port()
    with psycopg.connect(postgres.dsn) as one:
        assert one.info.server_version // 10_000 == 15
    named = f"user=postgres host={postgres.folder} dbname=postgres"
    argv, ready = (f"--web.listen-address=127.0.0.1:{port}",), (lambda: answers(f"http://127.0.0.1:{port}/metrics"))
    with (
        running("usr/bin/prometheus-postgres-exporter", *argv, ready=ready, DATA_SOURCE_NAME=named),
        ExitStack() as more,
    ):
        source = scraping(Exporter(port), preset="postgres_exporter")
        before = source.read(NOW)[0]["canary"].gauges["db_connections_ratio"]
        for _ in range(10):
            more.enter_context(psycopg.connect(postgres.dsn))
        seen, problems = source.read(NOW)
    assert problems == [] and seen["canary"].gauges == {"db_connections_ratio": pytest.approx(before + 0.2)}


def test_the_exporter_of_a_machine_tells_cpu_and_disk_from_the_second_look_on(tmp_path):
    port = free_port()
    ready = lambda: answers(f"http://127.0.0.1:{port}/metrics")  # noqa: E731
    with running("usr/bin/prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}", ready=ready):
        source = scraping(Exporter(port), preset="node_exporter")
        source.read(NOW)
        until = sum(i * i for i in range(3_000_000))  # some CPU, so that it has something to tell
        seen, problems = source.read(NOW)
    assert until and problems == [] and 0 < seen["canary"].gauges["db_cpu_ratio"] <= 1
    assert seen["canary"].gauges["db_io_ratio"] >= 0
