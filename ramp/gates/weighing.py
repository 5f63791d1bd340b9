"""Evidence beside a gate's literal verdict: fed minute by minute, weighed against the plan's bars."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from ramp.gates.judging import Standing
from ramp.hold import Hold
from ramp.observation import NoEvidence, Span
from ramp.verdict import Colour, Grade


class Evidence(Protocol):
    """Logs of E against "no worse than control"."""

    @property
    def log_worse(self) -> float: ...


E = TypeVar("E", bound=Evidence)


class Weighing(Generic[E]):
    """Feeds one gate's evidence. `begin` makes it from the placebo hour's minutes, `add` reads the time since it was
    last fed and adds it. Both may raise NoEvidence: without a placebo hour the evidence stays off, and minutes that
    could not be read are read together with the next."""

    def __init__(self, begin: Callable[[Hold], E], add: Callable[[E, Hold, Span], None]) -> None:
        self._begin = begin
        self._add = add
        self._fed_until: datetime | None = None
        self.evidence: E | None = None
        self.off = "no minute has been weighed yet"

    def look(self, hold: Hold) -> None:
        """Takes in the time up to one more look. The first minutes of a stage, and 100 %, give no evidence."""
        if self.evidence is None and not self._started(hold):
            return
        if hold.is_warming_up or hold.moment.traffic_pct == 100 or self.evidence is None:
            return
        warm = hold.start + timedelta(minutes=hold.plan.reading.warm_up_min)
        span = Span(start=max(self._fed_until or warm, warm), end=hold.as_of)
        try:
            self._add(self.evidence, hold, span)
            self._fed_until = hold.as_of
        except NoEvidence:
            return  # the next look tries again, from the same minute on

    def _started(self, hold: Hold) -> bool:
        row = hold.plan.evidence
        minutes = sum(span.minutes for span in hold.placebo)
        if minutes < row.placebo_min_least:
            self.off = (
                f"evidence against control is off: {minutes:.0f} min of a placebo hour were recorded before T-0, "
                f"at least {row.placebo_min_least:.0f} are needed"
            )
            return False
        try:
            self.evidence = self._begin(hold)
        except (NoEvidence, ValueError) as missing:
            self.off = f"evidence against control is off: {missing}"
        return self.evidence is not None

    @property
    def log_worse(self) -> float:
        return self.evidence.log_worse if self.evidence else 0.0

    def weighed(self, hold: Hold, standing: Standing) -> Standing:
        """RED or YELLOW where the canary is proven or likely worse than control, though it is within its limit."""
        row = hold.plan.evidence
        if self.log_worse >= math.log(row.red_e):
            return standing if standing.colour is Colour.RED else Standing(Colour.RED)
        if self.log_worse >= math.log(row.yellow_e) and standing.colour is Colour.GREEN:
            return Standing(Colour.YELLOW)
        return standing

    def said(self, hold: Hold) -> str:
        """`, worse than control: E 3.1e+04` where that decided something."""
        likely = self.log_worse >= math.log(hold.plan.evidence.yellow_e)
        return f", worse than control by E {show_e(self.log_worse)}" if likely else ""


def show_e(log_e: float) -> str:
    """`3.1e4` of the log of an E: it may be beyond what a float holds."""
    power = math.floor(log_e / math.log(10))
    return f"{math.exp(log_e - power * math.log(10)):.1f}e{power}" if power >= 3 else f"{math.exp(log_e):.0f}"


def held_to_grade(hold: Hold, check: str, standing: Standing, grade: Grade) -> Standing:
    """YELLOW where the evidence is weaker than the plan asks for at this stage."""
    weak = standing.colour is Colour.GREEN and not grade.reaches(hold.plan.grades.required(check, hold.moment.id))
    return Standing(Colour.YELLOW) if weak else standing


def wanting(hold: Hold, check: str, grade: Grade) -> str:
    required = hold.plan.grades.required(check, hold.moment.id)
    if grade.reaches(required):
        return ""
    return f"; the evidence is grade {grade}, {required} is required: more traffic or time is needed"
