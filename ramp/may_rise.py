"""What one look of the judge means for the traffic: whether it could rise, were the hold over."""

from collections.abc import Mapping
from typing import NamedTuple

from ramp.decision import Action, Decision, decide
from ramp.happened import Outlook as WhatOf
from ramp.judge import Looked
from ramp.plan import Plan
from ramp.sign_off import SignedOff, released
from ramp.verdict import Verdict


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
        fired = (name for name, finding in looked.findings.items() if finding.trigger is looked.trigger)
        return Outlook("rollback", looked.reason, next(fired, ""))
    moment, verdicts = looked.view.moment, looked.wordless()
    over = _decided(plan, looked, verdicts, moment.hold_min)
    if not over.because and not over.page:
        return Outlook(_of(over), over.reason)
    verdicts |= looked.verdicts(over.because[:1])  # a reason tells of the first alone, and words cost more than judging
    over = released(plan, _decided(plan, looked, verdicts, moment.hold_min), verdicts, signed_off)
    now = _decided(plan, looked, verdicts, min(looked.held_min, (moment.hold_min or 0) - 1))
    return Outlook(_of(over), over.reason, now.because[0] if now.because else "", now.page)


def _decided(plan: Plan, looked: Looked, verdicts: Mapping[str, Verdict], held_min: float | None) -> Decision:
    return decide(plan, looked.view.moment.id, verdicts, held_min, required=tuple(verdicts))


def _of(decision: Decision) -> WhatOf:
    return "within" if decision.action is Action.CONTINUE else "holds"
