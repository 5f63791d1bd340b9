import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from fixtures.postgres_binaries import connect
from fixtures.rehearsal.database_metrics import database_metrics_app
from fixtures.rehearsal.postgres import Postgres

CORES = 0.25
GAUGES = {"db_cpu_ratio", "db_io_ratio", "db_utilization_ratio", "db_connections_ratio"}
DEADLINE_S = 5


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="shiproom-") as scratch:
        postgres = Postgres.start(Path(scratch), max_connections=60)
        yield postgres
        postgres.stop()


def gauges(url: str) -> dict[str, float]:
    answer = requests.get(f"{url}/metrics", timeout=DEADLINE_S)
    answer.raise_for_status()
    families = text_string_to_metric_families(answer.text)
    return {sample.name: sample.value for family in families for sample in family.samples}


def seen(url: str, condition: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    """The first scrape in which all gauges are present and `condition` holds."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        scraped = gauges(url)
        if scraped.keys() == GAUGES and condition(scraped):
            return scraped
        assert time.monotonic() < deadline, f"the last scrape has {scraped}"
        time.sleep(0.05)


def test_a_healthy_database_is_far_from_its_limits(postgres, serve):
    scraped = seen(serve(database_metrics_app(dsn=postgres.dsn, postmaster_pid=postgres.pid, cores=CORES)), bool)
    assert all(0 <= value < 0.5 for value in scraped.values()), scraped


def test_held_connections_are_real_and_show(postgres, serve):
    app = database_metrics_app(dsn=postgres.dsn, postmaster_pid=postgres.pid, cores=CORES, hog_connections=50)
    url = serve(app)
    assert gauges(url)["db_connections_ratio"] > 0.8
    with connect(postgres.dsn) as connection:
        assert connections(connection) >= 50


def test_a_slow_disk_fills_io_and_nothing_else(postgres, serve):
    app = database_metrics_app(dsn=postgres.dsn, postmaster_pid=postgres.pid, cores=CORES, slow_disk_ratio=0.88)
    scraped = seen(serve(app), bool)
    assert 0.85 < scraped.pop("db_io_ratio") < 0.95
    assert all(value < 0.5 for value in scraped.values()), scraped


def test_a_burning_database_takes_more_than_its_cores(postgres, serve):
    app = database_metrics_app(dsn=postgres.dsn, postmaster_pid=postgres.pid, cores=CORES, burn=True)
    scraped = seen(serve(app), lambda scraped: scraped["db_cpu_ratio"] > 0.8)
    assert scraped["db_connections_ratio"] < 0.5


def test_the_faults_end_with_the_exporter(postgres):
    app = database_metrics_app(
        dsn=postgres.dsn, postmaster_pid=postgres.pid, cores=CORES, hog_connections=20, burn=True
    )

    async def start_and_stop() -> int:
        runner = web.AppRunner(app)
        await runner.setup()
        held = connections(connection)
        await runner.cleanup()
        return held

    with connect(postgres.dsn) as connection:
        assert asyncio.run(start_and_stop()) > 20
        deadline = time.monotonic() + DEADLINE_S
        while connections(connection) > 1:
            assert time.monotonic() < deadline, "connections outlived the exporter"


def test_a_database_that_is_gone_has_no_gauges_rather_than_zeros(serve):
    with tempfile.TemporaryDirectory(prefix="shiproom-") as scratch:
        postgres = Postgres.start(Path(scratch))
        url = serve(database_metrics_app(dsn=postgres.dsn, postmaster_pid=postgres.pid, cores=CORES))
        seen(url, bool)
        postgres.stop()
        assert gauges(url) == {}


def connections(connection) -> int:
    query = "select count(*) from pg_stat_activity where backend_type = 'client backend'"
    return connection.execute(query).fetchone()[0]
