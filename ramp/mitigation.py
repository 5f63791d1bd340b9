"""G1, G3: what a look recommends to be done about a cold cache, or about AI routes that cost more than control's."""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ramp.finding import explain
from ramp.gates.cache import CacheRow
from ramp.judge import Looked
from ramp.observation import NoEvidence, Slice, Span
from ramp.plan import Plan
from ramp.signals import AI_COST_USD_BY_ROUTE, AI_REQUESTS_BY_ROUTE, AI_TOKENS
from ramp.stage_view import StageView
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict

Of = Literal["cache", "routes"]
GATES: Mapping[Of, tuple[str, ...]] = {"cache": ("cache",), "routes": ("markup", "cost")}
MOVED_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Moved:
    """The AI routes whose request costs most otherwise than control's, a sentence each, or why none can be seen;
    `dearer` are those of them that cost more, dearest first."""

    said: tuple[str, ...] = ()
    dearer: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Due:
    """What a look recommends: `before` is the gate's value at it, `routes` the AI routes that cost more than control's:
    where none does, nothing is to be switched."""

    of: Of
    check: str
    why: str
    before: float | None
    routes: tuple[str, ...] = ()


def due(plan: Plan, looked: Looked, begun: Collection[tuple[str, str]]) -> Iterator[Due]:
    """What is not `begun` yet, by what and stage. Nothing at a look that rolls back: a mitigation delays no trigger."""
    if looked.trigger:
        return
    stage = looked.view.moment.id
    for of, gates in GATES.items():
        seen = [explain(looked.findings[gate]) for gate in gates if gate in looked.findings]
        drifted = next((verdict for verdict in seen if _is_due(plan, of, verdict)), None)
        if drifted and (of, stage) not in begun:
            moved = moved_over(looked.view, looked.view.whole) if of == "routes" else Moved()
            why = "; ".join((drifted.why, *moved.said))
            yield Due(of=of, check=drifted.check, why=why, before=drifted.value, routes=moved.dearer)


def value_of(looked: Looked, check: str) -> tuple[float | None, str]:
    """The gate's value at a look, and as people read it."""
    if check not in looked.findings:
        return None, "not seen"
    verdict = explain(looked.findings[check])
    return verdict.value, shown(verdict)


def shown(verdict: Verdict) -> str:
    return show(verdict.value, verdict.unit) if verdict.value is not None else "not seen"


def _is_due(plan: Plan, of: Of, verdict: Verdict) -> bool:
    if of == "cache":
        return verdict.value is not None and verdict.value < plan.gate(CacheRow).hit_ratio_min
    return verdict.colour is Colour.RED or verdict.page_ceo or _is_likely_dearer(plan, verdict)


def _is_likely_dearer(plan: Plan, verdict: Verdict) -> bool:
    """By evidence against control. A grade that is not reached, or one look over the limit, is noise: routes are not
    switched for it."""
    return verdict.log_e is not None and verdict.log_e >= math.log(plan.evidence.yellow_e)


def moved_over(view: StageView, span: Span) -> Moved:
    """What a request of each AI route came to over `span` against control, and what it is routed to."""
    cost, profile = partial(_cost, view), partial(_profile, view)
    try:
        canary, control = cost("canary", span), view.of_control(cost, span)
        profiles = profile("canary", span), view.of_control(profile, span)
    except NoEvidence as missing:
        return Moved(said=(f"routes: not seen: {missing.reason}",))
    over = {route: canary[route] / control[route] for route in canary if control.get(route) and canary[route]}
    most = sorted((route for route in over if over[route] != 1), key=lambda each: -abs(math.log(over[each])))
    said = {
        route: f"{route}: {show(canary[route], Unit.USD)} a request, control {show(control[route], Unit.USD)} "
        f"({over[route] - 1:+.1%}); {' against '.join(of.get(route, 'no tokens') for of in profiles)}"
        for route in most[:MOVED_SHOWN]
    }
    dearer = sorted((route for route in said if over[route] > 1), key=lambda each: -over[each])
    return Moved(said=tuple(said.values()), dearer=tuple(dearer))


def _cost(view: StageView, slice: Slice, span: Span) -> dict[str, float]:
    """Raises NoEvidence."""
    asked = view.recording.increase_by(slice, AI_REQUESTS_BY_ROUTE, span)
    cost = view.recording.increase_by(slice, AI_COST_USD_BY_ROUTE, span)
    return {route: cost.get(route, 0.0) / n for route, n in asked.items() if n}


def _profile(view: StageView, slice: Slice, span: Span) -> dict[str, str]:
    """By route its models, and its tokens a request by kind. Raises NoEvidence."""
    asked = view.recording.increase_by(slice, AI_REQUESTS_BY_ROUTE, span)
    models: dict[str, set[str]] = {}
    tokens: dict[str, dict[str, float]] = {}
    for labels, grown in view.recording.increase_by(slice, AI_TOKENS, span).items():
        route, model, kind = [*labels.split("|"), "", ""][:3]
        if grown:
            models.setdefault(route, set()).add(model)
            of = tokens.setdefault(route, {})
            of[kind] = of.get(kind, 0.0) + grown
    return {
        route: f"{', '.join(sorted(models[route]))}, "
        + ", ".join(f"{n / asked[route]:,.0f} {kind}" for kind, n in sorted(of.items()))
        for route, of in tokens.items()
        if asked.get(route)
    }
