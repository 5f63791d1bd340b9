"""A1: the canary's share of the traffic."""

from ramp.allowed import Confidence
from ramp.contradictions.traffic import edge_counts_split, requests_to_each
from ramp.evidence import interval
from ramp.finding import Finding, Told
from ramp.gates.judging import Light, Momentary, enough, found
from ramp.plan import Plan
from ramp.plan_rows import SourcedRow
from ramp.stage_view import StageView
from ramp.units import Unit
from ramp.verdict import Colour, Words


class ShareRow(SourcedRow):
    confidence_ratio: Confidence


def share_gate(plan: Plan) -> Momentary:
    """Of the requests that the edge split (no forced routing key), the canary's share agrees with the plan within a
    binomial interval; where the edge counts no split, of the requests answered, without the suite's own. Only a share
    that could be told from none is proof, so none of few is YELLOW."""
    return Momentary("share", _judged)


def _judged(view: StageView) -> Finding:
    """Raises NoEvidence."""
    row, planned_pct, whole = view.plan.gate(ShareRow), view.moment.traffic_pct or 0, view.whole
    canary, control = (round(of) for of in requests_to_each(view, whole))
    split = "split requests" if edge_counts_split(view) else "requests, without the suite's own,"
    n = enough(view, canary + control, split)
    low, high = interval(canary, n, row.confidence_ratio)
    agrees = low <= planned_pct / 100 <= high
    why = f"{canary:,} of {n:,} {split} went to the canary ({canary / n:.2%}), planned {planned_pct} %"
    words = Words(
        why=why + ("" if canary or not agrees else "; too few to tell from none"),
        unit=Unit.RATIO,
        value=canary / n,
        limit=planned_pct / 100,
        n=n,
        window_s=60 * whole.minutes,
        interval=(low, high),
    )
    colour = (Colour.GREEN if canary else Colour.YELLOW) if agrees else Colour.RED
    return found(view, "share", Light(colour), Told(words))
