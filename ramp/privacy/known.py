"""Values that are known to be secret, however they are written: escaped, in base64, within what holds them."""

import base64
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from ramp.privacy.decoding import embedded, may_be_escaped, unescaped

LENGTH_MIN = 4
_FRAGMENT_LENGTH_MIN = 8
_DEPTH_MAX = 2


class Known(NamedTuple):
    """Where in a line (`end` exclusive) which value stands; what holds it in base64 as a whole."""

    start: int
    end: int
    value: str


def known_in(line: str, values: Iterable[str]) -> list[Known]:
    """Where one of `values` stands in `line`, in order and apart."""
    long = tuple(value for value in values if len(value) >= LENGTH_MIN)
    merged: list[Known] = []
    for one in sorted(_everywhere(line, long, _DEPTH_MAX)) if long else ():
        if merged and one.start < merged[-1].end:
            longest = max(merged[-1], one, key=lambda each: each.end - each.start)
            merged[-1] = Known(merged[-1].start, max(merged[-1].end, one.end), longest.value)
        else:
            merged.append(one)
    return merged


def _everywhere(line: str, values: tuple[str, ...], depth: int) -> Iterator[Known]:
    yield from _plain(line, values)
    decoded = unescaped(line) if may_be_escaped(line) else None
    if decoded:
        for start, end, value in _plain(decoded.text, values):
            yield Known(*decoded.raw(start, end), value)
    for start, end, said in embedded(decoded.text if decoded else line) if depth else ():
        for one in _everywhere(said, values, depth - 1):
            yield Known(*(decoded.raw(start, end) if decoded else (start, end)), one.value)


def _plain(text: str, values: Iterable[str]) -> Iterator[Known]:
    for value in values:
        for spelled in (value, *_otherwise(value)):
            at = text.find(spelled)
            while at >= 0:
                yield Known(at, at + len(spelled), value)
                at = text.find(spelled, at + len(spelled))


@lru_cache(maxsize=1024)
def _otherwise(value: str) -> tuple[str, ...]:
    """How `value` is written in a JSON string, by Python's `repr`, in either within the other, and in hexadecimal, each
    line of it, and what base64 text has of it wherever it begins in what was encoded: the digits that depend on it
    alone."""
    raw = value.encode()
    quoted = {quote(value)[1:-1] for quote in (json.dumps, repr)}
    found = {raw.hex(), raw.hex().upper(), *value.splitlines(), *quoted}
    found |= {quote(once)[1:-1] for quote in (json.dumps, repr) for once in quoted}
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + raw).decode().rstrip("=")
        first = -(-offset * 8 // 6)
        last = (offset + len(raw)) * 8 // 6
        found |= {encoded[first:last], encoded[first:last].replace("+", "-").replace("/", "_")}
    return tuple(spelled for spelled in found - {value} if len(spelled) >= _FRAGMENT_LENGTH_MIN)
