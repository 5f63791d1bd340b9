"""E1: the canary's error rate."""

from ramp.evidence import interval
from ramp.gates.bad_share import BadShare, BadShareGate, counted_share, weighing_of
from ramp.gates.judging import after_the_looks, exact
from ramp.gates.seeing import sees_share
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.plan import Plan
from ramp.units import Unit
from ramp.verdict import Verdict


def errors(hold: Hold) -> Verdict:
    """The share of answers that are server errors."""
    return after_the_looks(errors_gate(hold.plan), hold)


def errors_gate(plan: Plan) -> BadShareGate:
    limit, margin = plan.gates.errors.ratio_max, plan.evidence.errors_margin_ratio
    share = BadShare(
        check="errors",
        read=lambda hold: counted_share(hold, "errors", "requests", "requests"),
        bad_max=exact(limit),
        limit=limit,
        unit=Unit.RATIO,
        what="error rate",
        at_most=True,
        interval=lambda hold, point: interval(point.bad, point.n, hold.plan.reading.confidence_ratio),
        sees=lambda hold, evidence: sees_share(hold, evidence, errors_counted, margin, lambda share: f">= {share:.2%}"),
    )
    return BadShareGate(share, weighing_of(errors_counted, limit_ratio=limit, margin_ratio=margin))


def errors_counted(hold: Hold, slice: Slice, span: Span) -> tuple[float, float]:
    """Errors and requests over `span`. Raises NoEvidence."""
    bad, n = (hold.recording.increase(slice, name, span) for name in ("errors", "requests"))
    if bad > n:
        raise NoEvidence(f"{slice} counted {bad:,.0f} errors in {n:,.0f} requests, which cannot be", "errors")
    return bad, n
