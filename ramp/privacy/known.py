"""Values that are known to be secret, however they are written: escaped, in base64, within what holds them."""

import base64
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ramp.privacy.decoding import embedded, may_be_escaped, unescaped

LENGTH_MIN = 4
_FRAGMENT_LENGTH_MIN = 8
_DEPTH_MAX = 2
_Span = tuple[int, int]


def known_in(line: str, values: Iterable[str]) -> list[_Span]:
    """Where one of `values` stands in `line`, in order and apart; what holds one in base64 as a whole."""
    long = tuple(value for value in values if len(value) >= LENGTH_MIN)
    merged: list[_Span] = []
    for start, end in sorted(_everywhere(line, long, _DEPTH_MAX)) if long else ():
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _everywhere(line: str, values: tuple[str, ...], depth: int) -> Iterator[_Span]:
    yield from _plain(line, values)
    for value in values:
        yield from _plain(line, _fragments(value))
    decoded = unescaped(line) if may_be_escaped(line) else None
    if decoded:
        yield from (decoded.raw(start, end) for start, end in _plain(decoded.text, values))
    for start, end, said in embedded(decoded.text if decoded else line) if depth else ():
        if any(_everywhere(said, values, depth - 1)):
            yield decoded.raw(start, end) if decoded else (start, end)


def _plain(text: str, values: Iterable[str]) -> Iterator[_Span]:
    for value in values:
        at = text.find(value)
        while at >= 0:
            yield at, at + len(value)
            at = text.find(value, at + len(value))


@lru_cache(maxsize=1024)
def _fragments(value: str) -> tuple[str, ...]:
    """What base64 and hexadecimal text has of `value` wherever it begins in what was encoded: of base64 the digits that
    depend on it alone."""
    raw = value.encode()
    found = {raw.hex(), raw.hex().upper()}
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + raw).decode().rstrip("=")
        first = -(-offset * 8 // 6)
        last = (offset + len(raw)) * 8 // 6
        found |= {encoded[first:last], encoded[first:last].replace("+", "-").replace("/", "_")}
    return tuple(fragment for fragment in found if len(fragment) >= _FRAGMENT_LENGTH_MIN)
