"""A1: the canary's share of the traffic."""

from math import inf

from ramp.allowed import Confidence
from ramp.contradictions.traffic import edge_counts_split, requests_to_each
from ramp.evidence import Split
from ramp.finding import Finding, Told
from ramp.gates.judging import Light, Momentary, enough, found
from ramp.plan import Plan
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.units import Unit
from ramp.verdict import Colour, Words


class ShareRow(Waivable):
    confidence_ratio: Confidence


def share_gate(plan: Plan) -> Momentary:
    """Of the requests that the edge split (no forced routing key), the canary's share agrees with the plan within a
    confidence sequence over users, each of whom stays with a slice; where the edge counts no split, of the requests
    answered, without the suite's own. Only a share that could be told from none is proof, so none of few is YELLOW."""
    return Momentary("share", _judged)


def _judged(view: StageView) -> Finding:
    """Raises NoEvidence."""
    confidence_ratio, planned_pct = view.plan.gate(ShareRow).confidence_ratio, view.moment.traffic_pct or 0
    canary, control = (round(of) for of in requests_to_each(view, view.whole))
    what = "split requests" if edge_counts_split(view) else "requests, without the suite's own,"
    n = enough(view, canary + control, what)
    split, planned = Split(canary, control, view.plan.split.requests_a_user), planned_pct / 100
    low, high = split.interval(planned, confidence_ratio)
    agrees = low <= planned <= high
    why = f"{canary:,} of {n:,} {what} went to the canary ({canary / n:.2%}), planned {planned_pct} %"
    if not agrees:
        why += _unexplained(split, planned, confidence_ratio)
    elif not canary:
        why += "; too few to tell from none"
    words = Words(
        why=why,
        unit=Unit.RATIO,
        value=canary / n,
        limit=planned,
        n=n,
        window_s=60 * view.whole.minutes,
        interval=(low, high),
    )
    colour = (Colour.GREEN if canary else Colour.YELLOW) if agrees else Colour.RED
    return found(view, "share", Light(colour), Told(words), thin=colour is Colour.YELLOW)


def _unexplained(split: Split, planned: float, confidence_ratio: float) -> str:
    """What would have to be true for chance to explain it."""
    each = split.fitting(planned, confidence_ratio)
    if each == inf:
        return "; chance does not explain it, whatever users send"
    return f"; chance explains it only where users send {each:,.0f} requests each, not {split.requests_a_user:g}"
