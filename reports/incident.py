"""The incident of a decision, as the pager shows it: what is wrong first, the gates as details."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ramp.decision import Action, Decision
from ramp.verdict import Colour, Verdict
from reports.journal import Chapter
from reports.told import named, rollback

DETAIL_CHARACTERS = 1000
Severity = Literal["critical", "error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Incident:
    """`details` are by name, each short enough for the pager."""

    summary: str
    severity: Severity
    details: Mapping[str, str]


def incident(run: Mapping[str, Any], chapter: Chapter) -> Incident:
    """Of a `chapter` with a decision. Raises ValueError for one without."""
    decision = chapter.decision
    if decision is None:
        raise ValueError(f"{chapter.moment} has no decision, so there is no incident")
    because = [verdict for verdict in chapter.verdicts if verdict.check in decision.because]
    details = {
        "why": decision.reason,
        "next step": decision.next_step,
        "for": ", ".join(named(run, role) for role in decision.page),
        "rollback": rollback(run),
    }
    details |= {f"source {number}": problem for number, problem in enumerate(chapter.sources, 1)}
    details |= {f"found {number}": said for number, (_, said) in enumerate(chapter.found, 1)}
    details |= {verdict.check: verdict.reason for verdict in because}
    return Incident(
        summary=f"{cause(chapter, decision)} - {decision.action} at {chapter.moment} of {run['version']}",
        severity=_severity(decision, because),
        details={name: said[:DETAIL_CHARACTERS] for name, said in details.items()},
    )


def cause(chapter: Chapter, decision: Decision) -> str:
    """What is wrong, at its root: what was found where; a source that could not be read, or what all have in common,
    where all that holds is for want of data; else the decision's own reason."""
    because = [verdict for verdict in chapter.verdicts if verdict.check in decision.because]
    found = [said for check, said in chapter.found if because and check == because[0].check]
    if found:
        return found[0]
    whys = {verdict.why for verdict in because}
    shared = [*chapter.sources, *(whys if len(whys) == 1 < len(because) else ())]
    if shared and because and all(verdict.colour is Colour.NO_DATA for verdict in because):
        return f"{shared[0]}, so that {', '.join(verdict.check for verdict in because)} saw nothing"
    return decision.reason


def _severity(decision: Decision, because: list[Verdict]) -> Severity:
    if decision.action is Action.ROLLBACK or any(verdict.colour is Colour.RED for verdict in because):
        return "critical"
    return "error" if any(verdict.colour is Colour.NO_DATA for verdict in because) else "warning"
