"""Journals for tests: begun as a run begins them, and forged by somebody who knows how they are chained."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conduct.journal import Journal
from ramp.circumstances import Circumstances, decided
from ramp.decision import Decision
from ramp.plan import Plan
from ramp.verdict import Verdict
from reports.chain import BEGINNING, linked
from reports.journal import FILE
from reports.recorded_plan import record_of
from reports.suite import suite

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FACTS: Mapping[str, Any] = {
    "version": "v20261124.1", "commit": "3f9c2a7be1d04c5586f0a1b2c3d4e5f60718293a", "scope": "Tutor cites lessons",
    "target": "rehearsal", "scenario": "healthy", "speed": 60, "run_id": "20261124T090000Z-a1b2",
    "moments": ["t_minus_10", "stage_1", "stage_10", "stage_25", "stage_50", "stage_100"], "go_at_utc": None,
    "assumptions": [], "other_plan": None, "same_commit": [], "roles": {}, "rollback_command": None,
    "runbook_url": None, "suite": suite(),
}  # fmt: skip


def begin(journal: Journal, plan: Plan, at_utc: datetime = NOON, **changed: Any) -> None:
    """Writes what the run is about, with `changed` facts, and its plan."""
    record = record_of(plan)
    journal.append(
        "run", at_utc, **(FACTS | {"assumptions": list(plan.assumptions), "plan": record["digest"]} | changed)
    )
    journal.append("plan", at_utc, **record)


def decide(
    journal: Journal, plan: Plan, verdicts: Iterable[Verdict], held_min: float | None = None, at_utc: datetime = NOON
) -> Decision:
    """Writes what all checks of a moment said, and the decision that follows."""
    given = {verdict.check: verdict for verdict in verdicts}
    for verdict in given.values():
        journal.append("verdict", at_utc, **verdict.record())
    of = Circumstances(held_min=held_min, interrupted=False, lacks=(), is_rehearsed=True, raises=True, after=None)
    decision = decided(plan, next(iter(given.values())).moment, given, of)
    journal.append("decision", at_utc, **decision.record(), **of.record())
    return decision


def lines_of(folder: Path) -> list[dict[str, Any]]:
    """The lines of a journal as they stand there, whatever they say."""
    return [json.loads(line) for line in (folder / FILE).read_text("utf-8").splitlines()]


def forge(folder: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Makes the journal of just these records, in a chain that nobody could tell from a true one."""
    head, lines = BEGINNING, []
    for number, record in enumerate(records, start=1):
        line, head = linked({name: value for name, value in record.items() if name != "chain"}, number, head)
        lines.append(line + b"\n")
    (folder / FILE).write_bytes(b"".join(lines))
