"""B1, B2, B6: what #ship-room is asked below the one-pager, and who acknowledged it there.

An ACK acknowledges everything that the suite asked above it in the thread. It is a person's own message, by the id of
the account; what an app wrote or somebody edited is none.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from html import escape, unescape

from ramp.happened import Word
from ramp.sign_off import Reply, not_a_persons
from ramp.spoken import spoken

_LOADS = re.compile(r"\W*loads\W*", re.IGNORECASE)
_LINK = re.compile(r"<[a-z]+:[^<>|]*\|([^<>]*)>")  # with words of its own, which are what was posted
PROPOSED, TEST_PAGE = "Proposed T-0: ", "Test page of "


def proposal(start_utc: datetime, ceo: str) -> str:
    """What asks the CEO for the start."""
    return f"{PROPOSED}{start_utc:%Y-%m-%d %H:%MZ}. <@{ceo}>, reply ACK in this thread to acknowledge it."


def test_page(version: str, dris: Iterable[str], within_min: float) -> str:
    """What asks every DRI to answer."""
    mentions = " ".join(f"<@{id}>" for id in dict.fromkeys(dris))
    asked = f"Reply ACK in this thread within {within_min:g} minutes, so that all know you can be reached."
    return f"{TEST_PAGE}{escape(version, quote=False)}: {mentions} {asked} Nothing is broken."


def late_at(label: str) -> str:
    """How what `lateness` says begins."""
    return f"Late at {label}: "


def lateness(label: str, lines: Sequence[str], due_utc: datetime, ceo: str) -> str:
    """What asks the CEO to take note of `lines` that were not confirmed in time, at the moment that `label` names."""
    late = f"{', '.join(lines)} not confirmed by {due_utc:%Y-%m-%d %H:%MZ}"
    return f"{late_at(label)}{late}. <@{ceo}>, reply ACK in this thread to acknowledge the lateness."


def asked_at(thread: Iterable[Reply], own_id: str, text: str, beginning: str) -> Reply | None:
    """The suite's own message with this `text`, where it is the newest of those that begin so; None where it is not:
    then something else was asked last."""
    asked = [each for each in thread if each.user == own_id and unescape(each.text).startswith(unescape(beginning))]
    newest = max(asked, key=lambda each: posted_at(each.ts), default=None)
    return newest if newest and plain(newest.text) == plain(text) else None


def acknowledged(thread: Iterable[Reply], asked: Reply, user: str) -> Reply | None:
    """The first ACK of `user` after what was `asked`."""
    after = [each for each in thread if posted_at(each.ts) > posted_at(asked.ts)]
    acks = [each for each in after if each.user == user and _is_ack(each)]
    return min(acks, key=lambda each: posted_at(each.ts), default=None)


def says_loads(thread: Iterable[Reply], user: str) -> bool:
    """Whether `user` wrote LOADS: has seen every dashboard load."""
    return any(each.user == user and not not_a_persons(each) and _LOADS.fullmatch(each.text) for each in thread)


def _is_ack(reply: Reply) -> bool:
    said = None if not_a_persons(reply) else spoken(reply.text)
    return said is not None and said.word is Word.ACK and said.is_plain


def minutes_after(asked: Reply, answer: Reply | None) -> float | None:
    """How long the answer took, by Slack's own clock; None without one."""
    return None if answer is None else (posted_at(answer.ts) - posted_at(asked.ts)) / timedelta(minutes=1)


def posted_at(ts: str) -> datetime:
    """When Slack took the message: its `ts` is Unix time, and no two are alike in a channel."""
    seconds, _, rest = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(rest or 0))


def plain(text: str) -> str:
    """Slack gives text back escaped, with what looks like an address as a link, and may break it elsewhere."""
    return " ".join(unescape(_LINK.sub(r"\1", text)).replace("<", "").replace(">", "").split())
