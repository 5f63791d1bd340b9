"""What every gate does alike: take in look after look, count enough, and colour a breach by how long it lasted."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeVar

from ramp.finding import Doubted, Facts, Finding, Told
from ramp.observation import NoEvidence, Slice, Span
from ramp.stage_view import StageView
from ramp.triggers import Persistence
from ramp.units import Unit, show
from ramp.verdict import Colour, TrendPoint, Trigger, Words

_TREND_LOOKS_MAX = 600
_MINUTE = timedelta(minutes=1)
_NO_BUCKETS: Mapping[str, float] = {}


class Gate(Protocol):
    """One gate over a ramp. `look` takes in the next look, in order of time, and finds how the gate stands at it;
    `others` are the findings of the gates before it in the table, at the same look. It never raises NoEvidence."""

    def look(self, view: StageView, others: Mapping[str, Finding]) -> Finding: ...


class Light(NamedTuple):
    """A colour, and the rollback trigger that fired with it."""

    colour: Colour
    trigger: Trigger | None = None


class Point(NamedTuple):
    """A gate's estimate over one span: the value in the gate's unit, from `n`, `bad` of them where it is a share;
    `buckets` is the histogram that it was read from, where there is one."""

    value: float
    n: int = 0
    bad: int = 0
    buckets: Mapping[str, float] = _NO_BUCKETS


Read = Callable[[Slice, Span], Point]
Seeing = TypeVar("Seeing")


class Lasting(NamedTuple):
    """How long a breach has lasted at a look, of the `limit_min` that make it persist: whether it `persisted` in this
    stage, or `may_have`, for all that looks without data say. It is open until a whole window of `window_min` was
    within the limit again, which it has been for `within_min`; None where none is open."""

    breach_min: float
    limit_min: float
    persisted: bool
    may_have: bool
    within_min: float | None
    window_min: float

    @property
    def is_open(self) -> bool:
        return self.within_min is not None

    def light(self, breach: bool, trigger: Trigger) -> Light:
        """RED with its trigger once the breach persisted in this stage, NO DATA where gaps leave that open, YELLOW
        while it is younger."""
        if self.persisted:
            return Light(Colour.RED, trigger)
        if self.may_have:
            return Light(Colour.NO_DATA)
        return Light(Colour.YELLOW if breach else Colour.GREEN)

    def words(self, breach: bool) -> str:
        """` for 15 of 15 min` behind a breach."""
        said = f" for {min(self.breach_min, self.limit_min):.0f} of {self.limit_min:.0f} min" if breach else ""
        if self.persisted:
            return said or f" now, after a breach of {self.limit_min:.0f} min"
        if self.within_min is not None and not breach:
            said = f", for {self.within_min:.0f} of {self.window_min:.0f} min since a breach"
        unsure = f", and looks that saw nothing leave open whether a breach lasted {self.limit_min:.0f} min"
        return said + (unsure if self.may_have else "")


class Trend(NamedTuple):
    """A stage's looks so far, for a chart: as much as was `seen` of a list that only grows."""

    values: list[tuple[datetime, float | None, float | None]]
    seen: int
    start: datetime

    def points(self) -> tuple[TrendPoint, ...]:
        """Minutes since the stage began, canary, control."""
        shown = self.values[max(self.seen - _TREND_LOOKS_MAX, 0) : self.seen]
        return tuple((round((at - self.start) / _MINUTE, 2), canary, control) for at, canary, control in shown)


class Looks:
    """The looks of one gate so far: how long a breach has lasted, for how long nothing was seen, and the values."""

    def __init__(self) -> None:
        self._persistence = Persistence()
        self._unbroken_from: datetime | None = None
        self._start: datetime | None = None
        self._values: list[tuple[datetime, float | None, float | None]] = []

    def add(
        self, view: StageView, breach: bool | None, canary: float | None = None, control: float | None = None
    ) -> None:
        """One more look; `breach` is None where nothing was seen."""
        if view.unbroken_from != self._unbroken_from:
            self._unbroken_from = view.unbroken_from
            self._persistence = self._persistence.resumed(view.unbroken_from)
        self._persistence = self._persistence.then(view.plan, view.as_of, breach)
        self._remember(view, canary, control)

    def add_uncounted(self, view: StageView, canary: float | None, control: float | None) -> None:
        """A look that is shown and proves neither a breach nor its absence: counting begins after it."""
        self._unbroken_from = view.unbroken_from
        self._persistence = self._persistence.resumed(view.as_of)
        self._remember(view, canary, control)

    def _remember(self, view: StageView, canary: float | None, control: float | None) -> None:
        if view.start != self._start:
            self._start, self._values = view.start, []
        elif len(self._values) >= 2 * _TREND_LOOKS_MAX:
            self._values = self._values[-_TREND_LOOKS_MAX:]  # a new list: findings hold the old one
        self._values.append((view.as_of, canary, control))

    def lasting(self, view: StageView) -> Lasting:
        """How long a breach has lasted at `view`, the last of the looks."""
        so_far = self._persistence
        open_at = so_far.open_at if so_far.is_open(view.plan, view.as_of) else None
        return Lasting(
            so_far.breach_min,
            view.plan.persistence.breach_min,
            so_far.persisted_at is not None and so_far.persisted_at > view.entered,
            so_far.may_have_persisted_at is not None and so_far.may_have_persisted_at > view.entered,
            None if open_at is None else (view.as_of - open_at) / _MINUTE,
            view.plan.reading.window_min,
        )

    @property
    def blind_min(self) -> float:
        """For how many minutes the last looks have seen nothing."""
        return self._persistence.blind_min

    def trend(self, view: StageView) -> Trend:
        return Trend(self._values, len(self._values), view.start)


class Doubt:
    """Whether a trigger fired at a look that lacked something: for the reason `why` it stays open to the stage's end,
    and what is found meanwhile is NO DATA at the best."""

    def __init__(self, why: str) -> None:
        self._why = why
        self._at: datetime | None = None

    def begin(self, at: datetime) -> None:
        """At the look of `at`, unless it stays open since a later one."""
        self._at = max(self._at or at, at)

    def over(self, view: StageView, finding: Finding) -> Finding:
        if self._at is None or self._at <= view.entered or finding.colour >= Colour.NO_DATA:
            return finding
        facts = Doubted(self._at, self._why, finding)
        return finding._replace(colour=Colour.NO_DATA, facts=facts, thin=False)


class Momentary:
    """A gate that judges each look by itself: `judge` gives its finding, or raises NoEvidence."""

    def __init__(self, check: str, judge: Callable[[StageView], Finding]) -> None:
        self._check = check
        self._judge = judge
        self._looks = Looks()

    def look(self, view: StageView, others: Mapping[str, Finding]) -> Finding:
        try:
            finding = self._judge(view)
        except NoEvidence as missing:
            self._looks.add(view, None)
            return blind(view, self._check, missing, self._looks)
        self._looks.add(view, None if finding.colour is Colour.NO_DATA else False)
        return finding


@lru_cache
def exact(ratio: float) -> Fraction:
    """The decimal as the plan writes it: 0.995 is 199/200, not its nearest binary fraction."""
    return Fraction(repr(ratio))


class TooFew(NoEvidence):
    """What was seen is sound, and not enough."""


def enough(view: StageView, n: float, what: str) -> int:
    """`n`, if it is the least number of samples or more; raises TooFew naming `what` is too few."""
    least = view.plan.reading.samples_min
    if n < least:
        raise TooFew(f"only {n:.0f} {what} in the window, at least {least} are needed")
    return round(n)


def found(view: StageView, check: str, light: Light, facts: Facts, **fields: Any) -> Finding:
    """What the gate `check` found at `view`."""
    return Finding(check, view.moment.id, view.as_of, light.colour, facts, light.trigger, **fields)


def blind(view: StageView, check: str, missing: NoEvidence, looks: Looks) -> Finding:
    """NO DATA, with the minutes for which the looks have seen nothing."""
    light, facts, thin = Light(Colour.NO_DATA), Told(Words(why=missing.reason)), isinstance(missing, TooFew)
    return found(view, check, light, facts, thin=thin, blind_min=looks.blind_min)


def seen_or_why(read: Callable[..., Seeing], *of: Any) -> Seeing | NoEvidence:
    """What `read` says, or why there is no evidence."""
    try:
        return read(*of)
    except NoEvidence as missing:
        return missing


def since_gap(view: StageView) -> Span | None:
    """The present window without what is older than it, where looks are missing at its beginning so that it reaches
    further back: sound minutes before it may thin out a breach. None where none are missing, or nothing is left."""
    later = None
    for frame in reversed(view.recording.frames("canary")):
        if frame.at <= view.now.start:
            is_gap = later is not None and is_missed(view, frame.at, later)
            older = frame.at < view.now.start and is_gap
            return Span(start=later, end=view.as_of) if older and later and later < view.as_of else None
        later = frame.at
    return None


def is_missed(view: StageView, before: datetime, after: datetime) -> bool:
    """Whether a look is missing between two."""
    return after - before > timedelta(minutes=1.5 * view.plan.reading.look_every_min)


def must(seen: Seeing | NoEvidence) -> Seeing:
    """What was seen. Raises the NoEvidence that stands in its place."""
    if isinstance(seen, NoEvidence):
        raise seen
    return seen


def beside(control: Point | None, unit: Unit, age_min: float, said: Callable[[Point], str] | None = None) -> str:
    """`control 98 ms`, or as it is `said`; at 100 % with its age."""
    if control is None:
        return "control NO DATA: none is left to compare with"
    age = f" as last seen {age_min:.0f} min ago" if age_min else ""
    return f"control {said(control) if said else show(control.value, unit)}{age}"
