"""E5, F3: cost per user against control."""

from datetime import datetime
from functools import partial
from typing import NamedTuple

from ramp.evidence import CostEvidence, Spending, cost_grade
from ramp.gates.judging import (
    Looks,
    Point,
    Present,
    Standing,
    after_the_looks,
    beside,
    blind,
    colour_of_breach,
    enough,
    lasting,
    say,
)
from ramp.gates.seeing import sees_dearer
from ramp.gates.weighing import Weighing, held_to_grade, wanting
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.units import Unit
from ramp.verdict import Colour, Grade, Verdict


def cost(hold: Hold) -> Verdict:
    """At most 5 % over control. A breach fires once it persisted or is proven (F3), or at once where the plan's
    `cost_trigger` is "literal". It persists over whole windows: the mean of the few users of a first minute says
    little, and the next minutes' windows hold those users again."""
    return after_the_looks(CostGate(), hold)


class _Found(NamedTuple):
    """What the gate finds at one moment, and the stage's sums of both slices."""

    now: Point
    control: Point
    breach: bool
    stage: Spending
    stage_control: Spending
    grade: Grade
    literal: Standing
    standing: Standing


class CostGate:
    def __init__(self) -> None:
        self._looks = Looks()
        self._present = Present()
        self._weighing = Weighing(cost_evidence, _add)
        self._broke_at: datetime | None = None

    def look(self, hold: Hold) -> None:
        present = self._present.at(hold, partial(_mean, hold))
        canary, control = present.seen_canary, present.seen_control
        breach = _over(hold, canary, control) if canary and control else None
        if breach:
            self._broke_at = hold.as_of
        values = canary.value if canary else None, control.value if control else None
        if breach is not None and not hold.has_whole_window:
            self._looks.add_uncounted(hold, *values)
        else:
            self._looks.add(hold, breach, *values)
        self._weighing.look(hold)

    def stands(self, hold: Hold) -> Standing:
        try:
            return self._found(hold).standing
        except NoEvidence:
            return Standing(Colour.NO_DATA)

    def verdict(self, hold: Hold) -> Verdict:
        try:
            found = self._found(hold)
        except NoEvidence as missing:
            return blind(hold, "cost", missing, self._looks)
        return self._say(hold, found)

    def _found(self, hold: Hold) -> _Found:
        """Raises NoEvidence."""
        row = hold.plan.gates.cost
        present = self._present.at(hold, partial(_mean, hold))
        now, control = present.canary, present.control
        stage = _spending(hold, "canary", hold.whole)
        stage_control = hold.of_control(partial(_spending, hold), hold.whole)
        breach = _over(hold, now, control)
        literal = colour_of_breach(hold, breach, self._looks.lasted, "F3")
        if row.cost_trigger == "literal" and self._broke_at is not None and self._broke_at > hold.start:
            literal = Standing(Colour.RED, "F3")
        standing = self._weighing.weighed(hold, literal)
        if standing.colour is Colour.RED and literal.colour is not Colour.RED:
            standing = Standing(Colour.RED, "F3") if breach else Standing(Colour.YELLOW)
        grade = cost_grade(stage, stage_control, row.over_control_ratio_max, hold.plan.reading.confidence_ratio)
        standing = held_to_grade(hold, "cost", standing, grade)
        return _Found(now, control, breach, stage, stage_control, grade, literal, standing)

    def _say(self, hold: Hold, found: _Found) -> Verdict:
        row, now, control = hold.plan.gates.cost, found.now, found.control
        evidence = self._weighing.evidence
        sign = ">" if found.breach else "<="
        why = f"cost per user {now.value / control.value - 1:+.1%} {sign} {row.over_control_ratio_max:+.0%}"
        why += " against control" + lasting(hold, found.breach, self._looks.lasted) + self._weighing.said(hold)
        seeing = evidence is not None and found.standing.colour is Colour.GREEN
        sees = sees_dearer(hold, evidence, found.stage, found.stage_control) if evidence and seeing else ""
        why += f" ({beside(hold, control, Unit.USD)}, n {now.n:,}{sees})"
        if found.standing.colour is Colour.YELLOW and found.literal.colour is Colour.GREEN:
            why += wanting(hold, "cost", found.grade)
        off = () if evidence else (self._weighing.off,)
        return say(
            hold,
            "cost",
            found.standing.colour,
            why,
            unit=Unit.USD,
            value=now.value,
            control=control.value,
            limit=(1 + row.over_control_ratio_max) * control.value,
            n=now.n,
            window_s=60 * hold.now.minutes,
            grade=found.grade,
            log_e=evidence.log_worse if evidence else None,
            trigger=found.standing.trigger,
            tag_ceo=found.breach,
            notes=(*_ai_cost_notes(hold), *off),
            trend=self._looks.trend(hold),
        )


def _over(hold: Hold, canary: Point, control: Point) -> bool:
    return canary.value > (1 + hold.plan.gates.cost.over_control_ratio_max) * control.value


def _sums(hold: Hold, slice: Slice, span: Span) -> Spending:
    return Spending(*(hold.recording.increase(slice, name, span) for name in ("users", "cost_usd", "cost_usd_squared")))


def _spending(hold: Hold, slice: Slice, span: Span) -> Spending:
    sums = _sums(hold, slice, span)
    enough(hold, sums.users, f"users of {slice}")
    return sums


def _mean(hold: Hold, slice: Slice, span: Span) -> Point:
    sums = _spending(hold, slice, span)
    if slice == "control" and sums.usd <= 0:
        raise NoEvidence("control's cost per user is 0, so there is nothing to compare with")
    return Point(value=sums.usd / sums.users, n=round(sums.users))


def cost_evidence(hold: Hold) -> CostEvidence:
    """What the placebo hour before `hold` shows of cost per user. Raises NoEvidence."""
    return CostEvidence([(_sums(hold, "canary", span), _sums(hold, "control", span)) for span in hold.placebo])


def _add(evidence: CostEvidence, hold: Hold, span: Span) -> None:
    evidence.add(_sums(hold, "canary", span), _sums(hold, "control", span), hold.moment.id)


def _ai_cost_notes(hold: Hold) -> list[str]:
    """AI cost per request on both slices, then the routes that moved most against control."""
    increase, increase_by = hold.recording.increase, hold.recording.increase_by

    def per_request(slice: Slice, span: Span) -> float:
        requests = enough(hold, increase(slice, "ai_requests", span), f"AI requests of {slice}")
        return increase(slice, "ai_cost_usd", span) / requests

    def by_route(slice: Slice, span: Span) -> dict[str, float]:
        requests = increase_by(slice, "ai_requests_by_route", span)
        spent = increase_by(slice, "ai_cost_usd_by_route", span)
        return {route: usd / requests[route] for route, usd in spent.items() if requests.get(route)}

    try:
        canary, control = per_request("canary", hold.whole), hold.of_control(per_request, hold.whole)
        routes, routes_control = by_route("canary", hold.whole), hold.of_control(by_route, hold.whole)
    except NoEvidence as missing:
        return [f"AI cost per request: {missing.reason}"]
    deltas = {route: usd / routes_control[route] - 1 for route, usd in routes.items() if routes_control.get(route)}
    moved = sorted(deltas, key=lambda route: -abs(deltas[route]))[:3]
    return [
        f"AI cost per request ${canary:.6f}, control ${control:.6f}",
        *(f"route {route}: {deltas[route]:+.1%} an AI request against control" for route in moved),
    ]
