"""What one look of the judge means for the traffic: whether it could rise, were the hold over."""

from ramp.decision import Action, decide
from ramp.happened import Outlook
from ramp.judge import Looked
from ramp.plan import Plan


def may_rise(plan: Plan, looked: Looked | None) -> tuple[Outlook, str]:
    """And why. A look that saw nothing holds."""
    if looked is None:
        return "holds", "the look saw nothing"
    if looked.trigger:
        return "rollback", looked.reason
    moment, verdicts = looked.view.moment, looked.verdicts()
    decision = decide(plan, moment.id, verdicts, moment.hold_min, required=tuple(verdicts))
    return "within" if decision.action is Action.CONTINUE else "holds", decision.reason
