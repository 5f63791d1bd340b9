"""What several steps of the conductor come to: concluding, asking, answering, blocking, rolling back."""

from dataclasses import replace

from ramp.conducted import Block, Phase, Ramp
from ramp.ordered import Answer, AskSignOff, AwaitShare, Command, Conclude, Page, RollBack

Stepped = tuple[Ramp, tuple[Command, ...]]
GOING_BACK = (Phase.ROLLING_BACK, Phase.PROVING)
OVER = (Phase.ROLLED_BACK, Phase.DONE)


def answered(ramp: Ramp, what: str) -> tuple[Command, ...]:
    """Whoever signed off hears what came of it."""
    return (Answer(ramp.signed, what),) if ramp.signed else ()


def asked(ramp: Ramp) -> tuple[AskSignOff, ...]:
    """Who may sign off is asked for all that a sign-off lifts at this moment: what its end was judged to, a plan or
    release file that differs, a tie. Nobody signs for hours that were not stable."""
    is_judged = ramp.phase is Phase.ENDING and not ramp.concluding and not ramp.in_stable_hours
    lifts = {Block.GATE: is_judged, Block.PINS: True, Block.WORD: ramp.is_tied}
    blocks = tuple(block.value for block, may in lifts.items() if may and block in ramp.blocks)
    return (AskSignOff(ramp.moment, blocks, _tie(ramp)),) if blocks else ()


def _tie(ramp: Ramp) -> str:
    if not ramp.is_tied:
        return ""
    return f"{' and '.join(sorted(ramp.holders))} said HOLD, {' and '.join(sorted(ramp.goers))} said GO"


def held_by(ramp: Ramp) -> str | None:
    """What holds that is no verdict and that people must put right, take back or sign off; None where nothing does."""
    said = [f"{who} said HOLD" for who in sorted(ramp.holders)] if Block.WORD in ramp.blocks else []
    said += ["the plan or the release file is not what the ramp began with"] if Block.PINS in ramp.blocks else []
    said += [red_cadence(ramp)] if Block.CARDS in ramp.blocks else []
    to_see = f"see that the traffic tool answers, and gives the canary {ramp.planned_pct:g} %"
    other = f"the weight is another one than the stage's, or cannot be read ({to_see})"
    said += [other] if Block.WEIGHT in ramp.blocks else []
    unseen = "the traffic's share is not seen to follow the weight (see what the routing does with it)"
    said += [unseen] if Block.SHARE in ramp.blocks else []
    return "; ".join(said) or None


def held_meanwhile(ramp: Ramp) -> str | None:
    """As `held_by`, of a moment whose end is judged by now; also where that is of a hold that has begun anew since."""
    anew = "" if ramp.concluding else f"{ramp.moment} is held anew meanwhile, and its end is judged once more"
    return "; ".join(filter(None, (held_by(ramp), anew))) or None


def red_cadence(ramp: Ramp) -> str:
    """What is said, wherever RED is said, of a card that #ship-room did not hear (E0)."""
    return f"cadence is RED: {ramp.unheard or '#ship-room did not hear a card'}"


def rolling_back(ramp: Ramp, reason: str) -> Stepped:
    attempts = ramp.attempts + 1
    ramp = replace(ramp, phase=Phase.ROLLING_BACK, attempts=attempts, reason=reason, concluding=False)
    return ramp, (RollBack(ramp.stage, reason, attempts, max(ramp.weight_pct, ramp.planned_pct)),)


def going_on(ramp: Ramp) -> Stepped:
    """What ends a block has the end of the stage judged anew, for meanwhile time has passed."""
    return concluding(ramp) if may_conclude(ramp) else (ramp, ())


def may_conclude(ramp: Ramp, but: Block | None = None) -> bool:
    return ramp.phase is Phase.ENDING and not ramp.concluding and not ramp.blocks - {but}


def concluding(ramp: Ramp) -> Stepped:
    return replace(ramp, concluding=True), (Conclude(ramp.moment),)


def blocking(ramp: Ramp, block: Block, why: str) -> Stepped:
    """Paged once, when it begins."""
    return replace(ramp, blocks=ramp.blocks | {block}), () if block in ramp.blocks else (Page(why),)


def await_share(ramp: Ramp) -> AwaitShare:
    return AwaitShare(ramp.moment, previous_pct(ramp), ramp.planned_pct)


def previous_pct(ramp: Ramp) -> float:
    """The weight before the one that the moment is to have."""
    lower = [step.weight_pct for step in ramp.course[: max(ramp.index, 0)] if step.weight_pct != ramp.planned_pct]
    return lower[-1] if lower else 0.0
