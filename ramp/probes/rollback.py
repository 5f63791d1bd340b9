"""F7: before T-0 there is a way back, everybody who needs it knows it, and it was drilled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ramp.plan import Plan
from ramp.verdict import Colour, Verdict, no_data

_SKEW = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class DrillSeen:
    """A drill as a journal has it: of which command (its digest), and whether it reached a proven zero."""

    at: datetime
    sha256: str
    proven: bool
    said: str


@dataclass(frozen=True, kw_only=True)
class WaysBack:
    """The command that rolls back as people type it, None where there is none; its digest, None where only people can
    run it; why it cannot be run here, empty where it can; the runbook; and the drills that journals tell of."""

    command: str | None
    sha256: str | None
    missing: str
    runbook_url: str | None
    drills: Sequence[DrillSeen]
    now: datetime


def judge_rollback(plan: Plan, moment: str, ways: WaysBack) -> Verdict:
    """GREEN where the newest drill of this very command is fresh and reached zero; YELLOW where there is none, RED
    where it did not reach zero or the command is not there, NO DATA where none, or no runbook, is configured."""
    if ways.command is None:
        return no_data("rollback", moment, "there is no rollback command: set [real.traffic] in the release file")
    if ways.missing:
        why = f"the rollback command cannot be run: {ways.missing}"
        return _verdict(Colour.RED, moment, why, ways)
    if ways.runbook_url is None:
        why = "there is no runbook for whoever must roll back: set runbook_url in the release file"
        return no_data("rollback", moment, why, notes=_ways(ways))
    return _verdict(*_of_drills(plan, moment, ways), ways)


def _of_drills(plan: Plan, moment: str, ways: WaysBack) -> tuple[Colour, str, str]:
    known = [drill for drill in ways.drills if drill.at <= ways.now + _SKEW]
    same = sorted((each for each in known if each.sha256 == ways.sha256), key=lambda each: (each.at, not each.proven))
    if not same:
        if ways.sha256 is None:
            how = "only people can run it: set [real.traffic] with a drill in the release file"
        else:
            how = "type: python -m ramp drill --act"
        of_another = "; only another command was drilled" if known else ""
        return Colour.YELLOW, moment, f"this rollback command was never drilled{of_another}: {how}"
    newest, days_max = same[-1], plan.probes.rollback.drill_days_max
    drilled = f"drilled at {newest.at:%Y-%m-%d %H:%MZ}: {newest.said}"
    if not newest.proven:
        return Colour.RED, moment, f"the rollback did not take all users back when it was {drilled}"
    if ways.now - newest.at > timedelta(days=days_max):
        age_days = (ways.now - newest.at) / timedelta(days=1)
        why = f"the drill is {age_days:.1f} days old, at most {days_max:g} count: type python -m ramp drill --act"
        return Colour.YELLOW, moment, why
    return Colour.GREEN, moment, drilled


def _verdict(colour: Colour, moment: str, why: str, ways: WaysBack) -> Verdict:
    red = colour is Colour.RED
    return Verdict(check="rollback", moment=moment, colour=colour, why=why, tag_ceo=red, notes=_ways(ways))


def _ways(ways: WaysBack) -> tuple[str, ...]:
    """What the incident commander may do at any minute of the ramp."""
    return (
        "incident commander, roll back at any minute: python -m ramp rollback (asks nothing, needs no conductor)",
        f"or with the tool itself: {ways.command}",
        "or write ROLLBACK in the card's thread (IC, SRE lead, CEO); HOLD there keeps traffic where it is",
        *((f"runbook: {ways.runbook_url}",) if ways.runbook_url else ()),
    )
