"""The conductor: from what happened to where the ramp stands and what is ordered next.

Traffic rises only from ENDING, with nothing that blocks it, by a conclusion of CONTINUE (A1, A2). A trigger, or the
word of somebody who may, rolls back from wherever users may be with the canary (F7); done is it once zero was measured.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ramp import heard
from ramp.conducted import Block, Phase, Ramp
from ramp.happened import (
    AskVoided,
    Broken,
    Concluded,
    Event,
    Interrupted,
    Listened,
    Looked,
    Opened,
    PaymentsVoided,
    Pinned,
    RollbackRan,
    Said,
    ShareSeen,
    SignedOff,
    Unanswered,
    Unheard,
    WeightRead,
    ZeroMeasured,
)
from ramp.incidents import CONDUCTOR
from ramp.moves import (
    GOING_BACK,
    OVER,
    Stepped,
    answered,
    asked,
    await_share,
    blocking,
    concluding,
    going_on,
    may_conclude,
    previous_pct,
    rolling_back,
)
from ramp.ordered import Page, ProveZero, SetWeight, Stop, Tell, VoidPayments


def step(ramp: Ramp, event: Event) -> Stepped:
    """Where the ramp stands after `event`, and what is ordered, in this order."""
    return _STEPS[type(event)](ramp, event)


def _opened(ramp: Ramp, event: Opened) -> Stepped:
    """What was ordered and has no result is not repeated before traffic said what it is. A hold begins anew."""
    if ramp.phase in OVER:
        return ramp, ()
    if ramp.phase in GOING_BACK:
        return rolling_back(ramp, ramp.reason)
    ramp = replace(ramp, concluding=False)
    if ramp.phase is Phase.SETTING and event.weight_pct == previous_pct(ramp):
        ramp = _at_the_stage_before(ramp)
    if ramp.index >= 0 and ramp.phase in (Phase.HOLDING, Phase.ENDING):
        ramp = replace(ramp, phase=Phase.OBSERVING)
    stepped, commands = _weight_read(ramp, WeightRead(event.weight_pct, event.why))
    if commands or Block.WEIGHT in stepped.blocks:
        return stepped, commands
    if stepped.phase is Phase.OBSERVING:
        return stepped, (await_share(stepped),)
    return concluding(stepped) if may_conclude(stepped, but=Block.GATE) else (stepped, ())


def _weight_read(ramp: Ramp, event: WeightRead) -> Stepped:
    if ramp.phase in GOING_BACK:
        return ramp, ()
    if ramp.phase in OVER:
        again = ramp.phase is Phase.ROLLED_BACK and event.weight_pct not in (0, None)
        return ramp, (Page(f"the canary was rolled back and has {event.weight_pct:g} % again"),) if again else ()
    if event.weight_pct is None:
        return blocking(ramp, Block.WEIGHT, f"the canary's weight cannot be read: {event.why}")
    if ramp.phase is Phase.SETTING and event.weight_pct == previous_pct(ramp):
        why = f"the weight of {ramp.moment} was not set{f': {event.why}' if event.why else ''}"
        told = answered(ramp, why)
        blocked, paged = blocking(_at_the_stage_before(ramp), Block.WORD, f"{why}; `python -m ramp resume` tries again")
        return blocked, (*told, *paged)
    was_pct, ramp = ramp.weight_pct, replace(ramp, weight_pct=event.weight_pct)
    if event.weight_pct == ramp.planned_pct:
        return _weight_is_the_stages(ramp, event.why)
    if event.weight_pct == 0 and was_pct > 0:
        ramp = replace(ramp, phase=Phase.PROVING, reason="the weight was set to 0 from outside")
        return ramp, (Tell(ramp.reason), ProveZero(ramp.stage, was_pct))
    said = f"the canary's weight is {event.weight_pct:g} %, at {ramp.moment} it is to be {ramp.planned_pct:g} %"
    return blocking(ramp, Block.WEIGHT, f"{said}{f': {event.why}' if event.why else ''}")


def _weight_is_the_stages(ramp: Ramp, why: str) -> Stepped:
    """A hold in which it was another one, or could not be read, begins anew. `why` is what is to be said of it, such as
    that somebody else set it, or that nobody has yet."""
    eased = Block.WEIGHT in ramp.blocks
    ramp = replace(ramp, blocks=ramp.blocks - {Block.WEIGHT})
    if ramp.phase is Phase.SETTING or (eased and ramp.index >= 0):
        said = f"{ramp.moment}, {ramp.planned_pct:g} %: {why}"
        told = answered(ramp, said if why else f"the canary's weight is {ramp.planned_pct:g} % now")
        ramp = replace(ramp, phase=Phase.OBSERVING, concluding=False, signed="")
        return ramp, (*told, *([Tell(said)] if why else []), await_share(ramp))
    return going_on(ramp) if eased else (ramp, ())


def _share_seen(ramp: Ramp, event: ShareSeen) -> Stepped:
    if ramp.phase is not Phase.OBSERVING:
        return ramp, ()
    if event.follows:
        return replace(ramp, phase=Phase.HOLDING, blocks=ramp.blocks - {Block.SHARE}), ()
    blocked, commands = blocking(ramp, Block.SHARE, f"the traffic does not follow the weight: {event.why}")
    return blocked, (*commands, await_share(ramp))


def _looked(ramp: Ramp, event: Looked) -> Stepped:
    if ramp.phase in (*GOING_BACK, *OVER) or ramp.index < 0:
        return ramp, ()
    if event.outlook == "rollback":
        return rolling_back(ramp, event.reason)
    ramp, called = _called(ramp, event)
    within, hold_min = event.outlook == "within", ramp.course[ramp.index].hold_min
    ramp = replace(ramp, blocks=ramp.blocks - {Block.GATE} if within else ramp.blocks | {Block.GATE})
    is_over = event.held_min >= hold_min
    if ramp.phase is Phase.HOLDING and (is_over or (not within and event.elapsed_min >= hold_min)):
        ramp, commands = concluding(replace(ramp, phase=Phase.ENDING))
    else:
        ramp, commands = going_on(ramp) if is_over else (ramp, ())
    return ramp, (*called, *commands)


def _broken(ramp: Ramp, event: Broken) -> Stepped:
    if not ramp.in_stable_hours or ramp.phase in (*GOING_BACK, *OVER):
        return ramp, ()
    return ramp, (Tell(f"the {_hours(ramp)} at {ramp.planned_pct:g} % begin anew: {event.why}"),)


def _called(ramp: Ramp, event: Looked) -> Stepped:
    """Whom a look calls, once a check and stage: nobody waits for a stage's end to hear of RED (H1)."""
    seen = (ramp.moment, event.check)
    if not event.page or seen in ramp.paged:
        return ramp, ()
    return replace(ramp, paged=ramp.paged | {seen}), (
        Page(f"{ramp.moment}: {event.reason}", event.page, event.check or CONDUCTOR),
    )


def _concluded(ramp: Ramp, event: Concluded) -> Stepped:
    """Traffic rises on a conclusion that was asked for, of this moment, with nothing that blocks it meanwhile. A
    trigger rolls back also where the moment is held anew by now: its card has said so (F7)."""
    if event.moment != ramp.moment or ramp.phase in (*GOING_BACK, *OVER):
        return ramp, ()
    if event.action == "ROLLBACK" and ramp.is_out:
        return rolling_back(ramp, event.reason)
    if ramp.phase is not Phase.ENDING or not ramp.concluding:
        return ramp, ()
    ramp = replace(ramp, concluding=False)
    if event.action != "CONTINUE":
        ramp = replace(ramp, blocks=ramp.blocks | {Block.GATE}, signed="")
        return ramp, asked(ramp)
    return (ramp, ()) if ramp.blocks else _rise(ramp)


def _rise(ramp: Ramp) -> Stepped:
    if ramp.index + 1 == len(ramp.course):
        of = f" for {_hours(ramp)} without a breach" if ramp.in_stable_hours else ""
        said = f"{ramp.moment} is concluded: all traffic is on the release{of}"
        return replace(ramp, phase=Phase.DONE, signed=""), (*answered(ramp, said), Tell(said))
    risen = replace(ramp, phase=Phase.SETTING, index=ramp.index + 1, goers=frozenset())
    if risen.index < 0:
        return concluding(replace(risen, phase=Phase.ENDING, signed=""))
    if risen.in_stable_hours:
        said = f"{ramp.moment} is concluded: all traffic is on the release, and {_hours(risen)} without a breach follow"
        return replace(risen, phase=Phase.HOLDING, signed=""), (*answered(ramp, said), Tell(said))
    return risen, (SetWeight(risen.moment, ramp.planned_pct, risen.planned_pct),)


def _hours(ramp: Ramp) -> str:
    return f"{ramp.course[ramp.index].hold_min / 60:g} hours"


def _at_the_stage_before(ramp: Ramp) -> Ramp:
    """The weight never left it. Its end is to be judged anew, for meanwhile time has passed."""
    return replace(
        ramp, phase=Phase.ENDING, index=ramp.index - 1, weight_pct=previous_pct(ramp), concluding=False, signed=""
    )


def _rollback_ran(ramp: Ramp, event: RollbackRan) -> Stepped:
    """Even where the command failed it may have worked: what the canary answers is measured, not what was claimed."""
    if ramp.phase is not Phase.ROLLING_BACK:
        return ramp, ()
    failed = () if event.ok else (Page(f"the rollback command failed: {event.why}"),)
    return replace(ramp, phase=Phase.PROVING), (*failed, ProveZero(ramp.stage, max(ramp.weight_pct, ramp.planned_pct)))


def _zero_measured(ramp: Ramp, event: ZeroMeasured) -> Stepped:
    if ramp.phase is not Phase.PROVING:
        return ramp, ()
    if event.proven:
        return replace(ramp, phase=Phase.ROLLED_BACK, weight_pct=0.0), (
            Tell("zero is proven"),
            VoidPayments(ramp.stage, ramp.reason),
        )
    ramp, again = rolling_back(ramp, ramp.reason)
    return ramp, (Page(f"the canary may still answer users: {event.why}"), *again)


def _interrupted(ramp: Ramp, event: Interrupted) -> Stepped:
    if ramp.phase in GOING_BACK:
        goes_on = "the rollback goes on until zero is proven. By hand, in another terminal: `python -m ramp rollback`"
        return ramp, (Tell(f"{event.by} interrupted the conductor; {goes_on}"),)
    return ramp, (Stop(),)


def _payments_voided(ramp: Ramp, event: PaymentsVoided) -> Stepped:
    return ramp, () if event.ok else (Page(f"payments may still be open: {event.why}"),)


_STEPS: Mapping[type[Event], Callable[[Ramp, Any], Stepped]] = {
    Opened: _opened,
    WeightRead: _weight_read,
    ShareSeen: _share_seen,
    Looked: _looked,
    Broken: _broken,
    Concluded: _concluded,
    Said: heard.said,
    SignedOff: heard.signed_off,
    AskVoided: heard.ask_voided,
    Unanswered: heard.unanswered,
    Listened: heard.listened,
    Unheard: heard.unheard,
    Pinned: heard.pinned,
    RollbackRan: _rollback_ran,
    ZeroMeasured: _zero_measured,
    PaymentsVoided: _payments_voided,
    Interrupted: _interrupted,
}
