"""Text as Slack takes it: one line that can neither ping nor link, in sections that keep to its limits."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from ramp.privacy.masking import scrub

SECTION_CHARACTERS = 2900
SENTENCE_CHARACTERS = 400


def plain(text: str, characters_max: int = SENTENCE_CHARACTERS) -> str:
    """`text` on one line, scrubbed and escaped, so that nothing in it can ping or link, in at most `characters_max`."""
    escaped = escape(scrub(" ".join(text.split())), quote=False)
    if len(escaped) <= characters_max:
        return escaped
    return re.sub(r"&[a-z]*$", "", escaped[: characters_max - 3]) + "..."


def local(at_utc: datetime) -> str:
    """`15:04Z`, and the reader's own time as Slack shows it to each."""
    utc = f"{at_utc.astimezone(UTC):%H:%MZ}"
    return f"{utc} (<!date^{at_utc.timestamp():.0f}^{{time}}|{utc}> where you are)"


def fitting(chunks: Sequence[Sequence[str]], characters_max: int) -> int:
    """How many of `chunks` of lines fit, from the first on."""
    used = 0
    for number, chunk in enumerate(chunks):
        used += sum(len(line) + 1 for line in chunk)
        if used > characters_max:
            return number
    return len(chunks)


def sections(lines: Sequence[str]) -> list[dict[str, Any]]:
    """`lines` in as few sections as Slack's limit allows; a line is never split."""
    texts = [""]
    for line in lines:
        if len(texts[-1]) + len(line) >= SECTION_CHARACTERS:
            texts.append("")
        texts[-1] += ("\n" if texts[-1] else "") + line
    return [section(text) for text in texts]


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn(text)}


def context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> dict[str, Any]:
    """`verbatim` keeps Slack from linking names such as @channel in plain words."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
