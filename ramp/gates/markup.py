"""E5, E7, F3: the AI markup and the margin."""

from ramp.gates.judging import Momentary, after_the_looks, enough, say
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.units import Unit
from ramp.verdict import Colour, Verdict


def markup(hold: Hold) -> Verdict:
    """AI revenue over AI cost, at least 4x; less rolls back (F3), whatever control does. Margin is (revenue - cost) /
    revenue, stage to date; more than 3 % off control's, either way, is YELLOW and tags the CEO (E7)."""
    return after_the_looks(markup_gate(), hold)


def markup_gate() -> Momentary:
    return Momentary("markup", _judged)


def _judged(hold: Hold) -> Verdict:
    """Raises NoEvidence."""
    row = hold.plan.gates.markup

    def sums(slice: Slice, span: Span) -> tuple[float, float, int]:
        increase = hold.recording.increase
        n = enough(hold, increase(slice, "ai_requests", span), f"AI requests of {slice}")
        revenue, spent = increase(slice, "ai_revenue_usd", span), increase(slice, "ai_cost_usd", span)
        if spent <= 0:
            raise NoEvidence(f"{slice} answered {n:,} AI requests at no cost, which is no markup", "ai_cost_usd")
        return revenue, spent, n

    eroded, control, off = False, None, False
    notes: tuple[str, ...]
    try:
        revenue, spent, n = sums("canary", hold.now)
        eroded = revenue < row.markup_min * spent
        stage, control = sums("canary", hold.whole), hold.of_control(sums, hold.whole)
        margin, control_margin = _margin(*stage), _margin(*control)
        if control_margin == 0:
            raise NoEvidence("control's margin is 0, so no deviation can be told")
        deviation = (margin - control_margin) / abs(control_margin)
        off = abs(deviation) > row.margin_deviation_ratio_max
        compared, notes = f"{deviation:+.1%} against control's", (f"margin {margin:.2%}, control {control_margin:.2%}",)
    except NoEvidence as missing:
        if not eroded:
            raise
        compared, notes = f"NO DATA: {missing.reason}", ()
    return say(
        hold,
        "markup",
        Colour.RED if eroded else Colour.YELLOW if off else Colour.GREEN,
        f"markup {revenue / spent:.2f}x {'<' if eroded else '>='} {row.markup_min:g}x, margin {compared}",
        unit=Unit.TIMES,
        value=revenue / spent,
        control=control[0] / control[1] if control else None,
        limit=row.markup_min,
        n=n,
        window_s=60 * hold.now.minutes,
        trigger="F3" if eroded else None,
        tag_ceo=eroded or off,
        notes=notes,
    )


def _margin(revenue: float, spent: float, n: int) -> float:
    if revenue <= 0:
        raise NoEvidence(f"{n:,} AI requests earned nothing, so there is no margin", "ai_revenue_usd")
    return 1 - spent / revenue
