"""What every gate does alike: take in look after look, count enough, colour a breach, say it in one sentence."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeVar

from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.triggers import Look, Persistence, Seen
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict, no_data

_TREND_LOOKS_MAX = 600


class Standing(NamedTuple):
    """How a gate stands: its colour, and the rollback trigger that it sees fire."""

    colour: Colour
    trigger: str | None = None


class Gate(Protocol):
    """One gate over a ramp. `look` takes in the next look, in order of time. `stands` and `verdict` tell how it stands
    at `hold`, the last of those looks or a later moment before the next; the one is cheap, the other says why."""

    def look(self, hold: Hold) -> None: ...

    def stands(self, hold: Hold) -> Standing: ...

    def verdict(self, hold: Hold) -> Verdict: ...


def after_the_looks(gate: Gate, hold: Hold) -> Verdict:
    """The verdict at `hold`, once `gate` has taken in every look until then."""
    for look in hold.earlier:
        gate.look(look)
    if hold.is_look:
        gate.look(hold)
    return gate.verdict(hold)


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A gate's estimate over one span: the value in the gate's unit, from `n`, `bad` of them where it is a share."""

    value: float
    n: int = 0
    bad: int = 0


Read = Callable[[Slice, Span], Point]
Seeing = TypeVar("Seeing")


class Looks:
    """The looks of one gate so far: how long a breach has lasted, for how long nothing was seen, and the values."""

    def __init__(self) -> None:
        self.lasted = Persistence()
        self._unbroken_from: datetime | None = None
        self._values: deque[tuple[datetime, float | None, float | None]] = deque(maxlen=_TREND_LOOKS_MAX)

    def add(self, hold: Hold, breach: bool | None, canary: float | None = None, control: float | None = None) -> None:
        """One more look; `breach` is None where nothing was seen."""
        if hold.unbroken_from != self._unbroken_from:
            self._unbroken_from = hold.unbroken_from
            self.lasted = self.lasted.resumed(hold.unbroken_from)
        seen = Seen.NOTHING if breach is None else Seen.BREACH if breach else Seen.WITHIN
        self.lasted = self.lasted.then(hold.plan, Look(at=hold.as_of, seen=seen))
        self._values.append((hold.as_of, canary, control))

    def add_uncounted(self, hold: Hold, canary: float | None, control: float | None) -> None:
        """A look that is shown and proves neither a breach nor its absence: counting begins after it."""
        self._unbroken_from = hold.unbroken_from
        self.lasted = self.lasted.resumed(hold.as_of)
        self._values.append((hold.as_of, canary, control))

    def trend(self, hold: Hold) -> tuple[tuple[float, float | None, float | None], ...]:
        """The looks of this stage for a chart: minutes since it began, canary, control."""
        return tuple(
            (round(hold.minute(at), 2), canary, control) for at, canary, control in self._values if at > hold.start
        )


class Momentary:
    """A gate that judges each look by itself: `judge` gives its verdict, or raises NoEvidence. A trigger that fired in
    a stage is not forgotten when the stage recovers: what rolls back at once has no second chance."""

    def __init__(self, check: str, judge: Callable[[Hold], Verdict]) -> None:
        self._check = check
        self._judge = judge
        self._looks = Looks()
        self._fired: tuple[datetime, Verdict] | None = None

    def look(self, hold: Hold) -> None:
        verdict = self._judged(hold)
        self._looks.add(hold, None if verdict.colour is Colour.NO_DATA else False)
        if verdict.trigger:
            self._fired = (hold.as_of, verdict)

    def stands(self, hold: Hold) -> Standing:
        verdict = self.verdict(hold)
        return Standing(verdict.colour, verdict.trigger)

    def verdict(self, hold: Hold) -> Verdict:
        verdict = self._judged(hold)
        if verdict.colour is Colour.NO_DATA:
            verdict = replace(verdict, blind_min=self._looks.lasted.blind_min)
        return still_fired(hold, verdict, self._fired)

    def _judged(self, hold: Hold) -> Verdict:
        try:
            return self._judge(hold)
        except NoEvidence as missing:
            return no_data(self._check, hold.moment.id, missing.reason)


def still_fired(hold: Hold, verdict: Verdict, fired: tuple[datetime, Verdict] | None) -> Verdict:
    """`verdict`, or RED with the trigger that `fired` earlier in this stage."""
    if verdict.trigger or fired is None or fired[0] <= hold.start:
        return verdict
    at, then = fired
    why = f"{then.trigger} fired at {at:%H:%M}Z: {then.why}; now {verdict.why}"
    return resay(verdict, Colour.RED, why, trigger=then.trigger, tag_ceo=True)


@lru_cache
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


def blind(hold: Hold, check: str, missing: NoEvidence, looks: Looks) -> Verdict:
    """NO DATA, with the minutes for which the looks have found nothing."""
    return no_data(check, hold.moment.id, missing.reason, blind_min=looks.lasted.blind_min)


class Present:
    """What `read` says of both slices now, read once for each moment."""

    def __init__(self) -> None:
        self._as_of: datetime | None = None
        self._canary: Point | NoEvidence | None = None
        self._control: Point | NoEvidence | None = None

    def at(self, hold: Hold, read: Read) -> "Present":
        if hold.as_of != self._as_of:
            self._as_of = hold.as_of
            self._canary, self._control = _or_why(read, "canary", hold.now), _or_why(hold.of_control, read, hold.now)
        return self

    @property
    def seen_canary(self) -> Point | None:
        return self._canary if isinstance(self._canary, Point) else None

    @property
    def seen_control(self) -> Point | None:
        return self._control if isinstance(self._control, Point) else None

    @property
    def canary(self) -> Point:
        """Raises NoEvidence."""
        return _or_raise(self._canary)

    @property
    def control(self) -> Point:
        """Raises NoEvidence."""
        return _or_raise(self._control)


def _or_why(read: Callable[..., Point], *of: Any) -> Point | NoEvidence:
    try:
        return read(*of)
    except NoEvidence as missing:
        return missing


def _or_raise(seen: Point | NoEvidence | None) -> Point:
    if isinstance(seen, Point):
        return seen
    raise seen or NoEvidence("nobody looked")


def or_none(read: Callable[..., Seeing], *of: Any) -> Seeing | None:
    """What `read` says, None where there is no evidence."""
    try:
        return read(*of)
    except NoEvidence:
        return None


def persisted_here(hold: Hold, lasted: Persistence) -> bool:
    """Whether a breach persisted during this stage."""
    return lasted.persisted_at is not None and lasted.persisted_at > hold.start


def _may_have_persisted_here(hold: Hold, lasted: Persistence) -> bool:
    return lasted.may_have_persisted_at is not None and lasted.may_have_persisted_at > hold.start


def colour_of_breach(hold: Hold, breach: bool, lasted: Persistence, trigger: str) -> Standing:
    """RED with its trigger once the breach persisted in this stage, NO DATA where gaps leave that open, YELLOW while it
    is younger."""
    if persisted_here(hold, lasted):
        return Standing(Colour.RED, trigger)
    if _may_have_persisted_here(hold, lasted):
        return Standing(Colour.NO_DATA)
    return Standing(Colour.YELLOW if breach else Colour.GREEN)


def lasting(hold: Hold, breach: bool, lasted: Persistence) -> str:
    """` for 15 of 15 min` behind a breach."""
    limit_min = hold.plan.persistence.breach_min
    said = f" for {min(lasted.breach_min, limit_min):.0f} of {limit_min:.0f} min" if breach else ""
    if persisted_here(hold, lasted):
        return said or f" now, after a breach of {limit_min:.0f} min"
    unsure = f", and looks that saw nothing leave open whether a breach lasted {limit_min:.0f} min"
    return said + (unsure if _may_have_persisted_here(hold, lasted) else "")


def beside(hold: Hold, control: Point | None, unit: Unit) -> str:
    """`control 98 ms`, at 100 % with its age."""
    if control is None:
        return "control NO DATA: none is left to compare with"
    age = f" as last seen {hold.control_age_min:.0f} min ago" if hold.control_age_min else ""
    return f"control {show(control.value, unit)}{age}"
