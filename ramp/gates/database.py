"""E4, F6: how full the database is."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, NamedTuple

from pydantic import model_validator

from ramp.allowed import Ratio, allowed
from ramp.finding import Finding
from ramp.gates.judging import Doubt, Lasting, Light, Looks, Trend, blind, found, seen_or_why
from ramp.observation import NoEvidence, Span
from ramp.plan import Plan
from ramp.signals import DB_CONNECTIONS_RATIO, DB_CPU_RATIO, DB_IO_RATIO, DB_UTILIZATION_RATIO
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.triggers import projected, spillover
from ramp.units import Unit, beyond, show, show_against
from ramp.verdict import Colour, Trigger, Words

_MEASURES = {
    "CPU": DB_CPU_RATIO,
    "IO": DB_IO_RATIO,
    "utilisation": DB_UTILIZATION_RATIO,
    "connections": DB_CONNECTIONS_RATIO,
}
_LOOKS_MAX = 600


class DatabaseRow(Waivable):
    ratio_max: Annotated[Ratio, allowed("a full database could not be over it", over=0, most=0.95)]
    headroom_ratio: Annotated[Ratio, allowed("a headroom of nothing is none", over=0)]

    @model_validator(mode="after")
    def _headroom_is_below_the_limit(self) -> "DatabaseRow":
        if self.headroom_ratio > self.ratio_max:
            why = "the target for headroom lies within the limit"
            raise ValueError(f"headroom_ratio = {self.headroom_ratio:g} is over ratio_max = {self.ratio_max:g}: {why}")
        return self


class _Facts(NamedTuple):
    """What the gate found at one look: each measure's mean over the window, and the risk of spilling over."""

    now: Mapping[str, float]
    fullest: str
    ratio_max: float
    headroom_ratio: float
    risk: str | None
    lasting: Lasting
    window_min: float
    trend: Trend

    def words(self) -> Words:
        ratio, over = self.now[self.fullest], beyond(self.now[self.fullest], self.ratio_max)
        why = f"{self.fullest} {show_against(ratio, '>' if over else '<=', self.ratio_max, Unit.RATIO)}"
        why += f", with spillover risk: {self.risk}" if self.risk else self.lasting.words(over)
        if beyond(ratio, self.headroom_ratio) and not over:
            why += f", above the {show(self.headroom_ratio, Unit.RATIO)} kept for headroom"
        trend = self.trend.points()
        return Words(
            why=why,
            unit=Unit.RATIO,
            value=ratio,
            limit=self.ratio_max,
            n=len(trend),
            window_s=60 * self.window_min,
            notes=(", ".join(f"{name} {show(each, Unit.RATIO)}" for name, each in self.now.items()),),
            trend=trend,
        )


class DatabaseGate:
    """CPU, IO, utilisation and connections: the fullest at most 80 %, with a note above the 70 % kept for headroom.
    Over 80 % with spillover risk rolls back (F6), also where another measure is missing."""

    def __init__(self, plan: Plan) -> None:
        self._row = plan.gate(DatabaseRow)
        self._looks = Looks()
        self._measured: deque[tuple[datetime, Mapping[str, float]]] = deque(maxlen=_LOOKS_MAX)
        self._doubt = Doubt("one measure was over its limit and another was not seen, so F6 may have fired")

    def look(self, view: StageView, others: Mapping[str, Finding]) -> Finding:
        now, missing = measures(view, view.now)
        fullest = max(now.values(), default=None)
        over = fullest is not None and beyond(fullest, self._row.ratio_max)
        self._looks.add(view, True if over else None if missing else False, fullest)
        began = max(view.start, self._measured[-1][0]) if self._measured else view.start
        self._measured.append((view.as_of, measures(view, Span(start=began, end=view.as_of))[0]))
        try:
            return self._found(view, now, missing)
        except NoEvidence as why:
            if over:
                self._doubt.begin(view.as_of)
            return blind(view, "database", why, self._looks)

    def _found(self, view: StageView, now: Mapping[str, float], missing: NoEvidence | None) -> Finding:
        """Raises NoEvidence."""
        row, lasting = self._row, self._looks.lasting(view)
        above = [name for name, ratio in now.items() if beyond(ratio, row.ratio_max)]
        trends = {above[0]: self._at_the_end(view, above[0])} if len(above) == 1 else {}  # two need no trend
        risk = spillover(now, trends, row.ratio_max)
        if missing and not risk:
            raise NoEvidence(f"{missing.reason}{self._beside(now)}", missing.query)
        fullest = max(now, key=lambda name: now[name])
        light = Light(Colour.RED, Trigger.F6) if risk else lasting.light(bool(above), Trigger.F1)
        facts = _Facts(
            now=now,
            fullest=fullest,
            ratio_max=row.ratio_max,
            headroom_ratio=row.headroom_ratio,
            risk=risk,
            lasting=lasting,
            window_min=view.now.minutes,
            trend=self._looks.trend(view),
        )
        return self._doubt.over(
            view, found(view, "database", light, facts, tag_ceo=bool(above), open_breach=lasting.is_open)
        )

    def _beside(self, now: Mapping[str, float]) -> str:
        """`; what was seen is within 80.00 %: CPU 41.00 %, IO 20.00 %`, or not all of it is."""
        if not now:
            return ""
        is_over = any(beyond(ratio, self._row.ratio_max) for ratio in now.values())
        said = ", ".join(f"{name} {show(ratio, Unit.RATIO)}" for name, ratio in now.items())
        return (
            f"; what was seen is {'not all ' if is_over else ''}within {show(self._row.ratio_max, Unit.RATIO)}: {said}"
        )

    def _at_the_end(self, view: StageView, name: str) -> float:
        """Where the measure will be at the end of the stage (now, if that is past) if it goes on as in this stage's
        looks. Raises NoEvidence where one of them did not see it: the others' trend may be better than the truth."""
        points = []
        for at, measured in self._measured:
            if at > view.start:
                if name not in measured:
                    raise NoEvidence(f"{name} was not seen at {at:%H:%M:%SZ}, so its trend is not known")
                points.append((view.minute(at), measured[name]))
        if not points:
            raise NoEvidence(f"{name} was not seen in {view.moment.id} yet, so its trend is not known")
        return projected(points, max(view.moment.hold_min or 0, view.held_min))


def measures(view: StageView, span: Span) -> tuple[dict[str, float], NoEvidence | None]:
    """Each measure's mean over `span`, of those that were seen, and why another was not."""
    read = {name: seen_or_why(view.recording.mean_gauge, "canary", gauge, span) for name, gauge in _MEASURES.items()}
    missing = next((why for why in read.values() if isinstance(why, NoEvidence)), None)
    return {name: ratio for name, ratio in read.items() if not isinstance(ratio, NoEvidence)}, missing
