"""What was concluded before a moment, by the journals: what the order of moments lacks."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conduct.earlier_runs import records_about, runs_in
from ramp.confirmations import Heard
from ramp.decision import Decision
from ramp.observation import NoEvidence
from ramp.order_of_moments import lacking, needed
from ramp.verdict import Verdict
from reports.journal import FILE

if TYPE_CHECKING:
    from conduct.run import Run

_TOLD: Mapping[str, Callable[[Mapping[str, Any]], Verdict | Decision]] = {
    "verdict": Verdict.from_record,
    "decision": Decision.from_record,
}


def lacking_before(run: "Run", moment: str) -> dict[str, str]:
    """What `moment` lacks before it, with why: all that it needs, where nobody can tell what was concluded."""
    try:
        return lacking(run.plan, moment, told_before(run))
    except NoEvidence as unread:
        return dict.fromkeys(needed(run.plan, moment), f"may not have been concluded: {unread}")


def told_before(run: "Run") -> list[Verdict | Decision]:
    """What checks said and what was decided, as `records_before` gives it. Raises NoEvidence."""
    return [_TOLD[record["kind"]](record) for _, record in records_before(run) if record["kind"] in _TOLD]


def heard_before(run: "Run") -> list[Heard]:
    """What checks said, and whether #ship-room took the card of it. Raises NoEvidence."""
    found: list[Heard] = []
    for at_utc, record in records_before(run):
        if record["kind"] == "verdict":
            of, colour = (record["moment"], record["check"]), Verdict.from_record(record).colour
            found.append(Heard(at_utc=at_utc, moment=of[0], check=of[1], colour=colour, is_posted=False))
        elif record["kind"] == "card" and record["posted"]:
            newest = {each.check: place for place, each in enumerate(found) if each.moment == record["moment"]}
            for place in newest.values():
                found[place] = replace(found[place], is_posted=True)
    return found


def records_before(run: "Run") -> list[tuple[datetime, dict[str, Any]]]:
    """The records by this plan for this version and commit, oldest first, each with when it was written: on a real
    target in all of its runs, in a rehearsal, which is a system of its own, in this one. Raises NoEvidence."""
    release = run.release
    same = {"version": release.version, "target": release.target, "commit": release.commit}
    found: list[tuple[datetime, dict[str, Any]]] = []
    for folder in _folders(run):
        at = datetime.min.replace(tzinfo=UTC)
        for record in records_about(folder / FILE, same | {"other_plan": run.other_plan}):
            at = max(at, datetime.fromisoformat(record["at_utc"]))  # a clock that was set back changes no order
            found.append((at, record))
    return sorted(found, key=lambda pair: pair[0])


def _folders(run: "Run") -> list[Path]:
    """This run's; of a real target also those beside it, and where a run of the release is that was given no folder."""
    if not run.site.is_live:
        return [run.folder]
    others = {*runs_in(run.folder.parent), *runs_in(Path("runs") / run.release.version)}
    return sorted({run.folder.resolve(), *others})
