"""What may be shown of an identifier, and masking of secrets and personal data in text that leaves the suite."""

from collections.abc import Mapping
from typing import Any

from ramp.privacy.decoding import plain, unescaped
from ramp.privacy.kinds import Found, Kind
from ramp.privacy.known import known_in
from ramp.privacy.scanner import findings
from ramp.privacy.tags import tagged

MASK = "***"
_KEPT = 4
# Without a name beside them these are guesses, and a sentence that is masked by a guess cannot be read at 3 a.m.
_GUESSED = frozenset({Kind.NAME, Kind.ADDRESS})


def masked_id(id: str) -> str:
    """`pi_3QxYz…f00d` reads `pi_***f00d`: enough to find it, not enough to use it."""
    prefix, separator, rest = id.partition("_")
    if not separator:
        prefix, rest = "", id
    return f"{prefix}{separator}{MASK}{rest[-_KEPT:]}" if len(rest) > 2 * _KEPT else f"{prefix}{separator}{MASK}"


def scrub(text: str, known: tuple[str, ...] = ()) -> str:
    """`text` without secrets and personal data: the values in `known`, however they are written, and everything that
    the scanner finds. Each leaves its kind and a tag, as `[EMAIL 3f2a]`; see `tags.tagged`."""
    for value in sorted(filter(_has_lines, known), key=len, reverse=True):
        text = text.replace(value, tagged(Kind.TOKEN, value))
    return "".join(_masked(line, known) for line in text.splitlines(keepends=True))


def _has_lines(value: str) -> bool:
    return len(value.splitlines()) > 1


def excerpt(text: str, length: int, known: tuple[str, ...] = ()) -> str:
    """The first `length` characters of `text`, or with a negative one the last, masked before they are cut: of half a
    secret nobody can tell that it is one."""
    masked = scrub(text, known)
    return masked[:length] if length >= 0 else masked[length:]


def unsafe(line: str) -> list[Found]:
    """What must not leave the suite in `line`."""
    return [found for found in findings(line) if found.keyed or found.kind not in _GUESSED]


def _masked(line: str, known: tuple[str, ...]) -> str:
    for start, end, value in reversed(known_in(line, known)):
        line = line[:start] + tagged(Kind.TOKEN, value) + line[end:]
    for found in reversed(unsafe(line)):
        line = (
            line[: found.start]
            + tagged(found.kind, _meant(found.kind, line[found.start : found.end]))
            + line[found.end :]
        )
    return line


def _meant(kind: Kind, written: str) -> str:
    """The value of that kind, however it is written, so that it has one tag."""
    decoded = unescaped(written)
    text = decoded.text if decoded else written
    said = plain(text)
    if said is None:
        return text
    within = next((found for found in findings(said) if found.kind is kind), None)
    return _meant(kind, said[within.start : within.end]) if within else said


def scrubbed(value: Any, known: tuple[str, ...] = ()) -> Any:
    """`value` with every string in it scrubbed, keys included; tuples become lists, as JSON has them."""
    if isinstance(value, str):
        return scrub(value, known)
    if isinstance(value, Mapping):
        return {scrub(key, known): scrubbed(inner, known) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [scrubbed(inner, known) for inner in value]
    return value
