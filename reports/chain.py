"""The chain of a journal's lines: each carries its number, the digest of the line before it, and its own.

A line that was edited, removed, added or moved breaks it. A tail that was cut off does not: what is left is whole.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

BEGINNING = "the beginning"  # what the first line has before it
LINK = "chain"
_BEGINS = b'{"'


class Unchained(ValueError):
    """A line is not as it was written, or not where it was."""


def canonical(value: Any) -> bytes:
    """The one way in which `value` is written as JSON. Raises ValueError for what JSON does not have."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest_of(value: Any) -> str:
    """The SHA-256 of `value` as it is written, in hexadecimal digits."""
    return sha256(canonical(value)).hexdigest()


def linked(record: Mapping[str, Any], number: int, before: str) -> tuple[bytes, str]:
    """`record` as line `number` (from 1), which follows the line of the digest `before`; and its own digest."""
    link = {"line": number, "before": before}
    own = digest_of({**record, LINK: link})
    return canonical({**record, LINK: link | {"digest": own}}), own


def unlinked(line: bytes, number: int, before: str) -> tuple[dict[str, Any], str]:
    """The record of `line`, which is to be `number` and to follow the digest `before`; and its own digest. Raises
    Unchained, and ValueError for what is no record."""
    record = _json(line)
    if not isinstance(record, dict) or not {"kind", "at_utc"} <= record.keys():
        raise ValueError('is not a record with "kind" and "at_utc"')
    link = record.pop(LINK, None)
    if link is None:
        raise Unchained("has no chain: an older version of the suite wrote it, or a hand did, and nothing shows which")
    if not isinstance(link, dict) or linked(record, link.get("line", 0), link.get("before", ""))[0] != line:
        raise Unchained("was changed after it was written")
    if link["line"] != number:
        raise Unchained(f"was written as line {link['line']}: lines were removed, added or moved")
    if link["before"] != before:
        raise Unchained("does not follow the line before it: one of the two was changed or moved")
    return record, link["digest"]


def must_be_half(rest: bytes, number: int, before: str) -> None:
    """Raises ValueError unless `rest`, which no line's end follows, is what a process, or a machine, left of the record
    `number` that was gone while it wrote: its beginning, all of it but its end, or nothing yet (NUL)."""
    text = rest.rstrip(b"\0")
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        if not text.startswith(_BEGINS[: len(text)]):
            raise ValueError("is no record, nor half of one") from None
    else:
        unlinked(text, number, before)


def _json(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise ValueError(f"is not JSON ({error})") from None
    except RecursionError:
        raise ValueError("is not JSON that can be read: its brackets are too deep") from None
