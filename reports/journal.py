"""The record of a run, read: everything that people are told is a projection of it."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ramp.decision import Decision
from ramp.verdict import Verdict
from reports import payments_told

FILE = "journal.jsonl"
TYPED: Mapping[str, Callable[[Mapping[str, Any]], Verdict | Decision]] = {
    "verdict": Verdict.from_record,
    "decision": Decision.from_record,
}


class JournalBroken(Exception):
    """A journal cannot be trusted: the file, the line (from 1) and why."""

    def __init__(self, file: Path, line: int, why: str) -> None:
        super().__init__(f"{file}, line {line}: {why}. The evidence of this run is broken; run the moment again.")
        self.file = file
        self.line = line
        self.why = why


def read(folder: Path) -> list[dict[str, Any]]:
    """Every record in `folder`, oldest first; none where there is no journal. Raises JournalBroken."""
    file = folder / FILE
    if not file.exists():
        return []
    *lines, rest = file.read_bytes().split(b"\n")
    if rest:
        raise JournalBroken(file, len(lines) + 1, "the last line is torn: the process ended while it was writing")
    return [_record(file, number, line) for number, line in enumerate(lines, start=1)]


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What one moment came to when it last ran. Without a decision it was interrupted or is still running.
    `payments_ended` says what became of the release's payments after a rollback."""

    moment: str
    verdicts: tuple[Verdict, ...]
    decision: Decision | None
    at_utc: str
    held_min: float | None
    payments_ended: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Story:
    """A journal as people read it: the run's facts, each moment's chapter by first appearance, the newest one."""

    run: Mapping[str, Any]
    chapters: tuple[Chapter, ...]
    newest: Chapter | None


def latest(records: Iterable[Mapping[str, Any]]) -> Story:
    """The latest of everything in `records`: a verdict that follows a decision begins its moment anew."""
    run: Mapping[str, Any] = {}
    chapters: dict[str, _Draft] = {}
    newest = None
    for record in records:
        if record["kind"] == "run":
            run = record
        elif record["kind"] in ("verdict", "decision"):
            newest = record["moment"]
            draft = chapters.setdefault(newest, _Draft())
            draft.add(record)
        elif record["kind"] == "payments_ended" and record.get("moment") in chapters:
            chapters[record["moment"]].payments_ended = payments_told.in_words(record)
    read_chapters = {moment: draft.chapter(moment) for moment, draft in chapters.items()}
    return Story(
        run=run, chapters=tuple(read_chapters.values()), newest=read_chapters[newest] if newest is not None else None
    )


class _Draft:
    """A chapter while the journal is read."""

    def __init__(self) -> None:
        self.verdicts: dict[str, Verdict] = {}
        self.decision: Mapping[str, Any] | None = None
        self.payments_ended: tuple[str, ...] = ()
        self.at_utc = ""

    def add(self, record: Mapping[str, Any]) -> None:
        self.at_utc = record["at_utc"]
        if record["kind"] == "decision":
            self.decision = record
            return
        if self.decision is not None:
            self.verdicts, self.decision, self.payments_ended = {}, None, ()
        self.verdicts[record["check"]] = Verdict.from_record(record)

    def chapter(self, moment: str) -> Chapter:
        return Chapter(
            moment=moment,
            verdicts=tuple(self.verdicts.values()),
            decision=Decision.from_record(self.decision) if self.decision else None,
            at_utc=self.at_utc,
            held_min=self.decision.get("held_min") if self.decision else None,
            payments_ended=self.payments_ended,
        )


def _record(file: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise JournalBroken(file, number, f"is not JSON ({error})") from None
    if not isinstance(record, dict) or not {"kind", "at_utc"} <= record.keys():
        raise JournalBroken(file, number, 'is not a record with "kind" and "at_utc"')
    try:
        TYPED.get(record["kind"], dict)(record)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise JournalBroken(file, number, f"is not a whole {record['kind']}: {error!r} is missing or wrong") from None
    return record
