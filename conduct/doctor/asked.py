"""What a plan asks for, of all that could be tried."""

from ramp.plan import Plan


def applies(plan: Plan, *checks: str) -> bool:
    """Whether one of `checks` does."""
    return any(plan.why_not(check) is None for check in checks)


def has_people(plan: Plan) -> bool:
    """Whether a moment applies at which people confirm something, so that cards must reach them."""
    return any(moment.applies and not moment.is_stage for moment in plan.moments)
