"""E5, E7, F3: the AI markup and the margin."""

from functools import partial
from itertools import pairwise
from typing import Annotated, Literal

from ramp.allowed import Ratio, Times, allowed
from ramp.evidence import Part, differs_beyond_chance
from ramp.finding import Finding, Told
from ramp.gates.judging import Light, Momentary, enough, found
from ramp.observation import NoEvidence, Slice, Span
from ramp.plan import Plan
from ramp.signals import AI_COST_USD, AI_REQUESTS, AI_REVENUE_USD
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.units import Unit, beyond, told_apart
from ramp.verdict import Colour, Trigger, Words


class MarkupRow(Waivable):
    markup_min: Times
    margin_deviation_ratio_max: Annotated[Ratio, allowed("off by a quarter it is another margin", most=0.25)]
    margin_page: Literal["beyond_chance", "literal"]


def markup_gate(plan: Plan) -> Momentary:
    """AI revenue over AI cost, at least 4x; less rolls back (F3), whatever control does. Margin is (revenue - cost) /
    revenue, stage to date; more than 3 % off control's, either way, is YELLOW and tags the CEO (E7), and pages her (H1)
    once that is beyond chance, or at once where the plan's `margin_page` is "literal"."""
    return Momentary("markup", _judged)


def _judged(view: StageView) -> Finding:
    """Raises NoEvidence."""
    row = view.plan.gate(MarkupRow)

    def sums(slice: Slice, span: Span) -> tuple[float, float, int]:
        increase = view.recording.increase
        n = enough(view, increase(slice, AI_REQUESTS, span), f"AI requests of {slice}")
        revenue, spent = increase(slice, AI_REVENUE_USD, span), increase(slice, AI_COST_USD, span)
        if spent <= 0:
            raise NoEvidence(f"{slice} answered {n:,} AI requests at no cost, which is no markup", AI_COST_USD)
        return revenue, spent, n

    eroded, control, off = False, None, False
    notes: tuple[str, ...]
    try:
        revenue, spent, n = sums("canary", view.now)
        eroded = beyond(row.markup_min * spent, revenue)
        stage, control = sums("canary", view.whole), view.of_control(sums, view.whole)
        margin, control_margin = _margin(*stage), _margin(*control)
        if control_margin == 0:
            raise NoEvidence("control's margin is 0, so no deviation can be told")
        deviation = (margin - control_margin) / abs(control_margin)
        off = beyond(abs(deviation), row.margin_deviation_ratio_max)
        compared, notes = f"{deviation:+.1%} against control's", (f"margin {margin:.2%}, control {control_margin:.2%}",)
    except NoEvidence as missing:
        if not eroded:
            raise
        compared, notes = f"NO DATA: {missing.reason}", ()
    light, pages = Light(Colour.YELLOW if off else Colour.GREEN), off and _pages(view, row)
    notes += ("that far off it may be by chance: the CEO is tagged, and paged once it is not",) if off > pages else ()
    if eroded:
        light = Light(Colour.RED, Trigger.F3)
    words = Words(
        why=f"markup {told_apart(revenue / spent, '<' if eroded else '>=', row.markup_min, _times)}, margin {compared}",
        unit=Unit.TIMES,
        value=revenue / spent,
        control=control[0] / control[1] if control else None,
        limit=row.markup_min,
        n=n,
        window_s=60 * view.now.minutes,
        notes=notes,
    )
    return found(view, "markup", light, Told(words), tag_ceo=eroded or off, page_ceo=pages)


def _pages(view: StageView, row: MarkupRow) -> bool:
    """Whether a margin that is off calls the CEO: also where a minute cannot be read, so that nobody can tell."""
    if row.margin_page == "literal":
        return True
    read = partial(_parts, view)
    try:
        both = read("canary", view.whole), view.of_control(read, view.whole)
        return not all(any(part.earned for part in of) for of in both) or differs_beyond_chance(*both)
    except NoEvidence:
        return True


def _parts(view: StageView, slice: Slice, span: Span) -> list[Part]:
    """What each look added over `span`. Raises NoEvidence."""
    ats = [frame.at for frame in view.recording.frames(slice) if span.start <= frame.at <= span.end]
    names = (AI_REQUESTS, AI_REVENUE_USD, AI_COST_USD)
    spans = (Span(start=start, end=end) for start, end in pairwise(ats))
    return [Part(*(view.recording.increase(slice, name, each) for name in names)) for each in spans]


def _margin(revenue: float, spent: float, n: int) -> float:
    if revenue <= 0:
        raise NoEvidence(f"{n:,} AI requests earned nothing, so there is no margin", AI_REVENUE_USD)
    return 1 - spent / revenue


def _times(ratio: float, more: int) -> str:
    return f"{ratio:.{2 + more}f}".removesuffix(".00") + "x"
