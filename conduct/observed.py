"""What was noted when the observation of a moment ended: until when, what made it unsound, what could not be read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ramp.observation import NoEvidence
from ramp.verdict import Trigger


@dataclass(frozen=True, kw_only=True)
class Note:
    """`problem` is what made the observation unsound, `sources` what they could not give at the last look, `found` what
    was found where, each with the check that it is about, `fired` the rollback trigger that ended it."""

    as_of: datetime
    problem: str | None
    sources: tuple[str, ...]
    found: tuple[tuple[str, str], ...] = ()
    fired: Trigger | None = None

    @classmethod
    def of(cls, record: Any) -> "Note":
        """Raises ValueError, TypeError or KeyError for what is no note."""
        as_of, problem, sources = datetime.fromisoformat(record["as_of"]), record["problem"], tuple(record["sources"])
        found = tuple((check, said) for check, said in record.get("found", ()))  # runs of before have none
        texts = (*sources, *(text for pair in found for text in pair))
        if as_of.tzinfo is None or not isinstance(problem, str | None) or not all(isinstance(s, str) for s in texts):
            raise ValueError("is no note")
        fired = Trigger(record["fired"]) if record.get("fired") else None
        return cls(as_of=as_of, problem=problem, sources=sources, found=found, fired=fired)

    def record(self) -> dict[str, Any]:
        told = {"problem": self.problem, "sources": self.sources, "found": self.found, "fired": self.fired}
        return {"as_of": self.as_of.isoformat()} | told


def read_notes(file: Path) -> Mapping[str, Note]:
    """The note of each moment; none where there is no file. Raises NoEvidence for one that is not to be understood."""
    try:
        records = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return {moment: Note.of(record) for moment, record in records.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NoEvidence(f"{file}, where the end of each observation is noted, is damaged: observe again") from None


def note(file: Path, moment: str, of: Note) -> None:
    """Adds a note, or replaces it, at one go. What was damaged before is lost: its moments are to be observed again."""
    try:
        notes = read_notes(file)
    except NoEvidence:
        notes = {}
    draft = file.with_name(file.name + ".draft")
    records = {name: one.record() for name, one in {**notes, moment: of}.items()}
    draft.write_text(json.dumps(records, indent=1), "utf-8")
    draft.replace(file)
