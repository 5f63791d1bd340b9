"""E1: the canary's error rate."""

from functools import partial
from typing import Annotated, NamedTuple

from ramp.allowed import Ratio, allowed
from ramp.evidence import interval
from ramp.gates.bad_share import BadShare, BadShareGate, counted_share
from ramp.gates.both_worse import BothWorse
from ramp.gates.judging import Point, Read, exact, seen_or_why
from ramp.gates.seeing import say_share_too_noisy, sees_share
from ramp.gates.weighing import weighing_of
from ramp.observation import NoEvidence, Slice, Span
from ramp.placebo_hour import SeesHour
from ramp.plan import Plan
from ramp.routes import Routes, errors_by_route, routes_of, say_failing
from ramp.signals import ERRORS, REQUESTS
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.units import Unit


class ErrorsRow(Waivable):
    ratio_max: Annotated[Ratio, allowed("failing every fifth request is broken", least=0.00001, most=0.2)]


def errors_gate(plan: Plan) -> BadShareGate:
    """The share of answers that are server errors."""
    limit, margin, both = plan.gate(ErrorsRow).ratio_max, plan.evidence.errors_margin_ratio, plan.both_worse
    share = BadShare(
        check="errors",
        read=_reading,
        bad_max=exact(limit),
        limit=limit,
        unit=Unit.RATIO,
        what="error rate",
        at_most=True,
        interval=lambda point: interval(point.bad, point.n, plan.reading.confidence_ratio),
        sees=partial(sees_share, margin_ratio=margin, show=lambda bad: f">= {bad:.2%}"),
        too_noisy=partial(say_share_too_noisy, limit, margin),
        both_worse=BothWorse(_of_control, both.errors_over_worst, both.errors_over_last),
        notes=_notes,
    )
    evidence = weighing_of(errors_counted, limit_ratio=limit, margin_ratio=margin, routes=errors_by_route)
    return BadShareGate(share, evidence)


def _reading(view: StageView) -> Read:
    by_all = counted_share(view, ERRORS, REQUESTS, "requests")

    def read(slice: Slice, span: Span) -> Point:
        errors_by_route(view, slice, span)  # what was compared by route stays so, or nobody can tell
        return by_all(slice, span)

    return read


class _Routes(NamedTuple):
    """Of the present window."""

    routes: Routes | NoEvidence | None

    def lines(self) -> tuple[str, ...]:
        if isinstance(self.routes, NoEvidence):
            return (f"routes: {self.routes.reason}",)
        said = say_failing(self.routes) if self.routes else ""
        return (said,) if said else ()


def _notes(view: StageView, canary: Point, control: Point | None) -> _Routes:
    return _Routes(seen_or_why(routes_of, view, view.now, errors_by_route) if control else None)


def _of_control(view: SeesHour, span: Span) -> float:
    """The share of errors. Raises NoEvidence."""
    bad, n = errors_counted(view, "control", span)
    return (bad + 0.5) / (n + 1)


def errors_counted(view: SeesHour, slice: Slice, span: Span) -> tuple[float, float]:
    """Errors and requests over `span`. Raises NoEvidence."""
    bad, n = (view.recording.increase(slice, name, span) for name in (ERRORS, REQUESTS))
    if bad > n:
        raise NoEvidence(f"{slice} counted {bad:,.0f} errors in {n:,.0f} requests, which cannot be", ERRORS)
    return bad, n
