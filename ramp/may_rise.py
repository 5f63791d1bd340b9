"""What one look of the judge means for the traffic: whether it could rise, were the hold over."""

from typing import NamedTuple

from ramp.decision import Action, decide
from ramp.happened import Outlook as WhatOf
from ramp.judge import Looked
from ramp.plan import Plan
from ramp.sign_off import SignedOff, released


class Outlook(NamedTuple):
    """`reason` is what `check` saw, if it is one that says so; `page` are the roles that must hear of it at once."""

    of: WhatOf
    reason: str
    check: str = ""
    page: tuple[str, ...] = ()


def may_rise(plan: Plan, looked: Looked | None, signed_off: SignedOff | None = None) -> Outlook:
    """A look that saw nothing holds; what the sign-off in force accepts does not. Before the stage is over only what is
    seen to break is told."""
    if looked is None:
        return Outlook("holds", "the look saw nothing")
    if looked.trigger:
        return Outlook("rollback", looked.reason)
    moment, verdicts = looked.view.moment, looked.in_brief()
    over = decide(plan, moment.id, verdicts, moment.hold_min, required=tuple(verdicts))
    over = released(plan, over, verdicts, signed_off)
    held_min = min(looked.held_min, (moment.hold_min or 0) - 1)
    now = decide(plan, moment.id, verdicts, held_min, required=tuple(verdicts))
    of: WhatOf = "within" if over.action is Action.CONTINUE else "holds"
    return Outlook(of, over.reason, now.because[0] if now.because else "", now.page)
