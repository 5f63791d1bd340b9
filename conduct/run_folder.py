"""The folder that --run names: a run's, or one that is to become a run's."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from conduct.run import OBSERVATIONS, OBSERVED, PROJECT, Run
from ramp.validation import Invalid, nearest
from reports.journal import FILE as JOURNAL

_LEFT_BY_A_RUN = (JOURNAL, OBSERVATIONS, OBSERVED, "conducted.lock", "rehearsal.json", "rehearsal.log")
_OWN_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4}")  # what a run is called that was given no folder


def must_be_usable(folder: Path) -> None:
    """Raises Invalid for a file, for a folder of something else, and for one that is named like a run and is none: only
    a run gives itself such a name, so that it is a slip."""
    if folder.exists() and not folder.is_dir():
        raise Invalid("--run", [f"{folder} is a file; name a run's folder, as in --run={folder.parent}"])
    if not folder.exists() and _OWN_NAME.fullmatch(folder.name):
        raise _no_run(folder, "there is no run")
    is_of_others = folder.exists() and any(folder.iterdir()) and not _is_run(folder)
    if is_of_others and (folder.resolve().is_relative_to(PROJECT) or next(_runs_in(folder), None)):
        raise _no_run(folder, "no run is in")


def must_be_there(folder: Path) -> None:
    """Raises Invalid also for a folder that is yet to be made."""
    must_be_usable(folder)
    if not folder.exists():
        raise _no_run(folder, "there is no run")


def must_have_been_observed(run: Run, moments: Sequence[str]) -> None:
    """Raises Invalid where all of `moments` are judged by what was observed before, and the folder is not there."""
    rows = [run.plan.moment(moment) for moment in moments]
    if not run.folder.exists() and all(row.observed and not run.site.observes(row) for row in rows):
        before = f"nothing of {moments[0]} was observed (python -m ramp observe --moment {moments[0]} --run=DIR):"
        raise _no_run(run.folder, f"{before} there is no run")


def _no_run(folder: Path, why: str) -> Invalid:
    known = sorted({*map(str, _runs_in(Path("runs"))), *map(str, _runs_in(folder)), *map(str, _runs_in(folder.parent))})
    close = nearest(str(folder), known)
    newest = f" The newest: --run={max(known, key=_begun)}" if known else " Make one: python -m ramp rehearse"
    return Invalid("--run", [f"{why} {folder}.{close}{newest}"])


def _runs_in(folder: Path) -> Iterator[Path]:
    for depth in ("*", "*/*"):
        yield from (found for found in folder.glob(depth) if found.is_dir() and _is_run(found))


def _is_run(folder: Path) -> bool:
    return any((folder / name).exists() for name in _LEFT_BY_A_RUN)


def _begun(folder: str) -> float:
    return Path(folder).stat().st_mtime
