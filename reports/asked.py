"""What #ship-room is told of a sign-off: what it would accept, the reply to copy, and answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ramp.sign_off import Ask, in_words
from reports.slack_text import local, plain

SENTENCE_CHARACTERS = 160
LINES_MAX = 12


@dataclass(frozen=True)
class Said:
    """A message of plain text."""

    text: str
    blocks: tuple[dict[str, Any], ...] = ()


def listed(ask: Ask, verdicts: Mapping[str, Mapping[str, Any]], mentions: str, signed_file: str | None) -> str:
    """Who is asked, what a sign-off accepts, until when. The reply to copy is a message of its own below this one."""
    lines = [_accepted(name, said, verdicts.get(name)) for name, said in ask.accepts]
    more = [f"• and {len(lines) - LINES_MAX} more, on the card"] if lines[LINES_MAX:] else []
    said = [
        f"{mentions} {ask.label}{' %' if ask.label.isdecimal() else ''} waits for the sign-off of the {_signers(ask)}.",
        "It accepts:",
        *lines[:LINES_MAX],
        *more,
        f"Good once, until {local(ask.expires_at_utc)}, and void when something gets worse.",
        "To sign off, copy the next message and send it in this thread. HOLD or ROLLBACK needs no code.",
    ]
    return "\n".join([*said, *([f"Or sign the file {signed_file}: see docs/sign-off.md."] if signed_file else [])])


def _accepted(name: str, said: str, verdict: Mapping[str, Any] | None) -> str:
    if verdict is None:
        other = f"another one than the ramp began with (SHA-256 {said[:12]})"
        return f"• {_brief(name)}: {_brief(said if name == 'tie' else other)}"
    return f"• {_brief(name)} {verdict['colour']}: {_brief(verdict['why'])}"


def _brief(text: str) -> str:
    return plain(text, SENTENCE_CHARACTERS)


def _signers(ask: Ask) -> str:
    return " and the ".join(map(in_words, ask.by))
