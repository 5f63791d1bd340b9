"""D4: model routing and token telemetry, for every AI route on both slices."""

from dataclasses import dataclass

from ramp.observation import SLICES, NoEvidence, Slice, Span
from ramp.plan import Plan
from ramp.recording import Recording
from ramp.release import Release
from ramp.signals import AI_REVENUE_USD_BY_ROUTE, AI_TOKENS
from ramp.units import Unit, beyond, show_against
from ramp.verdict import Colour, Verdict, no_data


@dataclass(frozen=True, kw_only=True)
class RouteTelemetry:
    """What one AI route showed on one slice: tokens by model, and what they cost and earned."""

    path: str
    slice: Slice
    tokens_by_model: dict[str, float]
    cost_usd: float
    revenue_usd: float


def judge_telemetry(plan: Plan, moment: str, release: Release, recording: Recording, span: Span) -> Verdict:
    """GREEN when every route reports fresh tokens on both slices, for the model that it must be routed to, at a known
    price and a markup of at least 4x. Another model or an eroded markup is RED, anything missing is NO DATA."""
    try:
        if not release.routes:
            raise NoEvidence("the release file lists no AI route; add [[routes]]")
        seen = [_read(release, recording, span, route.path, slice) for route in release.routes for slice in SLICES]
    except NoEvidence as missing:
        return no_data("telemetry", moment, missing.reason)
    expected = {route.path: route.model for route in release.routes}
    misrouted = [route for route in seen if set(route.tokens_by_model) != {expected[route.path]}]
    least = plan.probes.telemetry.markup_min
    eroded = [route for route in seen if beyond(least * route.cost_usd, route.revenue_usd)]
    lowest = min(seen, key=lambda route: route.revenue_usd / route.cost_usd)
    markup = lowest.revenue_usd / lowest.cost_usd
    if misrouted:
        route = misrouted[0]
        models = ", ".join(sorted(route.tokens_by_model))
        why = f"{route.path} on {route.slice} is routed to {models}, not to {expected[route.path]}"
    elif eroded:
        why = f"markup of {lowest.path} on {lowest.slice} is {show_against(markup, '<', least, Unit.TIMES)}"
    else:
        why = f"{len(expected)} routes report models and tokens on both slices, lowest markup {markup:.2f}x"
    colour = Colour.RED if misrouted or eroded else Colour.GREEN
    return Verdict(
        check="telemetry",
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.TIMES,
        value=markup,
        limit=least,
        n=len(seen),
        tag_ceo=colour is not Colour.GREEN,
        notes=tuple(_line(route) for route in seen),
    )


def _read(release: Release, recording: Recording, span: Span, path: str, slice: Slice) -> RouteTelemetry:
    """Token counters are labelled `route|model|kind`; a price that is not known leaves the cost unknown."""
    tokens = recording.increase_by(slice, AI_TOKENS, span)
    by_model: dict[str, float] = {}
    cost_usd = 0.0
    for label, count in tokens.items():
        if label.count("|") != 2:
            raise NoEvidence(f"tokens of {slice} are labelled {label!r}, where route|model|kind is due", AI_TOKENS)
        route, model, kind = label.split("|")
        if route != path or count <= 0:
            continue
        if model not in release.prices:
            raise NoEvidence(f"{path} on {slice} uses the model {model}, whose price the release file does not give")
        price = release.prices[model]
        usd_per_mtok = price.input_usd_per_mtok if kind == "input" else price.output_usd_per_mtok
        by_model[model] = by_model.get(model, 0.0) + count
        cost_usd += count * usd_per_mtok / 1e6
    revenue_usd = recording.increase_by(slice, AI_REVENUE_USD_BY_ROUTE, span)
    if not by_model or cost_usd <= 0:
        raise NoEvidence(f"{path} on {slice} reported no tokens; is its telemetry on?")
    if path not in revenue_usd:
        raise NoEvidence(f"{path} on {slice} reported no revenue, so its markup is not known")
    return RouteTelemetry(
        path=path, slice=slice, tokens_by_model=by_model, cost_usd=cost_usd, revenue_usd=revenue_usd[path]
    )


def _line(route: RouteTelemetry) -> str:
    models = ", ".join(f"{model} {count:,.0f} tokens" for model, count in route.tokens_by_model.items())
    return f"{route.path} on {route.slice}: {models}, markup {route.revenue_usd / route.cost_usd:.2f}x"
