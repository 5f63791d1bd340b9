"""A made-up person, whom synthetic journeys carry: found in a log, they show that redaction does not work."""

import base64
from collections.abc import Mapping

from ramp.privacy.kinds import Found, Kind
from ramp.privacy.known import known_in

_STEM = "zaventhorpe"
# No real person's, and no text of any product: each is told wherever it stands, also without a name beside it.
PLANTED: Mapping[Kind, str] = {
    Kind.EMAIL: "quillon.zaventhorpe@example.com",
    Kind.NAME: "Quillon Zaventhorpe",
    Kind.ADDRESS: "17 Zaventhorpe Lane",
    Kind.STUDENT_ID: "stu-zaventhorpe-480213",
}
_VALUES = [*((value, kind) for kind, value in PLANTED.items()), (_STEM, Kind.NAME)]
_KINDS = {
    spelled: kind
    for value, kind in _VALUES
    for cased in (value, value.lower(), value.upper(), value.title())
    for spelled in (cased, cased.replace(" ", "+"))
}


def _fragments(stem: str) -> set[str]:
    """What base64 and hexadecimal text has of `stem`, wherever that begins in what was encoded, and JSON's escapes."""
    encoded = [base64.b64encode(bytes(offset) + stem.encode()).decode() for offset in range(3)]
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in stem[1:])
    return {*(text.rstrip("=")[4:-1] for text in encoded), stem.encode().hex(), stem.encode().hex().upper(), escaped}


_ENCODED = tuple(sorted({each for stem in (_STEM, _STEM.title(), _STEM.upper()) for each in _fragments(stem)}))


def planted_in(line: str, found: list[Found]) -> list[Found]:
    """What was `found` in `line`, with what is planted in it instead of whatever else that was taken for."""
    if _STEM not in line.lower() and not any(fragment in line for fragment in _ENCODED):
        return found
    planted = [Found(_KINDS[one.value], one.start, one.end, keyed=True, planted=True) for one in known_in(line, _KINDS)]
    others = [one for one in found if not any(one.start < each.end and each.start < one.end for each in planted)]
    return sorted([*planted, *others], key=lambda one: one.start)
