"""E1 to E6: the figures that the owner asks for in every report, canary beside control, as one look saw them.

They tell and decide nothing: gates judge what they judge. What was not seen says why, where its number would stand.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from ramp.gates.database import measures
from ramp.histogram import quantile
from ramp.observation import SLICES, NoEvidence, Slice, Span
from ramp.signals import (
    AI_COST_USD,
    AI_COST_USD_BY_ROUTE,
    AI_REQUESTS,
    AI_REVENUE_USD,
    AI_TOKENS,
    CACHE_HITS,
    CACHE_LOOKUPS,
    COST_USD,
    ERRORS,
    LATENCY_S,
    ORIGIN_REQUESTS,
    PAYMENTS_ATTEMPTED,
    PAYMENTS_DECLINED,
    PAYMENTS_SUCCEEDED,
    REQUESTS,
    SCHEMA_VIOLATIONS,
    SYNTHETIC_FAILURES,
    SYNTHETIC_RUNS,
    USERS,
)
from ramp.stage_view import StageView
from ramp.units import Unit, show

ROUTES_MAX = 3
_RATE_DIGITS = 2
UNSEEN = "not seen"
Read = Callable[[Slice, Span], float]
ReadBy = Callable[[Slice, Span], Mapping[str, float]]


@dataclass(frozen=True)
class Figure:
    """One line: the requirement's id, what it is, and both slices in words. `control` is empty for what both share or
    only the canary has; `why` says what was not seen."""

    id: str
    label: str
    canary: str
    control: str = ""
    why: str = ""


def figures(view: StageView) -> tuple[Figure, ...]:
    """Of the window that ends with the look of `view`; what is per user, per request or by route, of the stage to
    date."""
    return (*_latency(view), *_payments(view), *_cache(view), *_database(view), *_economics(view), *_synthetics(view))


def _latency(view: StageView) -> Iterator[Figure]:
    def at(q: float, slice: Slice, span: Span) -> float:
        return quantile(view.recording.increase_by(slice, LATENCY_S, span), q)

    for name, q in (("P50", 0.5), ("P95", 0.95), ("P99", 0.99)):
        yield _both(view, "E1", name, partial(at, q), view.now, Unit.SECONDS)
    yield _both(view, "E1", "errors", _ratio(view, ERRORS, REQUESTS), view.now, Unit.RATIO)


def _payments(view: StageView) -> Iterator[Figure]:
    """Of the stage to date; what was declined and flagged, by rule, is in the words of the gate."""
    for slice in SLICES:
        name = "payments" if slice == "canary" else "payments of control"
        try:
            yield Figure("E2", name, _paid(view, slice))
        except NoEvidence as missing:
            yield Figure("E2", name, UNSEEN, why=missing.reason)


def _paid(view: StageView, slice: Slice) -> str:
    """Raises NoEvidence."""
    increase, whole = view.recording.increase, view.whole
    tried, fine = (increase(slice, name, whole) for name in (PAYMENTS_ATTEMPTED, PAYMENTS_SUCCEEDED))
    declined = ""
    if PAYMENTS_DECLINED in view.recording.names(slice):
        by_rule = view.recording.increase_by(slice, PAYMENTS_DECLINED, whole)
        declined = f", {sum(by_rule.values()):,.0f} declined"
    return f"{fine:,.0f} of {tried:,.0f} went through in this stage{declined}"


def _cache(view: StageView) -> Iterator[Figure]:
    per_s = _per_s(view, ORIGIN_REQUESTS)
    hit_ratio = _ratio(view, CACHE_HITS, CACHE_LOOKUPS)
    yield _both(view, "E3", "cache hit ratio", hit_ratio, view.now, Unit.RATIO)
    yield _both(view, "E3", "origin requests a second", per_s, view.now, Unit.COUNT)
    yield _both(view, "E3", "hit ratio since T-0", hit_ratio, view.since_t0, Unit.RATIO)


def first_minutes(view: StageView, minutes: float) -> tuple[Figure, ...]:
    """D3: how the cache did over exactly the first `minutes` after T-0."""
    span = Span(start=view.ramp_start, end=view.ramp_start + timedelta(minutes=minutes))
    hit_ratio, per_s = _ratio(view, CACHE_HITS, CACHE_LOOKUPS), _per_s(view, ORIGIN_REQUESTS)
    return (
        _both(view, "D3", "cache hit ratio", hit_ratio, span, Unit.RATIO),
        _both(view, "D3", "origin requests a second", per_s, span, Unit.COUNT),
    )


def _per_s(view: StageView, name: str) -> Read:
    def read(slice: Slice, span: Span) -> float:
        return view.recording.increase(slice, name, span) / (60 * span.minutes)

    return read


def _database(view: StageView) -> Iterator[Figure]:
    now, missing = measures(view, view.now)
    for name, ratio in now.items():
        yield Figure("E4", f"database {name}", show(ratio, Unit.RATIO))
    if missing:
        yield Figure("E4", "database", UNSEEN, why=missing.reason)


def _economics(view: StageView) -> Iterator[Figure]:
    whole = view.whole
    yield _both(view, "E5", "cost per user", _ratio(view, COST_USD, USERS), whole, Unit.USD)
    yield _both(view, "E5", "AI cost per request", _ratio(view, AI_COST_USD, AI_REQUESTS), whole, Unit.USD)
    yield _both(view, "E5", "markup", _ratio(view, AI_REVENUE_USD, AI_COST_USD), whole, Unit.TIMES)
    yield from _top(view, "AI cost", partial(_by_route, view, AI_COST_USD_BY_ROUTE), Unit.USD)
    yield from _top(view, "tokens", partial(_by_route, view, AI_TOKENS), Unit.COUNT)


def _top(
    view: StageView, what: str, read: Callable[[Slice, Span], Mapping[str, float]], unit: Unit
) -> Iterator[Figure]:
    """The routes of which the canary has most, each with its share of its slice's whole."""
    try:
        canary = read("canary", view.whole)
        control = view.of_control(read, view.whole)
    except NoEvidence as missing:
        yield Figure("E5", f"top routes by {what}", UNSEEN, why=missing.reason)
        return
    for route in sorted(canary, key=lambda each: -canary[each])[:ROUTES_MAX]:
        shares = [of.get(route, 0.0) / sum(of.values()) if sum(of.values()) else 0.0 for of in (canary, control)]
        yield Figure("E5", f"{what} of {route}", f"{show(canary[route], unit)} ({shares[0]:.0%})", f"{shares[1]:.0%}")


def _by_route(view: StageView, name: str, slice: Slice, span: Span) -> Mapping[str, float]:
    """By the first label of the counter, which is the route."""
    found: dict[str, float] = {}
    for labels, grown in view.recording.increase_by(slice, name, span).items():
        route = labels.split("|")[0]
        found[route] = found.get(route, 0.0) + grown
    return found


def _synthetics(view: StageView) -> Iterator[Figure]:
    try:
        names = (SYNTHETIC_RUNS, SYNTHETIC_FAILURES, SCHEMA_VIOLATIONS)
        runs, failed, misshapen = (round(view.recording.increase("canary", name, view.whole)) for name in names)
        yield Figure("E6", "synthetics", f"{runs - failed} of {runs} passed, {misshapen} broke the schema")
    except NoEvidence as missing:
        yield Figure("E6", "synthetics", UNSEEN, why=missing.reason)


def _ratio(view: StageView, part: str, whole: str) -> Read:
    def read(slice: Slice, span: Span) -> float:
        of = view.recording.increase(slice, whole, span)
        if not of:
            raise NoEvidence(f"{slice} counted no {whole}", whole)
        return view.recording.increase(slice, part, span) / of

    return read


def _both(view: StageView, id: str, label: str, read: Read, span: Span, unit: Unit) -> Figure:
    said, missed = [], []
    for slice in SLICES:
        try:
            value = read(slice, span) if slice == "canary" else view.of_control(read, span)
            said.append(show(value, unit, _RATE_DIGITS if unit is Unit.COUNT else 0))
        except NoEvidence as missing:
            said.append(UNSEEN)
            missed.append(missing.reason)
    return Figure(id, label, said[0], said[1], "; ".join(missed))
