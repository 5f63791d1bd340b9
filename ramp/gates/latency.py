"""E1, A2: the canary's P95."""

from collections.abc import Mapping

from ramp.evidence import LatencyEvidence
from ramp.gates.bad_share import BadShare, BadShareGate
from ramp.gates.judging import Point, Read, after_the_looks, enough, exact
from ramp.gates.seeing import sees_slower
from ramp.gates.weighing import Weighing
from ramp.histogram import above, quantile, timed
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.plan import Plan
from ramp.units import Unit, show
from ramp.verdict import Verdict


def latency(hold: Hold) -> Verdict:
    """P95 against 120 ms, exactly: with a bucket boundary at the limit, P95 <= limit <=> 20 * slower <= n (nearest
    rank). The value shown is interpolated inside its bucket and decides nothing."""
    return after_the_looks(latency_gate(hold.plan), hold)


def latency_gate(plan: Plan) -> BadShareGate:
    row = plan.gates.latency
    bad_max = 1 - exact(row.quantile_ratio)
    share = BadShare(
        check="latency",
        read=_reading,
        bad_max=bad_max,
        limit=row.limit_s,
        unit=Unit.SECONDS,
        what=f"P{100 * row.quantile_ratio:g}",
        at_most=True,
        interval=lambda hold, point: None,
        sees=sees_slower,
        notes=_notes,
    )
    return BadShareGate(share, Weighing(latency_evidence, _add))


def _reading(hold: Hold) -> Read:
    row = hold.plan.gates.latency

    def read(slice: Slice, span: Span) -> Point:
        buckets = hold.recording.increase_by(slice, "latency_s", span)
        n = enough(hold, timed(buckets), f"timed requests of {slice}")
        return Point(value=quantile(buckets, row.quantile_ratio), n=n, bad=above(buckets, row.limit_s))

    return read


def latency_evidence(hold: Hold) -> LatencyEvidence:
    """What the placebo hour before `hold` shows of latency. Raises NoEvidence."""
    row = hold.plan.gates.latency
    return LatencyEvidence(
        [(_buckets(hold, "canary", span), _buckets(hold, "control", span)) for span in hold.placebo],
        bounds_s=hold.plan.evidence.latency_bounds_s,
        limit_s=row.limit_s,
        limit_ratio=float(1 - exact(row.quantile_ratio)),
        half_life_min=hold.plan.evidence.half_life_min,
    )


def _add(evidence: LatencyEvidence, hold: Hold, span: Span) -> None:
    slower_ratio = 0.0 if hold.is_first_stage else hold.plan.evidence.latency_margin_ratio
    evidence.add(_buckets(hold, "canary", span), _buckets(hold, "control", span), hold.moment.id, slower_ratio)


def _buckets(hold: Hold, slice: Slice, span: Span) -> Mapping[str, float]:
    """The histogram over `span`, with every boundary that control began with. Raises NoEvidence."""
    buckets = hold.recording.increase_by(slice, "latency_s", span)
    timed(buckets)
    return buckets


def _notes(hold: Hold) -> list[str]:
    def quantiles(slice: Slice, span: Span) -> str:
        buckets = hold.recording.increase_by(slice, "latency_s", span)
        return " / ".join(show(quantile(buckets, q), Unit.SECONDS) for q in (0.50, 0.95, 0.99))

    lines = [f"canary P50/P95/P99 {quantiles('canary', hold.now)}"]
    try:
        lines.append(f"control P50/P95/P99 {hold.of_control(quantiles, hold.now)}")
    except NoEvidence as missing:
        lines.append(f"control P50/P95/P99 NO DATA: {missing.reason}")
    return lines
