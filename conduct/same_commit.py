"""Other versions of the commit that is released: each has a cap ledger of its own, so that caps begin anew with it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.journal import FILE

if TYPE_CHECKING:
    from conduct.run import Run


def versions_before(run: "Run") -> list[str]:
    """The versions under which runs on this kind of target, here or beside this one, had the same commit."""
    release = run.release
    folders = {Path("runs").resolve()}
    if run.folder.parent.name == release.version:
        folders.add(run.folder.parent.parent.resolve())
    found = {
        str(about.get("version"))
        for folder in folders
        for about in _runs_below(folder)
        if (about.get("commit"), about.get("target")) == (release.commit, release.target)
    }
    return sorted(found - {release.version})


def _runs_below(folder: Path) -> Iterator[dict[str, Any]]:
    """What each run says it is about; a journal that does not begin so says nothing."""
    for file in folder.glob(f"*/*/{FILE}"):
        try:
            with file.open("rb") as journal:
                about = json.loads(journal.readline(1_000_000))
        except (OSError, ValueError):
            continue
        if isinstance(about, dict) and about.get("kind") == "run":
            yield about
