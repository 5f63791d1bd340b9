"""What a moment is called where people read of it."""

from ramp.plan import Plan


def moment_name(plan: Plan, moment: str) -> str:
    """`10 %` of a stage; T-10, GO+30 of what is counted from elsewhere."""
    share = next((row.traffic_pct for row in plan.moments if row.id == moment), None)
    return f"{share} %" if share else moment.replace("t_minus_", "T-").replace("go_plus_", "GO+").replace("_", " ")
