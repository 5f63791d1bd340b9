"""E1, A2: the canary's P95."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, NamedTuple

from ramp.allowed import Says, Seconds, allowed
from ramp.evidence import LatencyEvidence
from ramp.gates.bad_share import BadShare, BadShareGate
from ramp.gates.judging import Point, Read, enough, exact
from ramp.gates.seeing import sees_slower, slower_too_noisy
from ramp.gates.weighing import Weighing, must_compare
from ramp.histogram import TIMED_RATIO_MIN, above, quantile, timed
from ramp.observation import NoEvidence, Slice, Span
from ramp.placebo_hour import SeesHour
from ramp.plan import Plan
from ramp.plan_rows import SourcedRow
from ramp.signals import LATENCY_S, REQUESTS
from ramp.stage_view import StageView
from ramp.units import Unit, show


class LatencyRow(SourcedRow):
    quantile_ratio: Annotated[
        float, Says("quantile"), allowed("P50 and less would hide what half of the users wait", over=0.5, under=1)
    ]
    limit_s: Annotated[Seconds, allowed("nobody waits longer for an answer", most=10)]


def latency_gate(plan: Plan) -> BadShareGate:
    """P95 against 120 ms, exactly: with a bucket boundary at the limit, P95 <= limit <=> 20 * slower <= n (nearest
    rank). The value shown is interpolated inside its bucket and decides nothing. Where many requests were not timed,
    only those that were slow prove anything: a breach, if they are too many of all."""
    row = plan.gate(LatencyRow)
    share = BadShare(
        check="latency",
        read=partial(_reading, row),
        bad_max=1 - exact(row.quantile_ratio),
        limit=row.limit_s,
        unit=Unit.SECONDS,
        what=f"P{100 * row.quantile_ratio:g}",
        at_most=True,
        interval=lambda point: None,
        sees=sees_slower,
        too_noisy=partial(slower_too_noisy, row.limit_s),
        notes=_notes,
    )
    return BadShareGate(share, Weighing(latency_evidence, _add))


def _reading(row: LatencyRow, view: StageView) -> Read:
    bad_max = float(1 - exact(row.quantile_ratio))

    def read(slice: Slice, span: Span) -> Point:
        buckets = view.recording.increase_by(slice, LATENCY_S, span)
        n = enough(view, timed(buckets), f"timed requests of {slice}")
        bad, requests = above(buckets, row.limit_s), _requests(view, slice, span, n)
        if bad <= bad_max * max(n, requests):
            _must_be_timed(slice, n, requests)
        return Point(value=quantile(buckets, row.quantile_ratio), n=n, bad=bad, buckets=buckets)

    return read


def _requests(view: StageView, slice: Slice, span: Span, n: int) -> float:
    """How many were counted, timed or not; the `n` that were timed where nobody counts them. Raises NoEvidence."""
    return view.recording.increase(slice, REQUESTS, span) if REQUESTS in view.recording.names(slice) else n


def _must_be_timed(slice: Slice, n: int, requests: float) -> None:
    """Raises NoEvidence unless about as many were timed as there were: else what was slow may be among the others."""
    if n > round(requests):
        raise NoEvidence(f"{slice} timed {n:,} of {requests:,.0f} requests, which cannot be", LATENCY_S)
    if n < TIMED_RATIO_MIN * requests:
        said = f"{n:,} of {requests:,.0f} requests of {slice} were timed"
        raise NoEvidence(f"{said}: nobody knows how long the others took", LATENCY_S)


def latency_evidence(view: SeesHour) -> LatencyEvidence:
    """What the placebo hour before `view` shows of latency. Raises NoEvidence."""
    row = view.plan.gate(LatencyRow)
    placebo = [(_buckets(view, "canary", span), _buckets(view, "control", span)) for span in view.placebo]
    must_compare(view.plan, view.placebo, *([timed(of) for of in slice] for slice in zip(*placebo, strict=True)))
    evidence = LatencyEvidence(
        placebo,
        bounds_s=view.plan.evidence.latency_bounds_s,
        limit_s=row.limit_s,
        limit_ratio=float(1 - exact(row.quantile_ratio)),
        half_life_min=view.plan.evidence.half_life_min,
    )
    if not evidence.bounds_s:
        raise NoEvidence("too few requests of the placebo hour lie on either side of each boundary of latency_bounds_s")
    return evidence


def _add(evidence: LatencyEvidence, view: StageView, span: Span) -> None:
    slower_ratio = 0.0 if view.is_first_stage else view.plan.evidence.latency_margin_ratio
    evidence.add(_buckets(view, "canary", span), _buckets(view, "control", span), view.moment.id, slower_ratio)


def _buckets(view: SeesHour, slice: Slice, span: Span) -> Mapping[str, float]:
    """The histogram over `span`, with every boundary that control began with. Raises NoEvidence."""
    buckets = view.recording.increase_by(slice, LATENCY_S, span)
    timed(buckets)
    return buckets


class _Quantiles(NamedTuple):
    """The present window of both slices."""

    canary: Point
    control: Point | None

    def lines(self) -> tuple[str, ...]:
        if self.control is None:
            return _quantiles("canary", self.canary), "control P50/P95/P99 NO DATA: none is left to compare with"
        return _quantiles("canary", self.canary), _quantiles("control", self.control)


def _notes(view: StageView, canary: Point, control: Point | None) -> _Quantiles:
    return _Quantiles(canary, control)


def _quantiles(slice: str, point: Point) -> str:
    said = " / ".join(show(quantile(point.buckets, q), Unit.SECONDS) for q in (0.50, 0.95, 0.99))
    return f"{slice} P50/P95/P99 {said}"
