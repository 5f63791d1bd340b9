"""What the runs of a release said before, from their journals."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ramp.observation import NoEvidence
from ramp.verdict import Verdict
from reports.journal import FILE, JournalBroken, read_file

if TYPE_CHECKING:
    from conduct.run import Run


def records_beside(run: "Run", *, of_any_release: bool = False) -> Iterator[dict[str, Any]]:
    """The records about this release, or any, on this kind of target, of this run and of those beside it. Raises
    NoEvidence for a journal that cannot be read."""
    release = run.release
    same = {"target": release.target} | ({} if of_any_release else {"version": release.version})
    for folder in sorted({run.folder.resolve(), *runs_in(run.folder.parent)}):
        yield from records_about(folder / FILE, same)


def earlier_verdicts(run: "Run", check: str) -> list[Verdict]:
    """What `check` said in all of them. Raises NoEvidence."""
    told = (record for record in records_beside(run) if record["kind"] == "verdict")
    return [Verdict.from_record(record) for record in told if record["check"] == check]


def runs_in(folder: Path) -> Iterator[Path]:
    """The folders of the runs in `folder` that have a journal."""
    return (file.parent.resolve() for file in folder.glob(f"*/{FILE}"))


def records_about(file: Path, same: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The records of `file` in runs that are about the `same`."""
    ours = False
    for record in _records(file):
        if record["kind"] == "run":
            ours = all(record[name] == value for name, value in same.items())
        elif ours:
            yield record


def _records(file: Path) -> list[dict[str, Any]]:
    """A last line that another process is writing, or died over, is no record yet."""
    try:
        return read_file(file, may_be_torn=True).records
    except OSError as error:
        raise NoEvidence(f"{file} cannot be read ({error.strerror}), so what was said before is not known") from None
    except JournalBroken as broken:
        said = f"{broken.file}, line {broken.line} {broken.why}, so what was said before is not known"
        raise NoEvidence(f"{said}. Once you know, move that folder away") from None
