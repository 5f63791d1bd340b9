"""The caps in force, written down once they were confirmed, and found again by every later run of the release."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conduct.journal import Journal
from ramp.caps_in_force import IN_FORCE, InForce, caps_of, confirmed_by, in_force
from ramp.observation import NoEvidence
from ramp.verdict import Verdict
from reports.journal import FILE

if TYPE_CHECKING:
    from conduct.run import Run


def write_down(journal: Journal, run: "Run", moment: str, verdicts: Sequence[Verdict], at_utc: datetime) -> None:
    """Writes the caps into the journal where `moment` has confirmed them."""
    if confirmed_by(run.plan, moment, verdicts):
        journal.append(IN_FORCE, at_utc, moment=moment, **vars(caps_of(run.plan)))


def caps_in_force(run: "Run") -> InForce | None:
    """What the journals of this release's runs, this one's and those beside it, say. Raises NoEvidence."""
    folders = {run.folder.resolve(), *(file.parent.resolve() for file in run.folder.parent.glob(f"*/{FILE}"))}
    records = [record for folder in sorted(folders) for record in _of_release(run, folder / FILE)]
    try:
        return in_force(records)
    except (KeyError, TypeError, ValueError) as error:
        raise NoEvidence(f"the journals beside {run.folder} do not say which caps are in force ({error!r})") from None


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
        raise NoEvidence(f"{file} cannot be read ({error.strerror}), so which caps are in force is not known") from None
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            yield record
