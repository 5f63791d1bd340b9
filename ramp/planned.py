"""Whether an observation is one of the plan: of a moment that there is, at the share that it gives the canary."""

from ramp.observation import Malformed, Observation
from ramp.plan import Plan
from ramp.validation import nearest


def must_be_planned(observation: Observation, plan: Plan) -> None:
    """Raises Malformed for a stage that the plan does not have, and for another share than its stage's."""
    stage, planned = observation.stage, plan.planned_pct
    if stage not in planned:
        raise Malformed(f"the plan has no stage '{stage}'.{nearest(stage, planned)} Known: {', '.join(planned)}")
    pct = planned[stage]
    if pct is not None and observation.traffic_pct != pct:
        raise Malformed(
            f"traffic_pct is {observation.traffic_pct:g} at {stage}, where the plan gives the canary {pct} %"
        )
