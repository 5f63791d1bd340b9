"""Requests by route, so that slices are compared like for like: a canary that gets more of a slow route is not slower.

Labels are `route|upper bound` of latency, `route` of requests and errors. What is compared is the canary's rate on each
route weighed by control's requests on it (direct standardisation; Breslow and Day, Statistical Methods in Cancer
Research II, 2.3), as so many requests as have the variance of that.
"""

from collections.abc import Callable, Mapping
from math import sqrt
from typing import NamedTuple

from ramp.buckets import INF, Buckets, boundaries
from ramp.histogram import quantile
from ramp.observation import SLICES, NoEvidence, Slice, Span
from ramp.placebo_hour import SeesHour
from ramp.signals import ERRORS_BY_ROUTE, LATENCY_S_BY_ROUTE, REQUESTS_BY_ROUTE
from ramp.units import Unit, show

ByRoute = Mapping[str, Buckets]
Read = Callable[[SeesHour, Slice, Span], "ByRoute | None"]
FINE = "fine"
_SHOWN = 8
_SHOWN_LEAST = 20  # requests of a route on either slice, below which nothing is said of it


class Routes(NamedTuple):
    """The histogram of each route, on both slices."""

    canary: ByRoute
    control: ByRoute


def routes_of(view: SeesHour, span: Span, read: Read) -> Routes | None:
    """None where not both slices ever told of routes. Raises NoEvidence where they did and cannot be read now."""
    canary, control = (read(view, slice, span) for slice in SLICES)
    return Routes(canary, control) if canary is not None and control is not None else None


def had_routes(view: SeesHour, read: Read) -> bool:
    """Whether both slices told of routes in any minute of the placebo hour: what is compared is made alike from then
    on."""

    def had(span: Span) -> bool:
        try:
            return routes_of(view, span, read) is not None
        except NoEvidence:
            return False

    return any(had(span) for span in view.placebo)


def _tells(view: SeesHour, name: str) -> bool:
    return name in view.recording.names("canary") and name in view.recording.names("control")


def latency_by_route(view: SeesHour, slice: Slice, span: Span) -> ByRoute | None:
    """The histogram of each route; None where not both slices ever told of routes. Raises NoEvidence where they did and
    it cannot be read now."""
    if not _tells(view, LATENCY_S_BY_ROUTE):
        return None
    by_route: dict[str, dict[str, float]] = {}
    for label, count in view.recording.increase_by(slice, LATENCY_S_BY_ROUTE, span).items():
        route, bar, bound = label.rpartition("|")
        if not bar:
            said = f"{LATENCY_S_BY_ROUTE} of {slice} has the label {label!r}, where route|bound is due"
            raise NoEvidence(said, LATENCY_S_BY_ROUTE)
        by_route.setdefault(route, {})[bound] = count
    return by_route


def errors_by_route(view: SeesHour, slice: Slice, span: Span) -> ByRoute | None:
    """How many requests of each route were `FINE`, and all of them, as a histogram. None and NoEvidence as above."""
    if not _tells(view, ERRORS_BY_ROUTE):
        return None
    counted, failed = (view.recording.increase_by(slice, name, span) for name in (REQUESTS_BY_ROUTE, ERRORS_BY_ROUTE))
    return {route: {FINE: max(n - failed.get(route, 0.0), 0.0), INF: n} for route, n in counted.items()}


def alike(canary: ByRoute, control: ByRoute) -> tuple[Buckets, Buckets]:
    """Histograms of both slices over the routes that both had requests on, the canary's by control's mix. Raises
    NoEvidence where there are none."""
    routes = [route for route, of in canary.items() if of.get(INF, 0) > 0 and control.get(route, {}).get(INF, 0) > 0]
    if not routes:
        raise NoEvidence("no route had requests of both slices", LATENCY_S_BY_ROUTE)
    both = [of[route] for of in (canary, control) for route in routes]
    bounds = [bound for bound in both[0] if all(bound in of for of in both)]
    summed = {bound: sum(control[route][bound] for route in routes) for bound in bounds}
    share = {route: control[route][INF] / summed[INF] for route in routes}
    n = 1 / sum(share[route] ** 2 / canary[route][INF] for route in routes)
    mixed = {
        bound: n * sum(share[route] * canary[route][bound] / canary[route][INF] for route in routes) for bound in bounds
    }
    return mixed, summed


def say_routes(routes: Routes | NoEvidence | None, limit_s: float, quantile_ratio: float) -> tuple[str, ...]:
    """The worst route, and those that are not compared; that no mix is compared where no source tells of routes."""
    if routes is None:
        return ("routes: not reported of both slices, so that another mix of them looks like another latency",)
    if isinstance(routes, NoEvidence):
        return (f"routes: {routes.reason}",)
    said = [_worst(routes, limit_s, quantile_ratio) or "routes: none has enough requests on both slices to be told"]
    first, second = ({route for route, of in by.items() if of.get(INF, 0) > 0} for by in routes)
    if alone := sorted(first ^ second):
        said.append(f"not compared, for one slice alone had requests on them: {', '.join(alone[:_SHOWN])}")
    return tuple(said)


def _worst(routes: Routes, limit_s: float, quantile_ratio: float) -> str:
    """`worst route /checkout: P95 145 ms, control 101 ms (n 320)`, by the boundary nearest to the limit."""
    labels = {label for of in routes.canary.values() for label in of}
    bounds = dict(boundaries(tuple(labels)))
    route = worst_route(routes, bounds[min(bounds, key=lambda at: abs(at - limit_s))]) if bounds else None
    if route is None:
        return ""
    shown = [show(quantile(of[route], quantile_ratio), Unit.SECONDS) for of in routes]
    what = f"P{100 * quantile_ratio:g}"
    return f"worst route {route}: {what} {shown[0]}, control {shown[1]} (n {routes.canary[route][INF]:,.0f})"


def say_failing(routes: Routes) -> str:
    """`worst route /checkout: 12 of 320 failed, control 30 of 9,100`; empty where none has enough requests."""
    route = worst_route(routes, FINE)
    if route is None:
        return ""
    shown = [f"{of[route][INF] - of[route][FINE]:,.0f} of {of[route][INF]:,.0f}" for of in routes]
    return f"worst route {route}: {shown[0]} failed, control {shown[1]}"


def worst_route(routes: Routes, bound: str) -> str | None:
    """Where the most standard deviations more of the canary's requests were above `bound` than by control's share of
    them; None where no route has enough requests of both."""
    found: list[tuple[float, str]] = []
    for route in routes.canary.keys() & routes.control.keys():
        canary, control = routes.canary[route], routes.control[route]
        n, control_n = canary.get(INF, 0.0), control.get(INF, 0.0)
        if min(n, control_n) < _SHOWN_LEAST or bound not in canary or bound not in control:
            continue
        share = (control_n - control[bound] + 0.5) / (control_n + 1)
        found.append(((n - canary[bound] - n * share) / sqrt(n * share * (1 - share)), route))
    return max(found)[1] if found else None
