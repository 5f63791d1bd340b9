"""E5: AI cost per request beside the cost of a user, and the routes that moved most."""

from collections.abc import Mapping
from typing import NamedTuple

from ramp.gates.judging import enough
from ramp.observation import Slice, Span
from ramp.signals import AI_COST_USD, AI_COST_USD_BY_ROUTE, AI_REQUESTS, AI_REQUESTS_BY_ROUTE
from ramp.stage_view import StageView


class AiCost(NamedTuple):
    """AI cost per request on both slices, and of each route."""

    canary_usd: float
    control_usd: float
    routes_usd: Mapping[str, float]
    control_routes_usd: Mapping[str, float]

    def lines(self) -> tuple[str, ...]:
        """The routes that moved most against control come last."""
        control = self.control_routes_usd
        deltas = {route: usd / control[route] - 1 for route, usd in self.routes_usd.items() if control.get(route)}
        moved = sorted(deltas, key=lambda route: -abs(deltas[route]))[:3]
        return (
            f"AI cost per request ${self.canary_usd:.6f}, control ${self.control_usd:.6f}",
            *(f"route {route}: {deltas[route]:+.1%} an AI request against control" for route in moved),
        )


def ai_cost(view: StageView) -> AiCost:
    """Raises NoEvidence."""
    increase, increase_by = view.recording.increase, view.recording.increase_by

    def per_request(slice: Slice, span: Span) -> float:
        requests = enough(view, increase(slice, AI_REQUESTS, span), f"AI requests of {slice}")
        return increase(slice, AI_COST_USD, span) / requests

    def by_route(slice: Slice, span: Span) -> dict[str, float]:
        requests = increase_by(slice, AI_REQUESTS_BY_ROUTE, span)
        spent = increase_by(slice, AI_COST_USD_BY_ROUTE, span)
        return {route: usd / requests[route] for route, usd in spent.items() if requests.get(route)}

    whole = view.whole
    canary_usd, control_usd = per_request("canary", whole), view.of_control(per_request, whole)
    return AiCost(canary_usd, control_usd, by_route("canary", whole), view.of_control(by_route, whole))
