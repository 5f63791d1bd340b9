"""What every gate does alike: count enough, look back over the ramp, colour a breach, say it in one sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.triggers import Look, Persistence, Seen, blind_min, persistence
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict, no_data


@dataclass(frozen=True, kw_only=True)
class Point:
    """A gate's estimate over one span: the value in the gate's unit, from `n`, `bad` of them where it is a share."""

    value: float
    n: int = 0
    bad: int = 0


Read = Callable[[Slice, Span], Point]
Seeing = TypeVar("Seeing")


def exact(ratio: float) -> Fraction:
    """The decimal as the plan writes it: 0.995 is 199/200, not its nearest binary fraction."""
    return Fraction(repr(ratio))


def enough(hold: Hold, n: float, what: str) -> int:
    """`n`, if it is the least number of samples or more; raises NoEvidence naming `what` is too few."""
    least = hold.plan.reading.samples_min
    if n < least:
        raise NoEvidence(f"only {n:.0f} {what} in the window, at least {least} are needed")
    return round(n)


def say(hold: Hold, check: str, colour: Colour, why: str, **fields: Any) -> Verdict:
    """The verdict whose sentence begins `latency RED at stage_50: `."""
    stage = hold.moment.id
    return Verdict(
        check=check, moment=stage, colour=colour, reason=f"{check} {colour.word} at {stage}: {why}", **fields
    )


def resay(verdict: Verdict, colour: Colour, why: str, **fields: Any) -> Verdict:
    """The same numbers with another colour and reason."""
    return replace(verdict, colour=colour, reason=f"{verdict.check} {colour.word} at {verdict.moment}: {why}", **fields)


def blind(hold: Hold, check: str, missing: NoEvidence, looks: Sequence[Look]) -> Verdict:
    """NO DATA, with the minutes for which the looks have found nothing."""
    return no_data(check, hold.moment.id, missing.reason, blind_min=blind_min(hold.plan, looks))


def control_beside(hold: Hold, read: Read) -> Point | None:
    """Control now. At 100 % it may be gone, which is None; at any other stage its absence raises NoEvidence."""
    try:
        return hold.of_control(read, hold.now)
    except NoEvidence:
        if hold.moment.traffic_pct != 100:
            raise
        return None


def look_back(hold: Hold, read: Read, breaks: Callable[[Point, Point | None], bool | None]) -> list[Look]:
    """Every look of the ramp so far. `breaks(canary, control)` is None where it cannot be said without a control."""
    looks = []
    for at in hold.ramp_looks:
        span = hold.trailing(at)
        canary, control = _or_none(read, "canary", span), _or_none(hold.of_control, read, span)
        breach = breaks(canary, control) if canary else None
        seen = Seen.NOTHING if breach is None else Seen.BREACH if breach else Seen.WITHIN
        looks.append(
            Look(
                at=at,
                seen=seen,
                canary=canary.value if canary else None,
                control=control.value if control else None,
            )
        )
    return looks


def sightings(hold: Hold, see: Callable[[Span], object]) -> list[Look]:
    """Every look of the ramp so far, by whether `see` saw anything there at all."""
    spans = [hold.trailing(at) for at in hold.ramp_looks]
    return [Look(at=s.end, seen=Seen.NOTHING if _or_none(see, s) is None else Seen.WITHIN) for s in spans]


def _or_none(read: Callable[..., Seeing], *of: Any) -> Seeing | None:
    try:
        return read(*of)
    except NoEvidence:
        return None


def how_long(hold: Hold, looks: Sequence[Look]) -> Persistence:
    """How long the breach has lasted. What nobody looked at before the stage leaves no doubt about the stage itself."""
    unbroken = [look for look in looks if look.at > hold.unbroken_from]
    doubt = persistence(hold.plan, unbroken, since=hold.unbroken_from)
    return replace(persistence(hold.plan, looks), may_have_persisted_at=doubt.may_have_persisted_at)


def persisted_here(hold: Hold, lasted: Persistence) -> bool:
    """Whether a breach persisted during this stage."""
    return lasted.persisted_at is not None and lasted.persisted_at > hold.start


def _may_have_persisted_here(hold: Hold, lasted: Persistence) -> bool:
    return lasted.may_have_persisted_at is not None and lasted.may_have_persisted_at > hold.start


def colour_of_breach(hold: Hold, breach: bool, lasted: Persistence, trigger: str) -> tuple[Colour, str | None]:
    """RED with its trigger once the breach persisted in this stage, NO DATA where gaps leave that open, YELLOW while it
    is younger."""
    if persisted_here(hold, lasted):
        return Colour.RED, trigger
    if _may_have_persisted_here(hold, lasted):
        return Colour.NO_DATA, None
    return (Colour.YELLOW if breach else Colour.GREEN), None


def lasting(hold: Hold, breach: bool, lasted: Persistence) -> str:
    """` for 15 of 15 min` behind a breach."""
    limit_min = hold.plan.persistence.breach_min
    said = f" for {min(lasted.breach_min, limit_min):.0f} of {limit_min:.0f} min" if breach else ""
    if persisted_here(hold, lasted):
        return said or f" now, after a breach of {limit_min:.0f} min"
    unsure = f", and looks that saw nothing leave open whether a breach lasted {limit_min:.0f} min"
    return said + (unsure if _may_have_persisted_here(hold, lasted) else "")


def held_to_grade(hold: Hold, verdict: Verdict) -> Verdict:
    """YELLOW where the evidence is weaker than the plan asks for at this stage."""
    required = hold.plan.grades.required(verdict.check, hold.moment.id)
    if verdict.colour is not Colour.GREEN or (verdict.grade and verdict.grade.reaches(required)):
        return verdict
    said = verdict.reason.split(": ", 1)[1]
    why = f"{said}; the evidence is grade {verdict.grade}, {required} is required: more traffic or time is needed"
    return resay(verdict, Colour.YELLOW, why)


def trend(hold: Hold, looks: Sequence[Look]) -> tuple[tuple[float, float | None, float | None], ...]:
    """The looks of this stage for a chart."""
    return tuple((round(hold.minute(look.at), 2), look.canary, look.control) for look in looks if look.at > hold.start)


def beside(hold: Hold, control: Point | None, unit: Unit) -> str:
    """`control 98 ms`, at 100 % with its age."""
    if control is None:
        return "control NO DATA: none is left to compare with"
    age = f" as last seen {hold.control_age_min:.0f} min ago" if hold.control_age_min else ""
    return f"control {show(control.value, unit)}{age}"
