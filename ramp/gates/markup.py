"""E5, E7, F3: the AI markup and the margin."""

from ramp.gates.judging import blind, enough, say
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.units import Unit
from ramp.verdict import Colour, Verdict


def markup(hold: Hold) -> Verdict:
    """AI revenue over AI cost, at least 4x; less rolls back (F3). Margin is (revenue - cost) / revenue, stage to date;
    more than 3 % off control's, either way, is YELLOW and tags the CEO (E7)."""
    row = hold.plan.gates.markup

    def sums(slice: Slice, span: Span) -> tuple[float, float, int]:
        increase = hold.recording.increase
        n = enough(hold, increase(slice, "ai_requests", span), f"AI requests of {slice}")
        revenue, spent = increase(slice, "ai_revenue_usd", span), increase(slice, "ai_cost_usd", span)
        if revenue <= 0 or spent <= 0:
            raise NoEvidence(f"AI revenue ${revenue:.4f} over AI cost ${spent:.4f} of {slice} is no markup")
        return revenue, spent, n

    try:
        revenue, spent, n = sums("canary", hold.now)
        stage, control = sums("canary", hold.whole), hold.of_control(sums, hold.whole)
    except NoEvidence as missing:
        return blind(hold, "markup", missing)
    value, eroded = revenue / spent, revenue < row.markup_min * spent
    margin, control_margin = 1 - stage[1] / stage[0], 1 - control[1] / control[0]
    if control_margin == 0:
        return blind(hold, "markup", NoEvidence("control's margin is 0, so no deviation can be told"))
    deviation = (margin - control_margin) / abs(control_margin)
    off = abs(deviation) > row.margin_deviation_ratio_max
    return say(
        hold,
        "markup",
        Colour.RED if eroded else Colour.YELLOW if off else Colour.GREEN,
        f"markup {value:.2f}x {'<' if eroded else '>='} {row.markup_min:g}x, margin {deviation:+.1%} against control's",
        unit=Unit.TIMES,
        value=value,
        control=control[0] / control[1],
        limit=row.markup_min,
        n=n,
        window_s=60 * hold.now.minutes,
        trigger="F3" if eroded else None,
        tag_ceo=eroded or off,
        notes=(f"margin {margin:.2%}, control {control_margin:.2%}",),
    )
