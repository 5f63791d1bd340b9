"""E1, A2: the canary's P95."""

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache, partial
from typing import Annotated, NamedTuple

from ramp.allowed import Says, Seconds, allowed
from ramp.evidence import LatencyEvidence, Tempered
from ramp.gates.bad_share import BadShare, BadShareGate
from ramp.gates.both_worse import BothWorse
from ramp.gates.first_minutes import FirstMinutes
from ramp.gates.judging import Point, Read, enough, exact, seen_or_why
from ramp.gates.learning import learning
from ramp.gates.notes import Wide
from ramp.gates.seeing import say_slower_too_noisy, sees_slower
from ramp.gates.weighing import Weighing, must_compare
from ramp.histogram import TIMED_RATIO_MIN, Buckets, bucket_of, quantile, slower, timed
from ramp.instances import instances_now, say_instances, tempered
from ramp.observation import NoEvidence, Slice, Span
from ramp.placebo_hour import SeesHour
from ramp.plan import Plan
from ramp.routes import Routes, alike, had_routes, latency_by_route, routes_of, say_routes
from ramp.signals import LATENCY_S, REQUESTS
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.units import Unit, show, show_between


class LatencyRow(Waivable):
    quantile_ratio: Annotated[
        float, Says("quantile"), allowed("P50 and less would hide what half of the users wait", over=0.5, under=1)
    ]
    limit_s: Annotated[Seconds, allowed("nobody waits longer for an answer", most=10)]


def latency_gate(plan: Plan) -> BadShareGate:
    """P95 against 120 ms, exactly: with a bucket boundary at the limit, P95 <= limit <=> 20 * slower <= n (nearest
    rank). Without one the boundaries beside it decide where they settle it. The value shown is interpolated inside its
    bucket and decides nothing. Where many requests were not timed, only those that were slow prove anything: a breach,
    if they are too many of all."""
    row, both, first_minutes = plan.gate(LatencyRow), plan.both_worse, FirstMinutes(plan.evidence.latency_settling_e)
    weighing = Weighing(lambda view: tempered(view, latency_evidence(view)), partial(_add, first_minutes))
    share = BadShare(
        check="latency",
        read=partial(_reading, row),
        bad_max=_bad_max(row.quantile_ratio),
        limit=row.limit_s,
        unit=Unit.SECONDS,
        what=_what(row),
        at_most=True,
        interval=lambda point: None,
        sees=sees_slower,
        too_noisy=partial(say_slower_too_noisy, row.limit_s),
        notes=partial(_notes, row, weighing),
        wide=partial(_wide, row),
        first_minutes=first_minutes.words,
        both_worse=BothWorse(partial(_of_control, row), both.latency_over_worst, both.latency_over_last),
    )
    return BadShareGate(share, weighing)


def _reading(row: LatencyRow, view: StageView) -> Read:
    bad_max = float(_bad_max(row.quantile_ratio))

    def read(slice: Slice, span: Span) -> Point:
        buckets = view.recording.increase_by(slice, LATENCY_S, span)
        latency_by_route(view, slice, span)  # what was compared by route stays so, or nobody can tell
        n = enough(view, timed(buckets), f"timed requests of {slice}")
        bad = settled(row, buckets, slice) if slice == "canary" else slower(buckets, row.limit_s).least
        requests = _requests(view, slice, span, n)
        if bad <= bad_max * max(n, requests):
            _must_be_timed(slice, n, requests)
        return Point(value=quantile(buckets, row.quantile_ratio), n=n, bad=bad, buckets=buckets)

    return read


def _of_control(row: LatencyRow, view: SeesHour, span: Span) -> float:
    """Raises NoEvidence."""
    return quantile(view.recording.increase_by("control", LATENCY_S, span), row.quantile_ratio)


def settled(row: LatencyRow, buckets: Buckets, slice: Slice) -> int:
    """How many of `slice` were slower than the limit. Without a boundary there, the most that may have been, where even
    that is within it, or the least, where that breaks it. Raises NoEvidence where neither settles it."""
    many, bad_max, n = slower(buckets, row.limit_s), _bad_max(row.quantile_ratio), timed(buckets)
    if many.most * bad_max.denominator <= bad_max.numerator * n:
        return many.most
    if many.least * bad_max.denominator > bad_max.numerator * n:
        return many.least
    raise NoEvidence(
        f"the latency histogram has no bucket boundary at {row.limit_s:g} s, and {_what(row)} of {slice} is "
        f"{show_between(*bucket_of(buckets, row.quantile_ratio))}, so {show(row.limit_s, Unit.SECONDS)} cannot be "
        "decided: add one to the histogram",
        LATENCY_S,
    )


@lru_cache
def _bad_max(quantile_ratio: float) -> Fraction:
    return 1 - exact(quantile_ratio)


def must_settle(row: LatencyRow, buckets: Buckets, slice: Slice) -> None:
    """Raises NoEvidence where a gate would be blind by these boundaries: what `slice` shows now is settled by none, or
    there is none above the limit, so that no breach could be."""
    settled(row, buckets, slice)
    if math.isinf(slower(buckets, row.limit_s).above_s):
        limit = show(row.limit_s, Unit.SECONDS)
        raise NoEvidence(
            f"the latency histogram has no bucket boundary at {limit} or above: add one at {limit}", LATENCY_S
        )


def _what(row: LatencyRow) -> str:
    return f"P{100 * row.quantile_ratio:g}"


def _wide(row: LatencyRow, point: Point) -> Wide | None:
    """The bucket of the value, where its histogram has no boundary at the limit."""
    if slower(point.buckets, row.limit_s).is_exact:
        return None
    return Wide(
        show_between(*bucket_of(point.buckets, row.quantile_ratio)),
        f"the page has no {show(row.limit_s, Unit.SECONDS)} bound",
    )


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
    by_route = had_routes(view, latency_by_route)
    placebo = [_compared(by_route, view, span) for span in view.placebo]
    must_compare(view.plan, view.placebo, *([timed(of) for of in slice] for slice in zip(*placebo, strict=True)))
    evidence = LatencyEvidence(
        placebo,
        bounds_s=view.plan.evidence.latency_bounds_s,
        limit_s=row.limit_s,
        limit_ratio=float(_bad_max(row.quantile_ratio)),
        learning=learning(view.plan),
        by_route=by_route,
    )
    if not evidence.bounds_s:
        raise NoEvidence("too few requests of the placebo hour lie on either side of each boundary of latency_bounds_s")
    return evidence


def _add(first_minutes: FirstMinutes, evidence: Tempered, view: StageView, span: Span) -> None:
    slower_ratio = 0.0 if view.is_first_stage else view.plan.evidence.latency_margin_ratio
    counted = _buckets(view, "canary", span) if evidence.by_route else None
    told = instances_now(evidence, view, span)
    evidence.add(*_compared(evidence.by_route, view, span), view.moment.id, slower_ratio, view.nats_max, counted, told)
    first_minutes.add(view, evidence)


def _compared(evidence_by_route: bool, view: SeesHour, span: Span) -> tuple[Buckets, Buckets]:
    """Both slices' histograms over `span`, made alike route by route where that is how they are compared. Raises
    NoEvidence."""
    routes = routes_of(view, span, latency_by_route) if evidence_by_route else None
    return alike(*routes) if routes else (_buckets(view, "canary", span), _buckets(view, "control", span))


def _buckets(view: SeesHour, slice: Slice, span: Span) -> Mapping[str, float]:
    """The histogram over `span`, with every boundary that control began with. Raises NoEvidence."""
    buckets = view.recording.increase_by(slice, LATENCY_S, span)
    timed(buckets)
    return buckets


class _Quantiles(NamedTuple):
    """The present window of both slices."""

    row: LatencyRow
    canary: Point
    control: Point | None
    routes: Routes | NoEvidence | None
    instances: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        if self.control is None:
            return self._of("canary", self.canary), "control P50/P95/P99 NO DATA: none is left to compare with"
        routes = say_routes(self.routes, self.row.limit_s, self.row.quantile_ratio)
        return self._of("canary", self.canary), self._of("control", self.control), *routes, *self.instances

    def _of(self, slice: str, point: Point) -> str:
        is_exact = slower(point.buckets, self.row.limit_s).is_exact
        said = (
            show(quantile(point.buckets, q), Unit.SECONDS) if is_exact else show_between(*bucket_of(point.buckets, q))
            for q in (0.50, 0.95, 0.99)
        )
        return f"{slice} P50/P95/P99 {' / '.join(said)}"


def _notes(
    row: LatencyRow, weighing: Weighing[Tempered], view: StageView, canary: Point, control: Point | None
) -> _Quantiles:
    routes = seen_or_why(routes_of, view, view.now, latency_by_route) if control else None
    return _Quantiles(row, canary, control, routes, say_instances(weighing.evidence))
