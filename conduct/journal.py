"""The record of a run, written: append-only JSON lines, each chained to the one before, by one process."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from fixtures.appending import append_whole, cut_off_half
from ramp.privacy.masking import scrubbed
from ramp.records import must_be_whole
from reports.chain import canonical, linked
from reports.journal import FILE, read_file

LOCK = "journal.lock"
_SAID_BYTES = 4_000


class JournalBusy(Exception):
    """Another process is writing this journal."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder / FILE} is being written by another process, so nothing was recorded here. "
            "Wait until it ends, or give this run a folder of its own with --run DIR."
        )


class NotWritten(Exception):
    """What happens can no more be written down, as where the disk is full. The sentence says what that means."""


def cannot_be_written(failed: OSError, folder: Path) -> str:
    """What could not be written and why; `folder` where the system does not say which file it was."""
    return f"{failed.filename or folder} cannot be written: {failed.strerror or failed}"


class Journal:
    """The journal in `folder`, open for appending; its lock is held until `close` (or the end of the `with`).

    Strings are scrubbed of secrets and personal data where they enter; `secrets` are values to mask by name.
    Half of a record, which a process left that was gone while it wrote, is taken out, said, and stands in the next one.
    Raises JournalBusy when another process writes it and JournalBroken when what is there cannot be read.
    """

    def __init__(self, folder: Path, secrets: Sequence[str] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._secrets = tuple(secrets)
        self.appended: list[dict[str, Any]] = []  # by this process, oldest first
        self._lock = FileLock(folder / LOCK, timeout=0)
        try:
            self._lock.acquire()
        except Timeout:
            raise JournalBusy(folder) from None
        try:
            written = read_file(folder / FILE, may_be_torn=True)
            self._lines, self._head = len(written.records), written.head
            self._half = cut_off_half(folder / FILE) if written.torn else b""
            self._stream = (folder / FILE).open("ab", buffering=0)
        except BaseException:
            self._lock.release()
            raise
        if self._half:
            half = f"{folder / FILE}, line {self._lines + 1} was half written when its process ended"
            print(f"{half}: it is taken out, and this one goes on from the record before it", file=sys.stderr)

    def append(self, kind: str, at_utc: datetime, **fields: Any) -> dict[str, Any]:
        """Adds one record, which is on disk when this returns, and gives it as it was written. `at_utc` is plan time
        and needs a time zone. Raises ValueError for a record that nobody could read, and OSError, which leaves nothing
        of it."""
        record: dict[str, Any] = scrubbed(fields, self._secrets) | {"kind": kind, "at_utc": _utc(at_utc)}
        record = json.loads(canonical(record))
        must_be_whole(record)
        if half := self._half:
            self._half = b""
            self.append("torn", at_utc, bytes=len(half), said=half[:_SAID_BYTES].decode(errors="replace"))
        line, head = linked(record, self._lines + 1, self._head)
        append_whole(self._stream, line + b"\n", synced=True)
        self._lines, self._head = self._lines + 1, head
        self.appended.append(record)
        return record

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
