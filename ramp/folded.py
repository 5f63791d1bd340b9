"""Where a ramp stands: the fold of what happened to it, by its journal."""

from collections.abc import Iterable, Mapping
from typing import Any

from ramp.conducted import Ramp, Step
from ramp.conductor import step
from ramp.happened import event_of
from ramp.plan import Plan
from ramp.probes.stable import CHECK as STABLE

BEFORE = "t_minus_10"


def course(plan: Plan) -> tuple[Step, ...]:
    """The stages, and the stable hours at the last one's weight where the plan's check of them applies."""
    steps = [Step(stage.id, float(stage.traffic_pct or 0), float(stage.hold_min or 0)) for stage in plan.stages]
    hours = [Step(id, steps[-1].weight_pct, 60 * plan.stable.hours_min) for id in plan.moments_of(STABLE)]
    return (*steps, *hours)


def begun(plan: Plan) -> Ramp:
    """A ramp of which nothing has happened yet."""
    return Ramp(course=course(plan), before=BEFORE)


def folded(plan: Plan, records: Iterable[Mapping[str, Any]]) -> Ramp:
    """Where the ramp stands by what happened."""
    ramp = begun(plan)
    for each in records:
        if each["kind"] == "happened":
            ramp, _ = step(ramp, event_of(each["event"]))
    return ramp
