"""What people write in the ship room's threads, and sign in a file, as what happens to the ramp; else, why it does not
count. Each message is dealt with once, also by a conductor that comes back."""

from collections.abc import Iterator

from conduct.asking import held_anew
from conduct.in_room import InRoom
from conduct.listening import Read
from conduct.pins import pins
from ramp.conducted import Block, Ramp
from ramp.happened import Event, Said, SignedOff, Word
from ramp.sign_off import MAY_STOP, Ask, Reply, in_words, not_a_persons, refused, roles_of
from ramp.spoken import Spoken, spoken

SAID_CHARACTERS_MAX = 200
_MORE = "ROLLBACK with further words rolls nothing back: if you mean it, write ROLLBACK alone"
_NOT_YOURS = "only the CEO, the incident commander and the SRE lead may say it, by their own Slack account"


class Hearing:
    """Events come before their record: who is killed between the two hears a HOLD twice rather than never."""

    def __init__(self, room: InRoom) -> None:
        self._room, self._run = room, room.run

    def heard(self, read: Read, ramp: Ramp) -> Iterator[Event]:
        for reply in sorted(read.replies, key=lambda reply: reply.ts):
            said = spoken(reply.text)
            if said and reply.ts not in self._room.now.dealt_with:
                yield from self._one(reply, said, ramp)
        if read.signature and read.signature not in self._room.now.dealt_with:
            yield from self._signed_file(read, ramp)

    def _one(self, reply: Reply, said: Spoken, ramp: Ramp) -> Iterator[Event]:
        roles = roles_of(reply.user, self._run.release.roles.model_dump())
        role = next((role for role in MAY_STOP if role in roles), None)
        if said.word is Word.ACK:
            if roles and not not_a_persons(reply):
                self._write(reply, said, roles[0])
        elif said.code:
            yield from self._go(reply, said, roles, ramp)
        elif role is None or (why := not_a_persons(reply)):
            if said.is_plain and said.word is not Word.GO:  # people who talk are not answered
                self._refuse(reply, not_a_persons(reply) or _NOT_YOURS)
        elif said.word is Word.ROLLBACK and not said.is_plain:
            self._refuse(reply, _MORE)
        elif said.word is Word.GO and (why := self._says_too_little(said, ramp)):
            self._refuse(reply, why)
        else:
            yield Said(said.word, in_words(role))
            self._write(reply, said, role)

    def _says_too_little(self, said: Spoken, ramp: Ramp) -> str | None:
        """GO without a code takes back its own HOLD and speaks against another's; it releases no gate."""
        ask = self._room.now.open
        if said.is_plain and not (ask and Block.GATE in ramp.blocks):
            return None
        return f"GO alone releases nothing: {f'reply {ask.reply}' if ask else 'nothing is asked at the moment'}"

    def _go(self, reply: Reply, said: Spoken, roles: tuple[str, ...], ramp: Ramp) -> Iterator[Event]:
        room, ask = self._room.now, self._room.now.open
        if ask is None or said.code in room.closed:
            closed = room.closed.get(said.code)
            why: str | None = f"{said.code} {closed}" if closed else "nothing is asked at the moment"
            why = not_a_persons(reply) or why
        else:
            thread, now = room.thread_of.get(ask.code, ""), self._run.site.clock.now()
            why = refused(reply, said, ask, thread=thread, signers=roles, now=now) or self._too_late(ask, ramp)
        if why or ask is None:
            self._refuse(reply, why or "nothing is asked at the moment")
            return
        role = next(role for role in roles if role in ask.by)
        if lacks := [each for each in room.lacks(ask) if each != role]:
            self._write(reply, said, role)
            wanted = " and the ".join(map(in_words, lacks))
            self._room.answer(reply.thread, reply.ts, f"taken; the word of the {wanted} is still wanted")
            return
        yield SignedOff(ask.moment, ask.code, " and the ".join(map(in_words, ask.by)), ask.blocks, reply.ts)
        self._write(reply, said, role)

    def _signed_file(self, read: Read, ramp: Ramp) -> Iterator[Event]:
        ask, signature = self._room.now.open, read.signature or ""
        why = read.refused or (self._too_late(ask, ramp) if ask else "nothing is asked at the moment")
        if why is None and ask and read.approved and read.approved.once == ask.nonce:
            yield SignedOff(ask.moment, ask.code, in_words(ask.by[0]), ask.blocks, signature)
            why = None
        elif why or (ask and read.approved):
            said = "a signed file"
            self._room.write("refused", thread="", ts=signature, user="", said=said, why=why or "it is of another code")

    def _too_late(self, ask: Ask, ramp: Ramp) -> str | None:
        """What makes `ask` void that no look has seen yet."""
        if ask.moment != ramp.moment:
            return f"{ask.moment} is over; the ramp is at {ramp.moment}"
        if Block.GATE in ask.blocks and (anew := held_anew(ramp)):
            return anew
        now = pins(self._run)
        changed = [name for name, said in ask.accepts if name in now and now[name] != said]
        return f"{', '.join(changed)} changed again since it was asked" if changed else None

    def _write(self, reply: Reply, said: Spoken, role: str) -> None:
        who = {"thread": reply.thread, "ts": reply.ts, "user": reply.user}
        self._room.write("said_in_thread", **who, role=role, word=said.word.value, code=said.code)

    def _refuse(self, reply: Reply, why: str) -> None:
        who = {"thread": reply.thread, "ts": reply.ts, "user": reply.user}
        self._room.write("refused", **who, said=reply.text[:SAID_CHARACTERS_MAX], why=why)
        self._room.answer(reply.thread, reply.ts, f"not accepted: {why}")
