"""Places for ledgers on each kind of store, all of them gone afterwards."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from fixtures.payments.scratch import scratch, scratch_schema
from fixtures.rehearsal.postgres import Postgres
from tests.soak.wandering import Home, folders, schemas

Place = Callable[[], AbstractContextManager[str]]
Homes = Callable[[], AbstractContextManager[tuple[Home, Home]]]


@contextmanager
def places() -> Iterator[dict[str, Place]]:
    """By store, a place for an empty ledger: `with place() as url`."""
    with tempfile.TemporaryDirectory(prefix="shiproom-") as folder:
        server = Postgres.start(Path(folder))
        try:
            yield {"sqlite": lambda: scratch("sqlite:"), "postgresql": lambda: scratch_schema(server.dsn)}
        finally:
            server.stop()


@contextmanager
def homes_of() -> Iterator[dict[str, Homes]]:
    """By store, where two machines keep their ledgers: `with homes() as (one, other)`."""
    with tempfile.TemporaryDirectory(prefix="shiproom-") as folder:
        server = Postgres.start(Path(folder))
        try:
            yield {"sqlite": _scratch_folders, "postgresql": lambda: schemas(server.dsn)}
        finally:
            server.stop()


@contextmanager
def _scratch_folders() -> Iterator[tuple[Home, Home]]:
    with tempfile.TemporaryDirectory(prefix="shiproom-") as folder, folders(Path(folder)) as homes:
        yield homes
