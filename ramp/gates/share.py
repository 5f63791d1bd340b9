"""A1: the canary's share of the traffic."""

from ramp.evidence import interval
from ramp.gates.judging import Momentary, after_the_looks, enough, say
from ramp.hold import Hold
from ramp.observation import SLICES, Span
from ramp.units import Unit
from ramp.verdict import Colour, Verdict


def share(hold: Hold) -> Verdict:
    """Of the requests that the edge split (no forced routing key), the canary's share agrees with the plan within a
    binomial interval. Only a share that could be told from none is proof, so none of few is YELLOW."""
    return after_the_looks(share_gate(), hold)


def share_gate() -> Momentary:
    return Momentary("share", _judged)


def _judged(hold: Hold) -> Verdict:
    """Raises NoEvidence."""
    row, planned_pct = hold.plan.gates.share, hold.moment.traffic_pct or 0

    def count(span: Span) -> tuple[int, int]:
        canary, control = (round(hold.recording.increase(of, "split_requests", span)) for of in SLICES)
        return canary, enough(hold, canary + control, "requests that the edge split")

    canary, n = count(hold.whole)
    low, high = interval(canary, n, row.confidence_ratio)
    agrees = low <= planned_pct / 100 <= high
    why = f"{canary:,} of {n:,} split requests went to the canary ({canary / n:.2%}), planned {planned_pct} %"
    return say(
        hold,
        "share",
        (Colour.GREEN if canary else Colour.YELLOW) if agrees else Colour.RED,
        why + ("" if canary or not agrees else "; too few to tell from none"),
        unit=Unit.RATIO,
        value=canary / n,
        limit=planned_pct / 100,
        n=n,
        window_s=60 * hold.whole.minutes,
        interval=(low, high),
    )
