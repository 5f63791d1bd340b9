"""Text as it was before it was escaped, with where each character stood: percent, JSON and Python escapes, HTML
entities, quoted-printable, base64 and hexadecimal. All of it bounded: a few rounds, each linear."""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_ROUNDS_MAX = 4
_ESCAPE = re.compile(
    r"(?:%[0-9A-Fa-f]{2})++"
    r"|(?<!\\)\\++(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[\"'/nrt@])"
    r"|&(?:#\d{1,6}|#[xX][0-9A-Fa-f]{1,5}|amp|lt|gt|quot|apos|commat|period|nbsp|colon|equals|plus|hyphen|lowbar);"
)
_QUOTED_PRINTABLE = re.compile(r"(?:=(?:2[0-9A-F]|3[AD]|40|5F|[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3}))++")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_SHORTEST, _LONGEST = 6, 8192
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{14,}+={0,2}+")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){4,}+")


class Decoded(NamedTuple):
    """`text` decoded; character i of it stood at `starts[i]` to `ends[i]` of the raw text."""

    text: str
    starts: list[int]
    ends: list[int]

    def raw(self, start: int, end: int) -> tuple[int, int]:
        return self.starts[start], self.ends[end - 1]


def may_be_escaped(text: str) -> bool:
    return "%" in text or "\\" in text or "&" in text


def unescaped(text: str) -> Decoded | None:
    """`text` without its escapes, however often it was escaped; None where nothing in it is."""
    decoded = _once(Decoded(text, list(range(len(text))), list(range(1, len(text) + 1))), _ESCAPE)
    for _ in range(_ROUNDS_MAX - 1):
        further = _once(decoded, _ESCAPE) if decoded and may_be_escaped(decoded.text) else None
        if further is None:
            break
        decoded = further
    return decoded


def unquoted_printable(text: str) -> Decoded | None:
    """The same for quoted-printable, which looks like `key=40` too: what is found in it must hold an escape."""
    return _once(Decoded(text, list(range(len(text))), list(range(1, len(text) + 1))), _QUOTED_PRINTABLE)


def _once(before: Decoded | None, escape: re.Pattern[str]) -> Decoded | None:
    if before is None:
        return None
    text, starts, ends, at = before.text, before.starts, before.ends, 0
    parts: list[str] = []
    new_starts: list[int] = []
    new_ends: list[int] = []
    for match in escape.finditer(text):
        begin, over = match.span()
        parts.append(text[at:begin])
        new_starts += starts[at:begin]
        new_ends += ends[at:begin]
        for char, first, length in _meant(match.group()):
            parts.append(char)
            new_starts.append(starts[begin + first])
            new_ends.append(ends[begin + first + length - 1])
        at = over
    if not at:
        return None
    return Decoded("".join(parts) + text[at:], new_starts + starts[at:], new_ends + ends[at:])


def _meant(escape: str) -> Iterator[tuple[str, int, int]]:
    """Each character that `escape` stands for, where in it, and from how many characters."""
    if escape[0] in "%=":
        at = 0
        for char in bytes.fromhex(escape.replace(escape[0], "")).decode("utf-8", "replace"):
            length = 3 * (1 if char == "\ufffd" else len(char.encode()))
            length = min(length, len(escape) - at)
            if length > 0:
                yield char, at, length
            at += length
    elif escape[0] == "&":
        yield ((html.unescape(escape) or "\ufffd")[0], 0, len(escape))
    else:
        body = escape.lstrip("\\")
        char = chr(int(body[1:], 16)) if len(body) > 1 else _CONTROLS.get(body, body)
        yield (char, 0, len(escape))


def embedded(text: str) -> Iterator[tuple[int, int, str]]:
    """What stands in base64 or hexadecimal in `text` and is text itself: start, end, and what it says."""
    for match in _BASE64.finditer(text):
        start, end = match.span()
        if end - start <= _LONGEST and (said := plain(match.group())):
            yield start, end, said


def plain(encoded: str) -> str | None:
    """What `encoded` says if it is base64 or hexadecimal of readable text."""
    if not _SHORTEST <= len(encoded) <= _LONGEST or (encoded.isalpha() and encoded.islower()):
        return None
    if _HEX.fullmatch(encoded) and (said := _readable(bytes.fromhex(encoded))):
        return said
    body = encoded.rstrip("=").replace("-", "+").replace("_", "/")
    if len(body) % 4 == 1:
        return None
    try:
        return _readable(base64.b64decode(body + "=" * (-len(body) % 4), validate=True))
    except binascii.Error:
        return None


def _readable(raw: bytes) -> str | None:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() or all(char.isprintable() or char in "\r\n\t" for char in text) else None
