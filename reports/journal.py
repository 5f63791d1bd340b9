"""The record of a run, read: everything that people are told is a projection of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ramp.decision import Decision
from ramp.records import must_be_whole
from ramp.verdict import Verdict
from reports import payments_told
from reports.chain import BEGINNING, must_be_half, unlinked
from reports.rederived import Rederiving

FILE = "journal.jsonl"
ROLLED_BACK = "rolled_back"


class JournalBroken(Exception):
    """A journal cannot be trusted: the file, the line (from 1) and why."""

    advice = (
        "The evidence of this run is broken: keep the folder for whoever looks into it, and run the moments again in "
        "another (--run=DIR)."
    )

    def __init__(self, file: Path, line: int, why: str) -> None:
        super().__init__(f"{file}, line {line} {why}. {self.advice}")
        self.file = file
        self.line = line
        self.why = why


class JournalTorn(JournalBroken):
    """The last record of a journal is half of one. All before it is whole."""

    advice = "Whoever conducts this run next takes that half out and goes on from the record before it (--run=DIR)."


@dataclass(frozen=True, kw_only=True)
class Written:
    """What stands in a journal: its records, oldest first, and the digest of the last line. `torn` says that a half of
    a record comes after them, which a process left that was gone while it wrote."""

    records: list[dict[str, Any]]
    head: str
    torn: bool = False


def read(folder: Path) -> list[dict[str, Any]]:
    """Every record in `folder`, oldest first; none where there is no journal. Raises JournalBroken."""
    return read_file(folder / FILE).records


def read_file(file: Path, *, may_be_torn: bool = False) -> Written:
    """What stands in the journal `file`: each line whole and chained to the one before, each decision found again from
    its verdicts. The last line `may_be_torn` where another process writes it, or died over it. Raises JournalBroken."""
    *lines, rest = file.read_bytes().split(b"\n") if file.exists() else [b""]
    records, head, decisions = [], BEGINNING, Rederiving()
    for number, line in enumerate(lines, start=1):
        try:
            record, head = unlinked(line, number, head)
            must_be_whole(record)
            decisions.follow(record)
        except ValueError as error:
            raise JournalBroken(file, number, str(error)) from None
        records.append(record)
    if rest:
        try:
            must_be_half(rest, len(lines) + 1, head)
        except ValueError as error:
            raise JournalBroken(file, len(lines) + 1, str(error)) from None
        if not may_be_torn:
            raise JournalTorn(file, len(lines) + 1, "is torn: the process ended while it was writing")
    return Written(records=records, head=head, torn=bool(rest))


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What came of telling people of a decision: `why` it was not taken, None where all of it is known to have been;
    `roles` are those whom a call that was accepted was for."""

    why: str | None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What one moment came to when it last ran. Without a decision it was interrupted or is still running.

    `sources` could not be read, `found` is what was found where, by check; `payments_stopped` is why nothing more is
    paid, `rolled_back` what each order to roll back was measured to come to, `payments_ended` what became of payments
    after it. `paged` and `carded` tell what came of the pager's call and of the card in #ship-room, `resolved` of the
    incident's end; None where nothing was tried.
    """

    moment: str
    verdicts: tuple[Verdict, ...]
    decision: Decision | None
    at_utc: str
    held_min: float | None
    sources: tuple[str, ...] = ()
    found: tuple[tuple[str, str], ...] = ()
    payments_stopped: str | None = None
    rolled_back: tuple[str, ...] = ()
    payments_ended: tuple[str, ...] = ()
    paged: Telling | None = None
    carded: Telling | None = None
    resolved: Telling | None = None


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
        elif record.get("moment") in chapters or record["kind"] == ROLLED_BACK:
            chapters.setdefault(record["moment"], _Draft()).follow(record)
    read_chapters = {moment: draft.chapter(moment) for moment, draft in chapters.items()}
    return Story(
        run=run, chapters=tuple(read_chapters.values()), newest=read_chapters[newest] if newest is not None else None
    )


class _Draft:
    """A chapter while the journal is read."""

    def __init__(self) -> None:
        self.verdicts: dict[str, Verdict] = {}
        self.decision: Mapping[str, Any] | None = None
        self.followed: list[Mapping[str, Any]] = []
        self.at_utc = ""

    def add(self, record: Mapping[str, Any]) -> None:
        self.at_utc = record["at_utc"]
        if record["kind"] == "decision":
            self.decision = record
            return
        if self.decision is not None:
            self.verdicts, self.decision = {}, None
            self.followed = [each for each in self.followed if each["kind"] == ROLLED_BACK]
        self.verdicts[record["check"]] = Verdict.from_record(record)

    def follow(self, record: Mapping[str, Any]) -> None:
        """What was written down of the moment after its decision."""
        self.followed.append(record)

    def chapter(self, moment: str) -> Chapter:
        of: dict[str, list[Mapping[str, Any]]] = {}
        for record in self.followed:
            of.setdefault(record["kind"], []).append(record)
        pages = of.get("page", [])
        resolves = [record for record in pages if record["event"] == "resolve"]
        return Chapter(
            moment=moment,
            verdicts=tuple(self.verdicts.values()),
            decision=Decision.from_record(self.decision) if self.decision else None,
            at_utc=self.at_utc,
            held_min=self.decision["held_min"] if self.decision else None,
            sources=tuple(record["problem"] for record in of.get("source", [])),
            found=tuple((record["check"], record["said"]) for record in of.get("found", [])),
            payments_stopped=next((record["why"] for record in of.get("payments_stopped", [])), None),
            rolled_back=tuple(record["said"] for record in of.get(ROLLED_BACK, [])),
            payments_ended=payments_told.in_words(of["payments_ended"][-1]) if "payments_ended" in of else (),
            paged=_telling([record for record in pages if record not in resolves]),
            carded=_telling(of.get("card", [])[-1:]),
            resolved=_telling(resolves),
        )


def _telling(records: list[Mapping[str, Any]]) -> Telling | None:
    """Of all that was tried last: one call is made of each routing key."""
    if not records:
        return None
    why = next((why for record in records if (why := _why_not(record))), None)
    roles = [role for record in records if _why_not(record) is None for role in record.get("roles", ())]
    return Telling(why=why, roles=tuple(roles))


def _why_not(record: Mapping[str, Any]) -> str | None:
    """Why what `record` tells of was not accepted; None only where the record says that it was."""
    return None if record.get("posted") is True else str(record.get("why") or "nothing says that it was accepted")
