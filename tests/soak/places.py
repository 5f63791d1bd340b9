"""Places for ledgers on each kind of store, all of them gone afterwards."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from fixtures.payments.scratch import scratch, scratch_schema
from fixtures.rehearsal.postgres import Postgres

Place = Callable[[], AbstractContextManager[str]]


@contextmanager
def places() -> Iterator[dict[str, Place]]:
    """By store, a place for an empty ledger: `with place() as url`."""
    with tempfile.TemporaryDirectory(prefix="shiproom-") as folder:
        server = Postgres.start(Path(folder))
        try:
            yield {"sqlite": lambda: scratch("sqlite:"), "postgresql": lambda: scratch_schema(server.dsn)}
        finally:
            server.stop()
