"""E5, F3: cost per user against control."""

from ramp.evidence import cost_grade
from ramp.gates.judging import (
    Point,
    beside,
    blind,
    colour_of_breach,
    enough,
    held_to_grade,
    how_long,
    lasting,
    look_back,
    say,
    trend,
)
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.triggers import Seen
from ramp.units import Unit
from ramp.verdict import Colour, Verdict


def cost(hold: Hold) -> Verdict:
    """At most 5 % over control. A breach fires once it persisted (F3), or at once where the plan's `cost_trigger` is
    "literal"."""
    row = hold.plan.gates.cost
    increase = hold.recording.increase

    def sums(slice: Slice, span: Span) -> tuple[float, float, float]:
        users = enough(hold, increase(slice, "users", span), f"users of {slice}")
        return users, increase(slice, "cost_usd", span), increase(slice, "cost_usd_squared", span)

    def read(slice: Slice, span: Span) -> Point:
        users, total_usd, _ = sums(slice, span)
        return Point(value=total_usd / users, n=round(users))

    def over(canary: Point, control: Point | None) -> bool | None:
        return canary.value > (1 + row.over_control_ratio_max) * control.value if control else None

    looks = look_back(hold, read, over)
    try:
        now, control = read("canary", hold.now), hold.of_control(read, hold.now)
        stage, stage_control = sums("canary", hold.whole), hold.of_control(sums, hold.whole)
        if control.value <= 0:
            raise NoEvidence("control's cost per user is 0, so there is nothing to compare with")
    except NoEvidence as missing:
        return blind(hold, "cost", missing, looks)
    lasted = how_long(hold, looks)
    breach = bool(over(now, control))
    colour, trigger = colour_of_breach(hold, breach, lasted, "F3")
    if row.cost_trigger == "literal" and any(look.seen is Seen.BREACH for look in looks if look.at > hold.start):
        colour, trigger = Colour.RED, "F3"
    delta = f"{now.value / control.value - 1:+.1%} {'>' if breach else '<='} {row.over_control_ratio_max:+.0%}"
    verdict = say(
        hold,
        "cost",
        colour,
        f"cost per user {delta} against control{lasting(hold, breach, lasted)} "
        f"({beside(hold, control, Unit.USD)}, n {now.n:,})",
        unit=Unit.USD,
        value=now.value,
        control=control.value,
        limit=(1 + row.over_control_ratio_max) * control.value,
        n=now.n,
        window_s=60 * hold.now.minutes,
        grade=cost_grade(stage, stage_control, row.over_control_ratio_max, hold.plan.reading.confidence_ratio),
        trigger=trigger,
        tag_ceo=breach,
        notes=tuple(_ai_cost_notes(hold)),
        trend=trend(hold, looks),
    )
    return held_to_grade(hold, verdict)


def _ai_cost_notes(hold: Hold) -> list[str]:
    """AI cost per request on both slices, then the routes that moved most against control."""
    increase, increase_by = hold.recording.increase, hold.recording.increase_by

    def per_request(slice: Slice, span: Span) -> float:
        requests = enough(hold, increase(slice, "ai_requests", span), f"AI requests of {slice}")
        return increase(slice, "ai_cost_usd", span) / requests

    def by_route(slice: Slice, span: Span) -> dict[str, float]:
        requests = increase_by(slice, "ai_requests_by_route", span)
        spent = increase_by(slice, "ai_cost_usd_by_route", span)
        return {route: usd / requests[route] for route, usd in spent.items() if requests.get(route)}

    try:
        canary, control = per_request("canary", hold.whole), hold.of_control(per_request, hold.whole)
        routes, routes_control = by_route("canary", hold.whole), hold.of_control(by_route, hold.whole)
    except NoEvidence as missing:
        return [f"AI cost per request: {missing.reason}"]
    deltas = {route: usd / routes_control[route] - 1 for route, usd in routes.items() if routes_control.get(route)}
    moved = sorted(deltas, key=lambda route: -abs(deltas[route]))[:3]
    return [
        f"AI cost per request ${canary:.6f}, control ${control:.6f}",
        *(f"route {route}: {deltas[route]:+.1%} an AI request against control" for route in moved),
    ]
