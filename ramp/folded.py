"""Where a ramp stands: the fold of what happened to it, by its journal."""

from collections.abc import Iterable, Mapping
from typing import Any

from ramp.conducted import Ramp, Step
from ramp.conductor import step
from ramp.happened import event_of
from ramp.plan import Plan
from ramp.probes.stable import CHECK as STABLE

BEFORE = "t_minus_10"  # always tried anew, just before T-0
_CONCLUDE = ("ordered", "Conclude")


def course(plan: Plan) -> tuple[Step, ...]:
    """The stages, and the stable hours at the last one's weight where the plan's check of them applies."""
    steps = [Step(stage.id, float(stage.traffic_pct or 0), float(stage.hold_min or 0)) for stage in plan.stages]
    hours = [Step(id, steps[-1].weight_pct, 60 * plan.stable.hours_min) for id in plan.moments_of(STABLE)]
    return (*steps, *hours)


def before(plan: Plan) -> tuple[str, ...]:
    """What is concluded before T-0, in this order: all that the first stage needs and that something confirms."""
    needed = [id for id in plan.needed_before(plan.stages[0].id) if plan.required(id) and not plan.unserved(id)]
    return (*(id for id in needed if id != BEFORE), BEFORE)


def begun(plan: Plan, records: Iterable[Mapping[str, Any]] = ()) -> Ramp:
    """A ramp of which nothing has happened yet. It begins with what its journal was first to order a conclusion of."""
    concludes = (each["order"]["moment"] for each in records if (each["kind"], each.get("what")) == _CONCLUDE)
    moments = before(plan)
    first = next(concludes, moments[0])
    moments = moments[moments.index(first) :] if first in moments else (BEFORE,)
    return Ramp(course=course(plan), before=moments, index=-len(moments))


def folded(plan: Plan, records: Iterable[Mapping[str, Any]]) -> Ramp:
    """Where the ramp stands by what happened."""
    written = list(records)
    ramp = begun(plan, written)
    for each in written:
        if each["kind"] == "happened":
            ramp, _ = step(ramp, event_of(each["event"]))
    return ramp
