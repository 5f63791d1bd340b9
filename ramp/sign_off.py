"""A sign-off in the thread (A3, A4): what is asked, the code that stands for it, and why a reply does not count.

The code is made of release, commit, moment, card and all that is accepted, keyed with random bytes that nobody knew
before: HMAC-SHA256 (RFC 2104), of which 30 bits are shown. It is no secret; who says it is told by the Slack account.
"""

import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ramp.decision import Action, Decision
from ramp.plan import Plan
from ramp.spoken import Spoken
from ramp.verdict import Colour, Verdict
from ramp.who_is_told import CEO, INCIDENT_COMMANDER, SRE_LEAD

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 and O, 1, I and L
CODE_CHARACTERS = 6
MAY_STOP = (CEO, INCIDENT_COMMANDER, SRE_LEAD)  # whose HOLD and ROLLBACK count
Accepts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is asked at `moment`. `card` is the `ts` of the gate card that it answers, "" where none was taken.
    `accepts` is each check that is not GREEN with its colour, each pinned file that differs with its digest, each role
    that holds with its word; `blocks` what of the ramp goes on by it; `by` the roles that must all say it; `nonce`
    random bytes in hexadecimal digits."""

    version: str
    commit: str
    moment: str
    card: str
    accepts: Accepts
    blocks: tuple[str, ...]
    nonce: str
    expires_at_utc: datetime
    label: str
    by: tuple[str, ...] = (CEO,)

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that stand for all of it: what a file is signed for."""
        of = [self.version, self.commit, self.moment, self.card, self.accepts, self.blocks, self.by]
        said = json.dumps(of, separators=(",", ":"), ensure_ascii=False).encode()
        return hmac.new(bytes.fromhex(self.nonce), said, hashlib.sha256).hexdigest()

    @property
    def code(self) -> str:
        number, code = int(self.digest, 16), ""
        for _ in range(CODE_CHARACTERS):
            number, place = divmod(number, len(ALPHABET))
            code += ALPHABET[place]
        return code

    @property
    def reply(self) -> str:
        """All that the message with the code says: `GO 50 K7M4QX`."""
        return f"GO {self.label} {self.code}"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A message as Slack's API gives it: `thread` is the `ts` of the message that it answers, `user` the id of the
    account, "" where there is none."""

    thread: str
    ts: str
    user: str
    text: str
    is_bot: bool = False
    is_edited: bool = False


@dataclass(frozen=True, kw_only=True)
class SignedOff:
    """An accepted sign-off: its code, who said it in words, and what it accepts."""

    code: str
    by: str
    accepts: Accepts


def label_of(plan: Plan, moment: str) -> str:
    """How a reply names `moment`: `50`, `T-10`."""
    row = plan.moment(moment)
    return f"{row.traffic_pct}" if row.is_stage else moment.upper().replace("_MINUS_", "-").replace("_PLUS_", "+")


def roles_of(user: str, roles: Mapping[str, str]) -> tuple[str, ...]:
    """The roles that the release file gives to this Slack account: by its id, never by a name."""
    return tuple(role for role, id in roles.items() if user and id == user)


def not_a_persons(reply: Reply) -> str | None:
    """Why `reply` is nobody's word, whatever it says."""
    if reply.is_bot:
        return "an app wrote it, and only a person's own message counts"
    if reply.is_edited:
        return "it was edited after it was sent: write a new message"
    return None


def refused(
    reply: Reply, said: Spoken, ask: Ask, *, thread: str, signers: Collection[str], now: datetime
) -> str | None:
    """Why `reply`, which says GO, does not sign off what is asked in `thread`; None where it does. `signers` are the
    roles of who wrote it."""
    if why := not_a_persons(reply):
        return why
    if not set(signers) & set(ask.by):
        return f"only the {' and the '.join(map(in_words, ask.by))} may sign off, by their own Slack account"
    if not said.code:
        return f"GO alone releases nothing: reply {ask.reply}"
    if reply.thread != thread:
        return "it stands in another thread than the card that it is to answer"
    if said.label != ask.label:
        return f"it names {said.label}, and {ask.label} is asked: reply {ask.reply}"
    if not hmac.compare_digest(said.code.encode(), ask.code.encode()):
        return f"{said.code[:12]} is the code of another release, moment or card: reply {ask.reply}"
    if now >= ask.expires_at_utc:
        return f"the code expired at {ask.expires_at_utc:%H:%MZ}; the next one follows"
    return None


def in_words(role: str) -> str:
    """`incident_commander` reads incident commander."""
    return {CEO: "CEO", SRE_LEAD: "SRE lead"}.get(role, role.replace("_", " "))


def accepted_of(verdicts: Mapping[str, Verdict]) -> Accepts:
    """What a sign-off of these verdicts accepts: every check that is not GREEN, with its colour."""
    return tuple((check, each.colour.word) for check, each in verdicts.items() if each.colour is not Colour.GREEN)


def worsened(accepts: Accepts, verdicts: Mapping[str, Verdict]) -> str | None:
    """What is worse than what was asked about, which makes a sign-off void; None where nothing is."""
    known = dict(accepts)
    for check, verdict in verdicts.items():
        before = Colour.of_word(known.get(check, Colour.GREEN.word))
        if verdict.colour > before:
            return f"{check} is {verdict.colour.word}, and was {before.word}"
        if verdict.trigger:
            return f"{check} fired {verdict.trigger}"
    return None


def released(plan: Plan, decision: Decision, verdicts: Mapping[str, Verdict], by: SignedOff | None) -> Decision:
    """`decision`, or CONTINUE where it is a HOLD of nothing but what the sign-off accepts. The colours stay. What fired
    a trigger, what no check proves yet, and what is worse than was accepted, is released by nobody."""
    if by is None or decision.action is not Action.HOLD or not decision.because or plan.unserved(decision.moment):
        return decision
    if worsened(by.accepts, verdicts):
        return decision
    following = plan.following(decision.moment)
    accepted = ", ".join(f"{check} {each.colour.word}" for check, each in verdicts.items() if each.colour)
    return replace(
        decision,
        action=Action.CONTINUE,
        reason=f"the {by.by} signed off ({by.code}) and accepts {accepted}; it held because {decision.reason}",
        next_step=f"go on to {following.id}" if following else "the release is done",
        page=(),
    )
