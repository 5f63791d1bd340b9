"""Evidence beside a gate's literal colour: fed minute by minute, weighed against the plan's bars."""

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from ramp.buckets import INF
from ramp.evidence import Minute, ShareEvidence
from ramp.gates.first_minutes import FirstMinutes
from ramp.gates.judging import Light, is_missed
from ramp.gates.learning import learning
from ramp.observation import NoEvidence, Slice, Span
from ramp.placebo_hour import SeesHour
from ramp.plan import Plan
from ramp.routes import FINE, Read, alike, had_routes, routes_of
from ramp.stage_view import StageView
from ramp.verdict import Colour, Grade


class Evidence(Protocol):
    """Logs of E against "no worse than control"."""

    @property
    def log_worse(self) -> float: ...

    def begin_anew(self) -> None: ...

    def forget_noise(self) -> None: ...


E = TypeVar("E", bound=Evidence)


class Weighing(Generic[E]):
    """Feeds one gate's evidence. `begin` makes it from the placebo hour's minutes, `add` reads the time since it was
    last fed and adds it. Both may raise NoEvidence: without a placebo hour the evidence stays off, and minutes that
    could not be read are read together with the next."""

    def __init__(self, begin: Callable[[StageView], E], add: Callable[[E, StageView, Span], None]) -> None:
        self._begin = begin
        self._add = add
        self._fed_until: datetime | None = None
        self.evidence: E | None = None
        self.why_off = "no minute has been weighed yet"
        self._too_noisy = ""
        self._anew: tuple[datetime, ...] = ()

    def look(self, view: StageView) -> None:
        """Takes in the time up to one more look. The first minutes of a stage, and 100 %, give no evidence."""
        if self.evidence is None and not self._started(view):
            return
        if self.evidence and view.anew != self._anew:
            self.evidence.begin_anew()
        self._anew = view.anew
        if view.is_warming_up or view.moment.traffic_pct == 100 or self.evidence is None:
            return
        for start in self._starts(view):
            span = Span(start=start, end=view.as_of)
            if is_missed(view, start, view.as_of):
                self.evidence.forget_noise()  # what is left out must not make anything tolerated
            try:
                self._add(self.evidence, view, span)
            except NoEvidence:
                continue  # where none can be read, the next look tries again, from the same minute on
            self._fed_until = view.as_of
            return

    def _starts(self, view: StageView) -> Iterator[datetime]:
        """Where the time begins that was not weighed yet. Where nothing of the stage was, the look at which its first
        minutes end may have left a counter out: the nearest look before it has it, or else the one before this."""
        warm = view.warmed_up.start
        fed_until = self._fed_until or view.start
        yield max(fed_until, warm)
        if fed_until > warm:
            return
        looks = [frame.at for frame in view.recording.frames("canary") if max(fed_until, view.start) <= frame.at]
        yield from reversed([at for at in looks if at < warm])
        yield from [at for at in looks if warm < at < view.as_of][-1:]

    def leave_out_until(self, at: datetime) -> None:
        """Nothing from before `at` is weighed."""
        self._fed_until = max(self._fed_until or at, at)

    def _started(self, view: StageView) -> bool:
        row = view.plan.evidence
        minutes = sum(span.minutes for span in view.placebo)
        if minutes < row.placebo_min_least:
            self.why_off = (
                f"{minutes:.0f} min of a placebo hour were recorded before T-0, "
                f"at least {row.placebo_min_least:.0f} are needed"
            )
            return False
        try:
            self.evidence = self._begin(view)
        except (NoEvidence, ValueError) as missing:
            self.why_off = str(missing)
        return self.evidence is not None

    @property
    def off(self) -> tuple[str, ...]:
        """Why there is no evidence, as a note."""
        return () if self.evidence else (f"evidence against control is off: {self.why_off}",)

    def doubt(self, view: StageView, too_noisy: Callable[[StageView, E], str]) -> None:
        """Asks, of a stage that still has a control, whether the placebo hour is `too_noisy` for it, and why."""
        if self.evidence is not None and view.moment.traffic_pct != 100:
            self._too_noisy = too_noisy(view, self.evidence)

    @property
    def compares(self) -> bool:
        """Whether the canary is compared with control at all."""
        return self.evidence is not None and not self._too_noisy

    def held_to_comparison(self, view: StageView, light: Light) -> tuple[Light, str]:
        """YELLOW where nothing compares the canary with control, unless the plan waives that; and where all must be
        GREEN, but evidence was begun anew in this ramp, which then needs the CEO's word. With words that say so."""
        light, said = self._compared(view, light)
        if not view.anew:
            return light, said
        said += f"; evidence was begun anew at {' and '.join(f'{at:%H:%M}Z' for at in view.anew)}"
        if view.moment.on_yellow != "hold":
            return light, said
        return Light(Colour.YELLOW) if light.colour is Colour.GREEN else light, f"{said}: the CEO decides"

    def _compared(self, view: StageView, light: Light) -> tuple[Light, str]:
        if self.compares:
            return light, ""
        if view.plan.evidence.comparison == "limits_only":
            return light, "; by its limit only, for the plan compares nothing with control"
        if light.colour is not Colour.GREEN:
            return light, ""
        return Light(Colour.YELLOW), f"; not compared with control: {self._too_noisy or self.why_off}"

    @property
    def log_worse(self) -> float | None:
        """None while there is no evidence."""
        return self.evidence.log_worse if self.evidence else None


def must_compare(plan: Plan, placebo: Sequence[Span], canary: Sequence[float], control: Sequence[float]) -> None:
    """Raises NoEvidence where the placebo hour compares nothing, by the requests of each slice in each of its minutes:
    in too few of them there were any of both, or the two are one and the same."""
    row = plan.evidence
    both = sum(span.minutes for span, a, b in zip(placebo, canary, control, strict=True) if a and b)
    if both < row.placebo_min_least:
        raise NoEvidence(
            f"in {both:.0f} min of the placebo hour both slices had requests, "
            f"at least {row.placebo_min_least:.0f} are needed"
        )
    if list(canary) == list(control):
        raise NoEvidence(
            "canary and control had the same requests minute by minute in the placebo hour: is it one page?"
        )


def weighed(view: StageView, light: Light, log_worse: float | None, *, may_settle: bool = False) -> Light:
    """RED or YELLOW where the canary is proven or likely worse than control, though it is within its limit. What
    `may_settle` is not proven yet."""
    row = view.plan.evidence
    if log_worse is None:
        return light
    if log_worse >= math.log(row.red_e) and not may_settle:
        return light if light.colour is Colour.RED else Light(Colour.RED)
    if is_likely_worse(view, log_worse) and light.colour is Colour.GREEN:
        return Light(Colour.YELLOW)
    return light


def is_likely_worse(view: StageView, log_worse: float | None) -> bool:
    """Whether evidence against control alone keeps traffic from rising."""
    return log_worse is not None and log_worse >= math.log(view.plan.evidence.yellow_e)


def say_worse(log_worse: float | None, yellow_e: float) -> str:
    """`, worse than control by E 3.1e+04` where that decided something."""
    if log_worse is None or log_worse < math.log(yellow_e):
        return ""
    return f", worse than control by E {show_e(log_worse)}"


def show_e(log_e: float) -> str:
    """`3.1e4` of the log of an E: it may be beyond what a float holds."""
    power = math.floor(log_e / math.log(10))
    return f"{math.exp(log_e - power * math.log(10)):.1f}e{power}" if power >= 3 else f"{math.exp(log_e):.0f}"


def held_to_grade(light: Light, grade: Grade, required: Grade) -> Light:
    """YELLOW where the evidence is weaker than the plan asks for at this stage."""
    if light.colour is Colour.GREEN and not grade.reaches(required):
        return Light(Colour.YELLOW)
    return light


def say_wanting(grade: Grade, required: Grade) -> str:
    if grade.reaches(required):
        return ""
    return f"; the evidence is grade {grade}, {required} is required: more traffic or time is needed"


Counted = Callable[[SeesHour, Slice, Span], tuple[float, float]]


def weighing_of(
    counted: Counted,
    *,
    limit_ratio: float,
    margin_ratio: float,
    routes: Read | None = None,
    first_minutes: FirstMinutes | None = None,
) -> Weighing[ShareEvidence]:
    """Evidence on a share, of which `counted` gives bad and all of one slice over a span, or raises NoEvidence. By
    `routes` the slices are made alike, where both tell of them. A canary may need its `first_minutes` for it."""

    def add(evidence: ShareEvidence, view: StageView, span: Span) -> None:
        margin, minute = 1.0 if view.is_first_stage else 1 + margin_ratio, _minute(counted, view, span)
        compared = _alike(routes, view, span) if routes and evidence.by_route else minute
        evidence.add(compared, view.moment.id, margin, view.nats_max, minute)
        if first_minutes:
            first_minutes.add(view, evidence)

    return Weighing(lambda view: share_evidence(counted, view, limit_ratio, routes), add)


def share_evidence(counted: Counted, view: SeesHour, limit_ratio: float, routes: Read | None = None) -> ShareEvidence:
    """What the placebo hour before `view` shows of the share that `counted` gives. Raises NoEvidence."""
    by_route = routes is not None and had_routes(view, routes)
    placebo = [
        _alike(routes, view, span) if routes and by_route else _minute(counted, view, span) for span in view.placebo
    ]
    must_compare(view.plan, view.placebo, [minute.n for minute in placebo], [minute.control_n for minute in placebo])
    return ShareEvidence(placebo, limit_ratio=limit_ratio, learning=learning(view.plan), by_route=by_route)


def _minute(counted: Counted, view: SeesHour, span: Span) -> Minute:
    return Minute(*counted(view, "canary", span), *counted(view, "control", span))


def _alike(routes: Read, view: SeesHour, span: Span) -> Minute:
    """The canary's by control's mix of routes. Raises NoEvidence."""
    by_route = routes_of(view, span, routes)
    if by_route is None:
        raise NoEvidence("routes are not told any more, by which the slices were compared")
    canary, control = alike(*by_route)
    return Minute(canary[INF] - canary[FINE], canary[INF], control[INF] - control[FINE], control[INF])
