"""Limits that lie in different rows of the plan: together they must leave something to see, and something to say."""

from collections.abc import Iterator

from ramp.gates.latency import LatencyRow
from ramp.plan import Plan

_ALL_GREEN = "A2"  # the owner's sentence that approves without a person


def impossible(plan: Plan) -> Iterator[str]:
    """A sentence for each limit that another one makes unable to fail."""
    if not plan.stages:
        yield "moments: none is a stage with traffic_pct and hold_min, so there is no ramp to judge."
        return
    yield from _nothing_to_read(plan)
    yield from _not_all_green(plan)
    longest = max(stage.hold_min or 0 for stage in plan.stages)
    if (breach_min := plan.persistence.breach_min) > longest:
        yield f"persistence.breach_min = {breach_min:g}: must be at most {longest:g}, the longest hold of a stage."
    bounds_s, limit_s = plan.evidence.latency_bounds_s, plan.gate(LatencyRow).limit_s
    if limit_s not in bounds_s:
        listed = ", ".join(f"{bound:g}" for bound in bounds_s)
        yield f"gates.latency.limit_s = {limit_s:g}: must be one of evidence.latency_bounds_s, they are {listed}."


def _not_all_green(plan: Plan) -> Iterator[str]:
    for number, moment in enumerate(plan.moments):
        if _ALL_GREEN in moment.ids and moment.is_stage and moment.on_yellow != "hold":
            said = f'{_ALL_GREEN}: "{plan.sentences.get(_ALL_GREEN, "")}"'
            yield f"moments[{number}].on_yellow = '{moment.on_yellow}': must be 'hold', for the row cites {said}"


def _nothing_to_read(plan: Plan) -> Iterator[str]:
    warm_up_min, window_min = plan.reading.warm_up_min, plan.reading.window_min
    for number, moment in enumerate(plan.moments):
        if moment.hold_min is None or warm_up_min + window_min <= moment.hold_min:
            continue
        yield (
            f"moments[{number}].hold_min = {moment.hold_min:g}: must be at least {warm_up_min + window_min:g}, "
            f"reading.warm_up_min and one reading.window_min after it, so that {moment.id} can be judged."
        )
