"""The conductor: from what happened to where the ramp stands and what is ordered next.

Traffic rises only from ENDING, with nothing that blocks it, by a conclusion of CONTINUE (A1, A2). A trigger, or the
word of somebody who may, rolls back from wherever users may be with the canary (F7); done is it once zero was measured.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ramp.conducted import Block, Phase, Ramp
from ramp.happened import (
    Concluded,
    Event,
    Interrupted,
    Looked,
    Opened,
    PaymentsVoided,
    Pinned,
    RollbackRan,
    Said,
    ShareSeen,
    WeightRead,
    Word,
    ZeroMeasured,
)
from ramp.ordered import AwaitShare, Command, Conclude, Page, ProveZero, RollBack, SetWeight, Stop, Tell, VoidPayments

Stepped = tuple[Ramp, tuple[Command, ...]]
_GOING_BACK = (Phase.ROLLING_BACK, Phase.PROVING)
_OVER = (Phase.ROLLED_BACK, Phase.DONE)


def step(ramp: Ramp, event: Event) -> Stepped:
    """Where the ramp stands after `event`, and what is ordered, in this order."""
    return _STEPS[type(event)](ramp, event)


def _opened(ramp: Ramp, event: Opened) -> Stepped:
    """What was ordered and has no result is not repeated before traffic said what it is. A hold begins anew."""
    if ramp.phase in _OVER:
        return ramp, ()
    if ramp.phase in _GOING_BACK:
        return _order_rollback(ramp, ramp.reason)
    ramp = replace(ramp, concluding=False)
    if ramp.phase is Phase.SETTING and event.weight_pct == _previous_pct(ramp):
        ramp = _at_the_stage_before(ramp)
    if ramp.index >= 0 and ramp.phase in (Phase.HOLDING, Phase.ENDING):
        ramp = replace(ramp, phase=Phase.OBSERVING)
    stepped, commands = _weight_read(ramp, WeightRead(event.weight_pct, event.why))
    if commands or Block.WEIGHT in stepped.blocks:
        return stepped, commands
    if stepped.phase is Phase.OBSERVING:
        return stepped, (_await_share(stepped),)
    return _conclude(stepped) if _may_conclude(stepped, but=Block.GATE) else (stepped, ())


def _weight_read(ramp: Ramp, event: WeightRead) -> Stepped:
    if ramp.phase in _GOING_BACK:
        return ramp, ()
    if ramp.phase in _OVER:
        again = ramp.phase is Phase.ROLLED_BACK and event.weight_pct not in (0, None)
        return ramp, (Page(f"the canary was rolled back and has {event.weight_pct:g} % again"),) if again else ()
    if event.weight_pct is None:
        return _block(ramp, Block.WEIGHT, f"the canary's weight cannot be read: {event.why}")
    if ramp.phase is Phase.SETTING and event.weight_pct == _previous_pct(ramp):
        why = f"the weight of {ramp.moment} was not set{f': {event.why}' if event.why else ''}"
        return _block(_at_the_stage_before(ramp), Block.WORD, f"{why}; `python -m ramp resume` has it tried again")
    was_pct, ramp = ramp.weight_pct, replace(ramp, weight_pct=event.weight_pct)
    if event.weight_pct == ramp.planned_pct:
        return _weight_is_the_stages(ramp)
    if event.weight_pct == 0 and was_pct > 0:
        ramp = replace(ramp, phase=Phase.PROVING, reason="the weight was set to 0 from outside")
        return ramp, (Tell(ramp.reason), ProveZero(was_pct))
    said = f"the canary's weight is {event.weight_pct:g} %, at {ramp.moment} it is to be {ramp.planned_pct:g} %"
    return _block(ramp, Block.WEIGHT, f"{said}{f': {event.why}' if event.why else ''}")


def _weight_is_the_stages(ramp: Ramp) -> Stepped:
    """A hold in which it was another one, or could not be read, begins anew."""
    anew = Block.WEIGHT in ramp.blocks and ramp.index >= 0
    ramp = replace(ramp, blocks=ramp.blocks - {Block.WEIGHT})
    if ramp.phase is Phase.SETTING or anew:
        ramp = replace(ramp, phase=Phase.OBSERVING, concluding=False)
        return ramp, (_await_share(ramp),)
    return _go_on(ramp)


def _await_share(ramp: Ramp) -> AwaitShare:
    return AwaitShare(ramp.moment, _previous_pct(ramp), ramp.planned_pct)


def _share_seen(ramp: Ramp, event: ShareSeen) -> Stepped:
    if ramp.phase is not Phase.OBSERVING:
        return ramp, ()
    if event.follows:
        return replace(ramp, phase=Phase.HOLDING, blocks=ramp.blocks - {Block.SHARE}), ()
    blocked, commands = _block(ramp, Block.SHARE, f"the traffic does not follow the weight: {event.why}")
    return blocked, (*commands, _await_share(ramp))


def _looked(ramp: Ramp, event: Looked) -> Stepped:
    if ramp.phase in (*_GOING_BACK, *_OVER) or ramp.index < 0:
        return ramp, ()
    if event.outlook == "rollback":
        return _order_rollback(ramp, event.reason)
    ramp, called = _called(ramp, event)
    within, hold_min = event.outlook == "within", ramp.course[ramp.index].hold_min
    ramp = replace(ramp, blocks=ramp.blocks - {Block.GATE} if within else ramp.blocks | {Block.GATE})
    is_over = event.held_min >= hold_min
    if ramp.phase is Phase.HOLDING and (is_over or (not within and event.elapsed_min >= hold_min)):
        ramp, commands = _conclude(replace(ramp, phase=Phase.ENDING))
    else:
        ramp, commands = _go_on(ramp) if is_over else (ramp, ())
    return ramp, (*called, *commands)


def _called(ramp: Ramp, event: Looked) -> Stepped:
    """Whom a look calls, once a check and stage: nobody waits for a stage's end to hear of RED (H1)."""
    seen = (ramp.moment, event.check)
    if not event.page or seen in ramp.paged:
        return ramp, ()
    return replace(ramp, paged=ramp.paged | {seen}), (Page(f"{ramp.moment}: {event.reason}", event.page),)


def _concluded(ramp: Ramp, event: Concluded) -> Stepped:
    """Traffic rises on a conclusion that was asked for, of this moment, with nothing that blocks it meanwhile."""
    if ramp.phase is not Phase.ENDING or not ramp.concluding or event.moment != ramp.moment:
        return ramp, ()
    ramp = replace(ramp, concluding=False)
    if event.action == "ROLLBACK" and ramp.is_out:
        return _order_rollback(ramp, event.reason)
    if event.action != "CONTINUE":
        return replace(ramp, blocks=ramp.blocks | {Block.GATE}), ()
    return (ramp, ()) if ramp.blocks else _rise(ramp)


def _rise(ramp: Ramp) -> Stepped:
    if ramp.index + 1 == len(ramp.course):
        return replace(ramp, phase=Phase.DONE), (Tell(f"{ramp.moment} is concluded: all traffic is on the release"),)
    risen = replace(ramp, phase=Phase.SETTING, index=ramp.index + 1)
    return risen, (SetWeight(risen.moment, ramp.planned_pct, risen.planned_pct),)


def _at_the_stage_before(ramp: Ramp) -> Ramp:
    """The weight never left it. Its end is to be judged anew, for meanwhile time has passed."""
    return replace(ramp, phase=Phase.ENDING, index=ramp.index - 1, weight_pct=_previous_pct(ramp), concluding=False)


def _previous_pct(ramp: Ramp) -> float:
    return ramp.course[ramp.index - 1].weight_pct if ramp.index > 0 else 0.0


def _said(ramp: Ramp, event: Said) -> Stepped:
    if ramp.phase in (*_GOING_BACK, *_OVER):
        return ramp, ()
    if event.word is Word.ROLLBACK and ramp.is_out:
        return _order_rollback(ramp, f"{event.by} said ROLLBACK")
    if event.word in (Word.HOLD, Word.ROLLBACK):
        return replace(ramp, blocks=ramp.blocks | {Block.WORD}), (Tell(f"{event.by} said {event.word}"),)
    if event.word is Word.ANEW:
        return _held_anew(ramp)
    if event.word is Word.RESUME:
        ramp = replace(ramp, blocks=ramp.blocks - {Block.WORD})
    return _conclude(ramp) if _may_conclude(ramp, but=Block.GATE) else (ramp, ())


def _held_anew(ramp: Ramp) -> Stepped:
    """The stage at which the ramp stands, from the seeing of its share on."""
    if ramp.index < 0 or ramp.phase not in (Phase.HOLDING, Phase.ENDING):
        return ramp, ()
    ramp = replace(ramp, phase=Phase.OBSERVING, concluding=False)
    return ramp, () if Block.WEIGHT in ramp.blocks else (_await_share(ramp),)


def _pinned(ramp: Ramp, event: Pinned) -> Stepped:
    if ramp.phase in (*_GOING_BACK, *_OVER):
        return ramp, ()
    if event.differs:
        return _block(ramp, Block.PINS, f"{', '.join(event.differs)} differ from what the ramp began with")
    eased = Block.PINS in ramp.blocks
    ramp = replace(ramp, blocks=ramp.blocks - {Block.PINS})
    return _go_on(ramp) if eased else (ramp, ())


def _order_rollback(ramp: Ramp, reason: str) -> Stepped:
    attempts = ramp.attempts + 1
    ramp = replace(ramp, phase=Phase.ROLLING_BACK, attempts=attempts, reason=reason, concluding=False)
    return ramp, (RollBack(ramp.moment, reason, attempts, max(ramp.weight_pct, ramp.planned_pct)),)


def _rollback_ran(ramp: Ramp, event: RollbackRan) -> Stepped:
    """Even where the command failed it may have worked: what the canary answers is measured, not what was claimed."""
    if ramp.phase is not Phase.ROLLING_BACK:
        return ramp, ()
    failed = () if event.ok else (Page(f"the rollback command failed: {event.why}"),)
    return replace(ramp, phase=Phase.PROVING), (*failed, ProveZero(max(ramp.weight_pct, ramp.planned_pct)))


def _zero_measured(ramp: Ramp, event: ZeroMeasured) -> Stepped:
    if ramp.phase is not Phase.PROVING:
        return ramp, ()
    if event.proven:
        return replace(ramp, phase=Phase.ROLLED_BACK, weight_pct=0.0), (
            Tell("zero is proven"),
            VoidPayments(ramp.moment, ramp.reason),
        )
    ramp, again = _order_rollback(ramp, ramp.reason)
    return ramp, (Page(f"the canary may still answer users: {event.why}"), *again)


def _interrupted(ramp: Ramp, event: Interrupted) -> Stepped:
    if ramp.phase in _GOING_BACK:
        return ramp, (Tell(f"{event.by} interrupted the conductor; the rollback goes on"),)
    return ramp, (Stop(),)


def _go_on(ramp: Ramp) -> Stepped:
    """What ends a block has the end of the stage judged anew, for meanwhile time has passed."""
    return _conclude(ramp) if _may_conclude(ramp) else (ramp, ())


def _may_conclude(ramp: Ramp, but: Block | None = None) -> bool:
    return ramp.phase is Phase.ENDING and not ramp.concluding and not ramp.blocks - {but}


def _conclude(ramp: Ramp) -> Stepped:
    return replace(ramp, concluding=True), (Conclude(ramp.moment),)


def _block(ramp: Ramp, block: Block, why: str) -> Stepped:
    """Paged once, when it begins."""
    blocked = replace(ramp, blocks=ramp.blocks | {block})
    return blocked, () if block in ramp.blocks else (Page(why),)


def _payments_voided(ramp: Ramp, event: PaymentsVoided) -> Stepped:
    return ramp, () if event.ok else (Page(f"payments may still be open: {event.why}"),)


_STEPS: Mapping[type[Event], Callable[[Ramp, Any], Stepped]] = {
    Opened: _opened,
    WeightRead: _weight_read,
    ShareSeen: _share_seen,
    Looked: _looked,
    Concluded: _concluded,
    Said: _said,
    Pinned: _pinned,
    RollbackRan: _rollback_ran,
    ZeroMeasured: _zero_measured,
    PaymentsVoided: _payments_voided,
    Interrupted: _interrupted,
}
