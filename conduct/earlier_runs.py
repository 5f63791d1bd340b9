"""What the runs of a release said before, from their journals."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ramp.observation import NoEvidence
from ramp.verdict import Verdict
from reports.journal import FILE

if TYPE_CHECKING:
    from conduct.run import Run


def records_beside(run: "Run") -> Iterator[dict[str, Any]]:
    """The records about this release on this kind of target, of this run and of those beside it. Raises NoEvidence for
    a journal that cannot be read."""
    folders = {run.folder.resolve(), *(file.parent.resolve() for file in run.folder.parent.glob(f"*/{FILE}"))}
    for folder in sorted(folders):
        yield from _of_release(run, folder / FILE)


def earlier_verdicts(run: "Run", check: str) -> list[Verdict]:
    """What `check` said in all of them. Raises NoEvidence."""
    told = (record for record in records_beside(run) if record.get("kind") == "verdict")
    try:
        return [Verdict.from_record(record) for record in told if record.get("check") == check]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoEvidence(f"a journal beside {run.folder} holds no whole verdict of {check} ({error!r})") from None


def _of_release(run: "Run", file: Path) -> Iterator[dict[str, Any]]:
    """The records of `file` that are about this release on this kind of target."""
    ours = False
    for record in _whole_records(file):
        if record.get("kind") == "run":
            ours = (record.get("version"), record.get("target")) == (run.release.version, run.release.target)
        elif ours:
            yield record


def _whole_records(file: Path) -> Iterator[dict[str, Any]]:
    """A line that another process is writing, or died over, is no record yet."""
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return
    except OSError as error:
        raise NoEvidence(f"{file} cannot be read ({error.strerror}), so what was said before is not known") from None
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            yield record
