"""Steps of the conductor on what people say, sign off, change, or do not answer."""

from dataclasses import replace

from ramp.conducted import Block, Phase, Ramp
from ramp.happened import AskVoided, Listened, Pinned, Said, SignedOff, Unanswered, Unheard, Word
from ramp.moves import (
    GOING_BACK,
    OVER,
    Stepped,
    asked,
    await_share,
    blocking,
    concluding,
    going_on,
    held_by,
    may_conclude,
    red_cadence,
    rolling_back,
)
from ramp.ordered import Answer, EndIncident, Page, Tell
from ramp.who_is_told import CEO

CADENCE = "cadence"


def said(ramp: Ramp, event: Said) -> Stepped:
    """HOLD wins over another's GO until the tie is broken (A4); each takes back what they said themselves."""
    if ramp.phase in (*GOING_BACK, *OVER) or event.word is Word.ACK:
        return ramp, ()
    if event.word is Word.ROLLBACK and ramp.is_out:
        return rolling_back(ramp, f"{event.by} said ROLLBACK")
    if event.word in (Word.HOLD, Word.ROLLBACK):
        holders, goers = ramp.holders | {event.by}, ramp.goers - {event.by}
        ramp = replace(ramp, blocks=ramp.blocks | {Block.WORD}, holders=holders, goers=goers)
        return ramp, (Tell(f"{event.by} said {event.word}"), *(asked(ramp) if ramp.is_tied else ()))
    if event.word is Word.ANEW:
        return _held_anew(ramp)
    if event.word is Word.RESUME:
        ramp = replace(ramp, blocks=ramp.blocks - {Block.WORD}, holders=frozenset(), goers=frozenset())
    else:
        eased = ramp.holders == {event.by}
        ramp = replace(ramp, holders=ramp.holders - {event.by}, goers=ramp.goers | {event.by})
        ramp = replace(ramp, blocks=ramp.blocks - {Block.WORD}) if eased else ramp
    if ramp.is_tied:
        return ramp, asked(ramp)
    return concluding(ramp) if may_conclude(ramp, but=Block.GATE) else (ramp, ())


def _held_anew(ramp: Ramp) -> Stepped:
    """The stage at which the ramp stands, from the seeing of its share on."""
    if ramp.index < 0 or ramp.phase not in (Phase.HOLDING, Phase.ENDING):
        return ramp, ()
    ramp = replace(ramp, phase=Phase.OBSERVING, concluding=False)
    return ramp, () if Block.WEIGHT in ramp.blocks else (await_share(ramp),)


def signed_off(ramp: Ramp, event: SignedOff) -> Stepped:
    """What it names goes on. The end of a stage is judged once more: a verdict may be worse by now."""
    if ramp.phase in (*GOING_BACK, *OVER) or event.moment != ramp.moment:
        return ramp, ()
    ramp = replace(ramp, blocks=ramp.blocks.difference(event.blocks), signed=event.code)
    if Block.WORD in event.blocks:
        ramp = replace(ramp, holders=frozenset(), goers=frozenset())
    judged = f"{ramp.moment} is judged once more, and unless something is worse {_following(ramp)}"
    ramp, commands = going_on(ramp)
    if ramp.concluding:
        return ramp, (Answer(event.code, f"accepted, {event.by}: {judged}", is_to_come=True), *commands)
    still = held_by(ramp) or ", ".join(sorted(ramp.blocks))
    said = f"traffic stays where it is all the same: {still}" if still else "the ramp goes on"
    return ramp, (Answer(event.code, f"accepted, {event.by}: {said}"), *commands)


def _following(ramp: Ramp) -> str:
    if ramp.index < -1:
        return f"{ramp.before[ramp.index + 1]} follows"
    following = [f"the weight moves to {step.weight_pct:g} %" for step in ramp.course[ramp.index + 1 :]]
    return (*following, "the ramp is done")[0]


def ask_voided(ramp: Ramp, event: AskVoided) -> Stepped:
    """Its end is judged anew, so that what is asked next answers a card that is true."""
    if ramp.phase in (*GOING_BACK, *OVER) or event.moment != ramp.moment:
        return ramp, ()
    if ramp.phase is Phase.ENDING and Block.GATE in ramp.blocks and not ramp.concluding:
        return concluding(ramp)
    return ramp, asked(ramp)


def unanswered(ramp: Ramp, event: Unanswered) -> Stepped:
    if ramp.phase in (*GOING_BACK, *OVER) or event.moment != ramp.moment:
        return ramp, ()
    return ramp, (Page(f"{ramp.moment} waits for the CEO's sign-off, and nobody answered", (CEO,)),)


def listened(ramp: Ramp, event: Listened) -> Stepped:
    """Paged once, when it begins: people must know that what they write is not heard."""
    if ramp.phase in OVER:
        return ramp, ()
    begins, ramp = not event.ok and not ramp.is_deaf, replace(ramp, is_deaf=not event.ok)
    why = f"no word in #ship-room is heard: {event.why} Type `python -m ramp hold` or `python -m ramp rollback`"
    return ramp, (Page(why),) if begins else ()


def unheard(ramp: Ramp, event: Unheard) -> Stepped:
    """RED, and paged whenever it begins: what nobody is told of keeps traffic where it is, until a card is heard."""
    if ramp.phase in OVER:
        return ramp, ()
    if event.why:
        begins = Block.CARDS not in ramp.blocks
        ramp = replace(ramp, blocks=ramp.blocks | {Block.CARDS}, unheard=event.why)
        return ramp, (Page(red_cadence(ramp), cause=CADENCE),) if begins else ()
    if Block.CARDS not in ramp.blocks:
        return ramp, ()
    ramp, commands = going_on(replace(ramp, blocks=ramp.blocks - {Block.CARDS}, unheard=""))
    return ramp, (EndIncident(ramp.moment, CADENCE), *commands)


def pinned(ramp: Ramp, event: Pinned) -> Stepped:
    if ramp.phase in (*GOING_BACK, *OVER):
        return ramp, ()
    if event.differs:
        blocked, paged = blocking(ramp, Block.PINS, f"{', '.join(event.differs)} differ from what the ramp began with")
        return blocked, (*paged, *(asked(blocked) if paged else ()))
    eased = Block.PINS in ramp.blocks
    ramp = replace(ramp, blocks=ramp.blocks - {Block.PINS})
    return going_on(ramp) if eased else (ramp, ())
