"""Asking for a sign-off: what is asked, that it stands in the thread, and when it serves no more."""

import secrets
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from conduct.in_room import InRoom
from conduct.pins import differing, pins
from conduct.sign_off_file import draft_of
from ramp.conducted import Block, Phase, Ramp
from ramp.happened import AskVoided, Unanswered
from ramp.moves import asked
from ramp.ordered import Answer, AskSignOff
from ramp.room import LISTED
from ramp.sign_off import Ask, SignedOff, label_of, worsened
from ramp.verdict import Verdict
from reports.asked import listed
from reports.slack_text import local

ANSWERS = "what came of "  # what a message in a thread is about
_JUDGED_S = 30.0  # a stage's end is judged by the clock's own pace, and its weight set within a look of that


class Asking:
    """Asks in the thread of the newest card of the moment, or in the channel where there is none."""

    def __init__(self, room: InRoom) -> None:
        self._room, self._run = room, room.run

    def ask(self, order: AskSignOff) -> bool:
        """Whether there is anything that a sign-off could accept."""
        room, plan, now = self._room.now, self._run.plan, self._run.site.clock.now()
        named = {block: self._of(block, order) for block in order.blocks}
        blocks = tuple(block for block, accepts in named.items() if accepts)
        if not blocks:
            return False
        version, commit = room.release
        ask = Ask(
            version=version, commit=commit, moment=order.moment, card=room.gate_cards.get(order.moment, ""),
            accepts=tuple(pair for block in blocks for pair in named[block]), blocks=blocks,
            nonce=secrets.token_hex(16), expires_at_utc=now + timedelta(minutes=plan.signoff.expires_min),
            label=label_of(plan, order.moment),
        )  # fmt: skip
        row = plan.moment(order.moment)
        is_gate = Block.GATE in blocks and row.is_stage and row.on_yellow == "hold"
        fields = {**vars(ask), "expires_at_utc": ask.expires_at_utc.isoformat()}
        self._room.write("asked_sign_off", **fields, code=ask.code, is_due=bool(order.tie) or is_gate)
        self.post()
        return True

    def post(self) -> None:
        """Has what is asked stand in the thread: once more at each look until #ship-room took both messages."""
        ask = self._room.now.open
        if ask is None or ask.code in self._room.now.posted:
            return
        if ask.code not in self._room.now.thread_of:
            self._list(ask)
        if thread := self._room.now.thread_of.get(ask.code):
            self._room.say(thread, ask.code, ask.reply)

    def answer(self, order: Answer) -> None:
        """An answer to who signed off, with the time until when it is done where it is to come."""
        room = self._room.now
        clock, look_min = self._run.site.clock, self._run.plan.reading.look_every_min
        until = clock.now() + timedelta(seconds=_JUDGED_S * clock.speed, minutes=look_min)
        if thread := room.thread_of.get(order.code):
            text = f"{order.what}, by {local(until)} at the latest" if order.is_to_come else order.what
            self._room.say(thread, f"{ANSWERS}{order.code}", text)

    def looked(self, ramp: Ramp, verdicts: Mapping[str, Verdict]) -> Iterator[AskVoided | Unanswered]:
        """What a look means for what is asked, or was signed off; without `verdicts` where it saw none."""
        room, now = self._room.now, self._run.site.clock.now()
        signed = room.in_force.get(ramp.moment)
        if signed and (why := self._waited_too_long(signed, ramp) or worsened(signed.accepts, verdicts)):
            yield AskVoided(ramp.moment, signed.code, why)
            return
        ask = room.open
        if ask is None or ask.moment != ramp.moment:
            if Block.PINS in ramp.blocks or ramp.is_tied:  # whoever was to ask was killed before
                for order in asked(ramp):
                    self.ask(order)
            return
        is_worse = held_anew(ramp) or worsened(ask.accepts, verdicts) if Block.GATE in ask.blocks else None
        expired = f"it expired at {ask.expires_at_utc:%H:%MZ}" if now >= ask.expires_at_utc else None
        if why := is_worse or expired or self._changed_again(ask):
            yield AskVoided(ramp.moment, ask.code, why)
        elif self._is_unanswered(ask.code, now):
            yield Unanswered(ramp.moment, ask.code)
        else:
            self.post()

    def heard(self, gone: Collection[str], ramp: Ramp) -> Iterator[AskVoided]:
        """What is asked for a stage's end below a card that is `gone` nobody can answer: another card follows."""
        ask = self._room.now.open
        if ask and ask.card in gone and ask.moment == ramp.moment and Block.GATE in ask.blocks:
            yield AskVoided(ramp.moment, ask.code, "the card that it stood below was deleted")

    def _waited_too_long(self, signed: SignedOff, ramp: Ramp) -> str | None:
        """What was signed off and could not go on is void after its hour, too."""
        expires_at_utc = self._room.now.asks[signed.code].expires_at_utc
        if not ramp.concluding and self._run.site.clock.now() >= expires_at_utc:
            return f"it expired at {expires_at_utc:%H:%MZ}"
        return held_anew(ramp)

    def _changed_again(self, ask: Ask) -> str | None:
        asked, now = {name: said for name, said in ask.accepts if name in self._room.now.pins}, pins(self._run)
        changed = [name for name, digest in asked.items() if now.get(name) != digest]
        return f"{', '.join(changed)} changed again" if changed else None

    def _is_unanswered(self, code: str, now: datetime) -> bool:
        room, most = self._room.now, timedelta(minutes=self._run.plan.signoff.answer_min_max)
        return code in room.due - room.reminded and now - room.asked_at[code] >= most

    def _of(self, block: str, order: AskSignOff) -> tuple[tuple[str, str], ...]:
        """What a sign-off accepts to lift `block`; nothing where no sign-off does."""
        room = self._room.now
        if block == Block.PINS:
            return tuple((name, pins(self._run)[name]) for name in differing(room.pins, self._run))
        if block == Block.WORD:
            return (("tie", order.tie),) if order.tie else ()
        decision = room.decisions.get(order.moment)
        if decision is None or (decision["lacks"] and decision["raises"] and not decision["is_rehearsed"]):
            return ()  # what was not concluded before is no gate
        verdicts = room.verdicts.get(order.moment, {})
        return tuple((check, each["colour"]) for check, each in verdicts.items() if each["colour"] != "GREEN")

    def _list(self, ask: Ask) -> None:
        roles = self._run.release.roles.model_dump()
        mentions = " ".join(f"<@{roles[role]}>" for role in ask.by)
        draft: Path | None = draft_of(self._run, ask)
        verdicts = self._room.now.verdicts.get(ask.moment, {})
        text = listed(ask, verdicts, mentions, str(draft) if draft else None)
        self._room.say(ask.card or "", f"{LISTED}{ask.code}", text)


def held_anew(ramp: Ramp) -> str | None:
    """Why what was asked at a stage's end is none any more: a conductor that comes back holds the stage anew."""
    return None if ramp.phase is Phase.ENDING else f"{ramp.moment} is held anew"
