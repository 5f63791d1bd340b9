"""What the runs of a release said before, from their journals."""

import json
from collections.abc import Iterator, Mapping
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
    release = run.release
    for folder in sorted({run.folder.resolve(), *runs_in(run.folder.parent)}):
        yield from records_about(folder / FILE, {"version": release.version, "target": release.target})


def earlier_verdicts(run: "Run", check: str) -> list[Verdict]:
    """What `check` said in all of them. Raises NoEvidence."""
    told = (record for record in records_beside(run) if record.get("kind") == "verdict")
    try:
        return [Verdict.from_record(record) for record in told if record.get("check") == check]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoEvidence(f"a journal beside {run.folder} holds no whole verdict of {check} ({error!r})") from None


def runs_in(folder: Path) -> Iterator[Path]:
    """The folders of the runs in `folder` that have a journal."""
    return (file.parent.resolve() for file in folder.glob(f"*/{FILE}"))


def records_about(file: Path, same: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The records of `file` in runs that are about the `same`."""
    ours = False
    for record in _whole_records(file):
        if record.get("kind") == "run":
            ours = all(record.get(name) == value for name, value in same.items())
        elif ours:
            yield record


def _whole_records(file: Path) -> Iterator[dict[str, Any]]:
    """A last line that another process is writing, or died over, is no record yet."""
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return
    except OSError as error:
        raise NoEvidence(f"{file} cannot be read ({error.strerror}), so what was said before is not known") from None
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError:
            if number == len(lines):
                return
            raise NoEvidence(f"{file}, line {number} is damaged, so what was said before is not known") from None
        if isinstance(record, dict):
            yield record
