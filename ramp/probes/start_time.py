"""B1, B7: T-0 lies in the lowest trough of the last week, within a day of the GO, and the CEO knows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ramp.plan import Plan
from ramp.start_time import Candidate, InTheWay, Proposal, foreseen_per_s, in_the_way, lasts_min
from ramp.units import Unit
from ramp.verdict import Colour, Verdict, no_data

CHECK = "start_time"


@dataclass(frozen=True, kw_only=True)
class StartTimeSeen:
    """T-0 as it was chosen, the GO, what is proposed of the last days' traffic, what is `busy` meanwhile, and whether
    the CEO acknowledged the proposal in #ship-room; None, with `why_unacknowledged`, where nobody can tell."""

    start_utc: datetime | None
    go_utc: datetime
    proposal: Proposal
    busy: Sequence[InTheWay]
    acknowledged: bool | None
    why_unacknowledged: str


def judge_start_time(plan: Plan, moment: str, seen: StartTimeSeen) -> Verdict:
    """RED for a T-0 outside its day, with more traffic than ties with the trough, or with something in its way; NO DATA
    where none is chosen, or the CEO did not acknowledge it."""
    best = seen.proposal.proposed
    notes = tuple(map(_in_brief, seen.proposal.candidates))
    if seen.start_utc is None:
        how = f"set start_at_utc = {best.start_utc:%Y-%m-%dT%H:%M:%SZ} in the release file"
        return no_data(CHECK, moment, f"T-0 is not chosen: {how}", notes=notes)
    at, per_s = _at(seen.start_utc), foreseen_per_s(plan, seen.proposal.traffic, seen.start_utc)
    if wrong := _wrong(plan, seen, seen.start_utc, per_s):
        return _say(moment, Colour.RED, f"T-0 is {at}, {wrong}", per_s, best.per_s, notes)
    if seen.acknowledged is None:
        why = f"nobody can tell whether the CEO acknowledged T-0, {at}: {seen.why_unacknowledged}"
        return no_data(CHECK, moment, why, notes=notes)
    if not seen.acknowledged:
        why = f"the CEO has not acknowledged T-0, {at}: a reply ACK under it in #ship-room does"
        return no_data(CHECK, moment, why, notes=notes)
    why = f"T-0 is {at}, in the lowest trough, and the CEO acknowledged it"
    return _say(moment, Colour.GREEN, why, per_s, best.per_s, notes)


def _wrong(plan: Plan, seen: StartTimeSeen, start_utc: datetime, per_s: float) -> str:
    """What is wrong with T-0, beginning with a verb; empty where nothing is."""
    best, row = seen.proposal.proposed, plan.start_time
    if not seen.go_utc < start_utc <= seen.go_utc + timedelta(hours=row.within_h):
        return f"which is not within {row.within_h:g} h of the GO ({_at(seen.go_utc)})"
    if per_s > best.per_s * (1 + row.tie_ratio):
        return f"with {per_s / best.per_s - 1:+.0%} requests of the trough at {_at(best.start_utc)}"
    ways = in_the_way(seen.proposal.traffic, start_utc, lasts_min(plan), seen.busy)
    return f"and {'; '.join(ways)}" if ways else ""


def _in_brief(each: Candidate) -> str:
    return f"{_at(each.start_utc)}: {each.per_s:.3g} requests a second, {each.why_not or 'proposed'}"


def _say(moment: str, colour: Colour, why: str, per_s: float, lowest_per_s: float, notes: tuple[str, ...]) -> Verdict:
    return Verdict(
        check=CHECK,
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.NONE,
        value=per_s,
        limit=lowest_per_s,
        tag_ceo=colour is not Colour.GREEN,
        notes=notes,
    )


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%MZ}"
