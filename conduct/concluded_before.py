"""What was concluded before a moment: the order of moments, applied to a decision."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from conduct.earlier_runs import records_about, runs_in
from ramp.decision import Decision
from ramp.observation import NoEvidence
from ramp.order_of_moments import in_order, lacking, needed
from ramp.verdict import Verdict
from reports.journal import FILE, TYPED

if TYPE_CHECKING:
    from conduct.run import Run


def in_its_order(run: "Run", decision: Decision) -> Decision:
    """`decision` with what its moment lacks before it: said, and a HOLD where the suite itself would raise traffic."""
    try:
        lacks = lacking(run.plan, decision.moment, told_before(run))
    except NoEvidence as unread:
        lacks = dict.fromkeys(needed(run.plan, decision.moment), f"may not have been concluded: {unread}")
    raises = run.site.may("set the weight")
    return in_order(run.plan, decision, lacks, is_rehearsed=not run.site.is_live, raises=raises)


def told_before(run: "Run") -> list[Verdict | Decision]:
    """What checks said and what was decided by this plan for this version and commit, oldest first: on a real target in
    all of its runs, in a rehearsal, which is a system of its own, in this one. Raises NoEvidence."""
    release = run.release
    same = {"version": release.version, "target": release.target, "commit": release.commit}
    found: list[tuple[datetime, Verdict | Decision]] = []
    for folder in _folders(run):
        at = datetime.min.replace(tzinfo=UTC)
        for record in records_about(folder / FILE, same | {"other_plan": run.other_plan}):
            if record.get("kind") not in TYPED:
                continue
            try:
                at = max(at, datetime.fromisoformat(record["at_utc"]))  # a clock that was set back changes no order
                found.append((at, TYPED[record["kind"]](record)))
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise NoEvidence(f"{folder / FILE} holds no whole {record['kind']} ({error!r})") from None
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def _folders(run: "Run") -> list[Path]:
    """This run's; of a real target also those beside it, and where a run of the release is that was given no folder."""
    if not run.site.is_live:
        return [run.folder]
    others = {*runs_in(run.folder.parent), *runs_in(Path("runs") / run.release.version)}
    return sorted({run.folder.resolve(), *others})
