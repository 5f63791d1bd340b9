import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from fixtures.database import back_up
from fixtures.postgres_binaries import PostgresFailed, binaries_in, connect
from fixtures.rehearsal.postgres import Postgres

DEADLINE_S = 5


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="shiproom-") as scratch:
        postgres = Postgres.start(Path(scratch), max_connections=30)
        yield postgres
        postgres.stop()


def test_it_takes_orders_and_keeps_their_time(postgres):
    with connect(postgres.dsn) as connection:
        insert = "insert into orders (amount_cents, slice) values (100, 'canary') returning id, at <= now()"
        assert connection.execute(insert).fetchone() == (1, True)
        connection.execute("insert into ai_usage (route, tokens) values ('/api/tutor', 120)")
        assert connection.execute("show max_connections").fetchone() == ("30",)


def test_finished_wal_reaches_the_archive_whole(postgres):
    with connect(postgres.dsn) as connection:
        connection.execute("create table filler as select generate_series(1, 100)")
        (wal,) = connection.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
    deadline = time.monotonic() + DEADLINE_S
    while not (archived := postgres.archive / wal).exists():
        assert time.monotonic() < deadline, f"{wal} never reached the archive"
    assert archived.stat().st_size == 1024**2


def test_it_listens_on_no_network_and_never_runs_as_root(postgres):
    server = psutil.Process(postgres.pid)
    assert server.net_connections(kind="inet") == []
    assert server.uids().effective != 0
    assert Path(postgres.row.scratch).stat().st_mode & 0o077 == 0


def test_stopping_leaves_no_process_and_no_file_not_even_of_a_restore_that_was_cut_short():
    """The restored server is in a folder of the cluster's, as a killed run would leave it."""
    with tempfile.TemporaryDirectory(prefix="shiproom-") as scratch:
        postgres = Postgres.start(Path(scratch))
        family = [psutil.Process(postgres.pid), *psutil.Process(postgres.pid).children(recursive=True)]
        binaries = binaries_in(postgres.folder)
        (postgres.folder / "r-killed").mkdir()
        binaries.own(postgres.folder / "r-killed")
        data = back_up(binaries, postgres.dsn, postgres.folder / "r-killed" / "data")
        orphan = binaries.serve(data, {"archive_mode": "off"})
        orphan.connect().close()
        postgres.stop()
        postgres.stop()
        assert orphan.process.poll() is not None
        assert len(family) > 3
        assert psutil.wait_procs(family, timeout=DEADLINE_S)[1] == []
        assert list(Path(scratch).iterdir()) == []


def test_a_server_that_does_not_come_up_says_why_and_leaves_nothing():
    with tempfile.TemporaryDirectory(prefix="shiproom-") as scratch:
        with pytest.raises(PostgresFailed, match=r"exited with status 1: .*contains errors$"):
            Postgres.start(Path(scratch), max_connections=0)
        assert list(Path(scratch).iterdir()) == []


def test_a_folder_too_long_for_a_socket_is_an_error_that_says_what_to_do():
    with tempfile.TemporaryDirectory(prefix="shiproom-") as scratch:
        Path(scratch).chmod(0o711)
        long = Path(scratch) / ("x" * 100)
        with pytest.raises(PostgresFailed, match=r"bytes too long for a unix socket: choose a shorter TMPDIR\.$"):
            Postgres.start(long)
        assert list(long.iterdir()) == []
