"""The record of a run, written: append-only JSON lines, by one process."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from ramp.privacy.masking import scrubbed
from reports.journal import FILE, read

LOCK = "journal.lock"


class JournalBusy(Exception):
    """Another process is writing this journal."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder / FILE} is being written by another process, so nothing was recorded here. "
            "Wait until it ends, or give this run a folder of its own with --run DIR."
        )


class Journal:
    """The journal in `folder`, open for appending; its lock is held until `close` (or the end of the `with`).

    Strings are scrubbed of secrets and personal data where they enter; `secrets` are values to mask by name.
    Raises JournalBusy when another process writes it and JournalBroken when what is there cannot be read.
    """

    def __init__(self, folder: Path, secrets: Sequence[str] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._secrets = tuple(secrets)
        self._lock = FileLock(folder / LOCK, timeout=0)
        try:
            self._lock.acquire()
        except Timeout:
            raise JournalBusy(folder) from None
        try:
            read(folder)
            self._stream = (folder / FILE).open("ab")
        except BaseException:
            self._lock.release()
            raise

    def append(self, kind: str, at_utc: datetime, **fields: Any) -> None:
        """Adds one record, which is on disk when this returns. `at_utc` is plan time and needs a time zone."""
        record = scrubbed(fields, self._secrets) | {"kind": kind, "at_utc": _utc(at_utc)}
        line = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        self._stream.write(line.encode() + b"\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        self._stream.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _utc(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError(f"at_utc = {at.isoformat()} needs a time zone: use datetime.now(UTC) or the plan's time")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
