"""Verdicts that pytest hands over to the process which conducts the run: one file a moment, masked like the journal.

The file is named after the conductor that the checks were begun by. What outlives that one, and what somebody else
judges beside it, speaks for none.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from ramp.facts import Fact
from ramp.privacy.masking import scrubbed
from ramp.verdict import Verdict


def hand_over(
    folder: Path, moment: str, verdicts: Iterable[Verdict], facts: Iterable[Fact], secrets: tuple[str, ...], to: int
) -> None:
    """Writes the `verdicts` of `moment`, and the `facts` that were found, in the run's `folder`, for the conductor with
    the process id `to`."""
    file = _file(folder, moment, to)
    file.parent.mkdir(exist_ok=True)
    found = scrubbed([fact.record() for fact in facts], secrets)
    _facts_file(folder, moment, to).write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    records = scrubbed([verdict.record() for verdict in verdicts], secrets)
    file.write_text(json.dumps(records, ensure_ascii=False), "utf-8")


def forget_verdicts(folder: Path, moment: str) -> None:
    """Removes what was handed over for `moment` before, to whomever."""
    for file in (folder / "verdicts").glob(f"{moment}.*.json"):
        file.unlink(missing_ok=True)


def read_verdicts(folder: Path, moment: str) -> dict[str, Verdict]:
    """The verdicts of `moment` that were handed over to this process; none where pytest did not get so far, or died
    while it wrote."""
    file = _file(folder, moment, os.getpid())
    if not file.exists():
        return {}
    try:
        verdicts = [Verdict.from_record(record) for record in json.loads(file.read_text("utf-8"))]
    except (ValueError, KeyError, TypeError):
        return {}  # half a file is no verdict: each check of the moment is NO DATA
    return {verdict.check: verdict for verdict in verdicts}


def read_facts(folder: Path, moment: str) -> list[Fact]:
    """What was found at `moment`, handed over as verdicts are."""
    file = _facts_file(folder, moment, os.getpid())
    if not file.exists():
        return []
    try:
        return [Fact.from_record(record) for record in json.loads(file.read_text("utf-8"))]
    except (ValueError, KeyError, TypeError):
        return []


def _facts_file(folder: Path, moment: str, to: int) -> Path:
    return folder / "verdicts" / f"{moment}.{to}.facts.json"


def _file(folder: Path, moment: str, to: int) -> Path:
    return folder / "verdicts" / f"{moment}.{to}.json"
