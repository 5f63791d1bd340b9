"""What may be shown of an identifier, and masking of secrets and personal data in text that leaves the suite."""

from collections.abc import Mapping
from typing import Any

from ramp.privacy.kinds import Found, Kind
from ramp.privacy.known import LENGTH_MIN, known_in
from ramp.privacy.scanner import findings

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
    the scanner finds."""
    for value in sorted(known, key=len, reverse=True):
        if len(value) >= LENGTH_MIN:
            text = text.replace(value, MASK)
    return "".join(_masked(line, known) for line in text.splitlines(keepends=True))


def unsafe(line: str) -> list[Found]:
    """What must not leave the suite in `line`."""
    return [found for found in findings(line) if found.keyed or found.kind not in _GUESSED]


def _masked(line: str, known: tuple[str, ...]) -> str:
    for start, end in reversed(known_in(line, known)):
        line = line[:start] + MASK + line[end:]
    for found in reversed(unsafe(line)):
        line = line[: found.start] + MASK + line[found.end :]
    return line


def scrubbed(value: Any, known: tuple[str, ...] = ()) -> Any:
    """`value` with every string in it scrubbed, keys included; tuples become lists, as JSON has them."""
    if isinstance(value, str):
        return scrub(value, known)
    if isinstance(value, Mapping):
        return {scrub(key, known): scrubbed(inner, known) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [scrubbed(inner, known) for inner in value]
    return value
