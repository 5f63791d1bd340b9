"""E5, F3: cost per user against control."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Literal, NamedTuple

from ramp.allowed import Ratio, allowed
from ramp.evidence import CostEvidence, Spending, cost_grade, cost_is_over
from ramp.finding import Finding, Told
from ramp.gates.ai_cost import AiCost, ai_cost
from ramp.gates.both_worse import BothWorse, both_worse
from ramp.gates.judging import (
    Lasting,
    Light,
    Looks,
    Point,
    Trend,
    beside,
    blind,
    enough,
    found,
    must,
    seen_or_why,
)
from ramp.gates.learning import learning
from ramp.gates.seeing import Sees, dearer_too_noisy, sees_dearer
from ramp.gates.weighing import Weighing, held_to_grade, is_likely_worse, must_compare, say_wanting, say_worse, show_e
from ramp.observation import SLICES, NoEvidence, Slice, Span
from ramp.placebo_hour import SeesHour
from ramp.plan import Plan
from ramp.signals import AI_REQUESTS, COST_USD, COST_USD_SQUARED, REQUESTS, USERS
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.units import Unit, beyond, told_apart
from ramp.verdict import Colour, Grade, Trigger, Words


class CostRow(Waivable):
    over_control_ratio_max: Annotated[Ratio, allowed("half as dear again is too dear", most=0.5)]
    cost_trigger: Literal["persisted", "literal"]


class _Facts(NamedTuple):
    """What the gate found at one look."""

    now: Point
    control: Point
    control_age_min: float
    over_max: float
    breach: bool
    stage_over: float | None
    lasting: Lasting
    grade: Grade
    required: Grade
    weak: bool
    log_worse: float | None
    log_over: float | None
    yellow_e: float
    uncompared: str
    sees: Sees | None
    window_min: float
    ai_cost: AiCost | NoEvidence | None
    off: tuple[str, ...]
    trend: Trend

    def words(self) -> Words:
        return Words(
            why=self._why(),
            unit=Unit.USD,
            value=self.now.value,
            control=self.control.value,
            limit=(1 + self.over_max) * self.control.value,
            n=self.now.n,
            window_s=60 * self.window_min,
            grade=self.grade,
            log_e=self.log_worse,
            notes=(*self._ai_cost(), *self.off),
            trend=self.trend.points(),
        )

    def _ai_cost(self) -> tuple[str, ...]:
        if self.ai_cost is None:
            return ("AI cost per request: not reported by the source",)
        if isinstance(self.ai_cost, NoEvidence):
            return (f"AI cost per request: {self.ai_cost.reason}",)
        return self.ai_cost.lines()

    def _why(self) -> str:
        over = self.now.value / self.control.value - 1
        sign = ">" if self.breach else "<="
        why = f"cost per user {told_apart(over, sign, self.over_max, _signed)} against control"
        why += self.lasting.words(self.breach)
        if self.stage_over is not None:
            why += f", {self.stage_over:+.1%} over the whole stage"
        if self.log_over is not None:
            why += f", proven over it by E {show_e(self.log_over)}"
        why += say_worse(self.log_worse, self.yellow_e)
        sees = self.sees.words() if self.sees else ""
        why += f" ({beside(self.control, Unit.USD, self.control_age_min)}, n {self.now.n:,}{sees})"
        return why + (say_wanting(self.grade, self.required) if self.weak else "") + self.uncompared


class CostGate:
    """At most 5 % over control. A breach fires once it persisted and the ramp to date bears it out, or is proven to be
    one (F3), or at once where the plan's `cost_trigger` is "literal"; dearer within the limit, if likely, is YELLOW.

    It persists over whole windows: the mean of the few users of a first minute says little, and the next minutes'
    windows hold those users again. At a stage's end it is within where the stage to date is, and the last window is not
    proven to be over."""

    def __init__(self, plan: Plan) -> None:
        self._row = plan.gate(CostRow)
        self._looks = Looks()
        self._weighing = Weighing(cost_evidence, _add)
        self._both = BothWorse(_usd, plan.both_worse.cost_over_worst, plan.both_worse.cost_over_last)

    def look(self, view: StageView, others: Mapping[str, Finding]) -> Finding:
        read = partial(_mean, view)
        canary, control = seen_or_why(read, "canary", view.now), seen_or_why(view.of_control, read, view.now)
        seen = canary if isinstance(canary, Point) else None
        seen_control = control if isinstance(control, Point) else None
        breach = self._breaks(seen, seen_control) if seen and seen_control else None
        values = seen.value if seen else None, seen_control.value if seen_control else None
        if breach is not None and not view.has_whole_window:
            self._looks.add_uncounted(view, *values)
        else:
            self._looks.add(view, breach, *values)
        self._weighing.look(view)
        try:
            stage = _spending(view, "canary", view.whole)
            stage_control = view.of_control(partial(_spending, view), view.whole)
            return self._found(view, must(canary), must(control), stage, stage_control)
        except NoEvidence as missing:
            return self._blind(view, missing, bool(breach))

    def _breaks(self, canary: Point, control: Point) -> bool:
        return beyond(canary.value, (1 + self._row.over_control_ratio_max) * control.value)

    def _found(self, view: StageView, now: Point, control: Point, stage: Spending, stage_control: Spending) -> Finding:
        row, lasting, log_worse = self._row, self._looks.lasting(view), self._weighing.log_worse
        breach = self._breaks(now, control)
        window = _spending(view, "canary", view.now), view.of_control(partial(_spending, view), view.now)
        proven = self._proven(view, *window) or self._proven(view, stage, stage_control)
        stage_over = _over(stage, stage_control)
        over = breach if not view.is_over else proven or beyond(stage_over, row.over_control_ratio_max)
        literal = lasting.light(over, Trigger.F3)
        if literal.trigger and not self._confirmed(view, stage, stage_control):
            literal = Light(Colour.YELLOW)
        if row.cost_trigger == "literal" and breach:
            literal = Light(Colour.RED, Trigger.F3)
        log_over = self._log_over(view)
        light = Light(Colour.RED, Trigger.F3) if log_over is not None and breach else literal
        dearer = is_likely_worse(view, log_worse)
        if dearer and light.colour is Colour.GREEN:
            light = Light(Colour.YELLOW)
        light = both_worse(light, said := self._both.look(view))
        grade = cost_grade(stage, stage_control, row.over_control_ratio_max, view.plan.reading.confidence_ratio)
        required = view.plan.grades.required("cost", view.moment.id)
        judged, light = light, held_to_grade(light, grade, required)
        light, uncompared = self._weighing.held_to_comparison(view, light)
        evidence = self._weighing.evidence
        sees = sees_dearer(view, evidence, stage, stage_control) if evidence else None
        thin = light.colour is Colour.YELLOW and judged.colour is Colour.GREEN
        facts = _Facts(
            now=now,
            control=control,
            control_age_min=view.control_age_min,
            over_max=row.over_control_ratio_max,
            breach=breach,
            stage_over=stage_over if view.is_over else None,
            lasting=lasting,
            grade=grade,
            required=required,
            weak=light.colour is Colour.YELLOW and literal.colour is Colour.GREEN,
            log_worse=log_worse,
            log_over=log_over,
            yellow_e=view.plan.evidence.yellow_e,
            uncompared=uncompared + said,
            sees=sees and sees._replace(tells_smallest=light.colour is Colour.GREEN),
            window_min=view.now.minutes,
            ai_cost=seen_or_why(ai_cost, view) if AI_REQUESTS in view.recording.names("canary") else None,
            off=self._weighing.off,
            trend=self._looks.trend(view),
        )
        is_open = proven or log_over is not None
        return found(view, "cost", light, facts, tag_ceo=over or dearer, open_breach=is_open, thin=thin)

    def _log_over(self, view: StageView) -> float | None:
        """log E against "at most 5 % over control", where that proves a breach."""
        evidence = self._weighing.evidence
        return evidence.log_over if evidence and evidence.log_over >= math.log(view.plan.evidence.proof_e) else None

    def _confirmed(self, view: StageView, stage: Spending, stage_control: Spending) -> bool:
        """Whether the ramp to date bears out a breach that persisted: 15 minutes of windows over 5 % come by chance in
        a tenth of all ramps that are 4 % dearer. Where nothing is compared, or the placebo hour is too noisy to bear
        out anything, the literal arithmetic stands alone."""
        evidence, over_ratio = self._weighing.evidence, self._row.over_control_ratio_max
        if evidence is None or evidence.is_over(view.plan.reading.confidence_ratio):
            return True
        return dearer_too_noisy(view, evidence, stage, stage_control, over_ratio)

    def _proven(self, view: StageView, canary: Spending, control: Spending) -> bool:
        """Whether the lower bound of what the canary costs is over the limit."""
        over_max = self._row.over_control_ratio_max
        return cost_is_over(canary, control, over_max, view.plan.reading.confidence_ratio)

    def _blind(self, view: StageView, missing: NoEvidence, breach: bool) -> Finding:
        persisted = self._looks.lasting(view).persisted
        if not persisted and not (breach and self._row.cost_trigger == "literal"):
            return blind(view, "cost", missing, self._looks)
        facts = Told(Words(why=f"cost per user broke its limit; since then {missing.reason}"))
        return found(view, "cost", Light(Colour.RED, Trigger.F3), facts, blind_min=self._looks.blind_min)


def _sums(view: SeesHour, slice: Slice, span: Span) -> Spending:
    return Spending(*(view.recording.increase(slice, name, span) for name in (USERS, COST_USD, COST_USD_SQUARED)))


def _spending(view: StageView, slice: Slice, span: Span) -> Spending:
    sums = _sums(view, slice, span)
    enough(view, sums.users, f"users of {slice}")
    return sums


def _over(canary: Spending, control: Spending) -> float:
    """By how much a user of the canary cost more. Raises NoEvidence."""
    if control.usd <= 0:
        raise NoEvidence("control's cost per user is 0, so there is nothing to compare with")
    return canary.usd / canary.users / (control.usd / control.users) - 1


def _mean(view: StageView, slice: Slice, span: Span) -> Point:
    sums = _spending(view, slice, span)
    if slice == "control" and sums.usd <= 0:
        raise NoEvidence("control's cost per user is 0, so there is nothing to compare with")
    return Point(value=sums.usd / sums.users, n=round(sums.users))


def _usd(view: StageView, span: Span) -> float:
    return _mean(view, "control", span).value


def cost_evidence(view: SeesHour) -> CostEvidence:
    """What the placebo hour before `view` shows of cost per user. Raises NoEvidence."""
    counted = REQUESTS if REQUESTS in view.recording.names("control") else USERS
    requests = ([view.recording.increase(slice, counted, span) for span in view.placebo] for slice in SLICES)
    must_compare(view.plan, view.placebo, *requests)
    placebo = [(_sums(view, "canary", span), _sums(view, "control", span)) for span in view.placebo]
    over_max = view.plan.gate(CostRow).over_control_ratio_max
    return CostEvidence(placebo, over_ratio=over_max, learning=learning(view.plan))


def _add(evidence: CostEvidence, view: StageView, span: Span) -> None:
    evidence.add(_sums(view, "canary", span), _sums(view, "control", span), view.moment.id)


def _signed(over: float, more: int) -> str:
    return f"{over:+.{1 + more}%}"
