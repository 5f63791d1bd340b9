"""How evidence learns what noise there is, by the rows of the plan."""

from ramp.evidence import Learning
from ramp.plan import Plan


def learning(plan: Plan) -> Learning:
    """By `[noise]`, which forgets as fast as control's running share is forgotten."""
    row = plan.noise
    return Learning(
        blocks_min=row.blocks_min,
        clip=row.clip_log_odds,
        level_min=row.level_min,
        square_max=row.square_medians_max,
        presumed=row.presumed,
        half_life_min=plan.evidence.half_life_min,
    )
