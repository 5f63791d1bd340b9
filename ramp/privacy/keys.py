"""What the name of a value says that the value is: `studentDateOfBirth`, `guardian.phone_no`, `--api-key`."""

import re
from functools import lru_cache
from typing import NamedTuple

from ramp.privacy.kinds import Kind
from ramp.privacy.vocabulary import (
    AMBIGUOUS,
    FILLERS,
    NAMED_ALONE,
    OTHER_NUMBERS,
    OWNED,
    PARTS,
    PEOPLE,
    TAIL_WORDS_MAX,
    TAILS,
    WORDS,
)

_PLURAL_OF_CAPITALS = re.compile(r"(?<=[A-Z]{2})s(?![a-z])")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_PLAIN_LETTERS = str.maketrans(
    "áàâãåäçéèêëíìîïñóòôõöúùûüýøæłśżźćńęąşığčšžřěůť", "aaaaaaceeeeiiiinooooouuuuyoalszzcneasigcszreut"
)
_JOINED_LENGTH_MAX = 40
_SAID_BY_OWNER = frozenset({"name", "first", "last", "middle", "given", "family", "address", "addr", "1", "2"})
_KNOWN = WORDS | FILLERS
_KNOWN_LENGTH_MAX = max(map(len, _KNOWN))


class Sense(NamedTuple):
    """The kind that a key names; where it is not `sure`, its place or the value must tell. `owned` is whether it says
    that the value is a person's."""

    kind: Kind
    sure: bool
    owned: bool = True


@lru_cache(maxsize=16_384)
def sense_of(key: str) -> Sense | None:
    """The kind of personal data or secret that a value named `key` is; None where it is none."""
    words = _words_of(key)
    if not words:
        return None
    found = _by_tail(words) or _by_tail([word for word in words if word not in FILLERS and not word.isdigit()])
    if found is None and words[-1] in NAMED_ALONE:
        return Sense(Kind.NAME, sure=False)
    return found


@lru_cache(maxsize=16_384)
def is_other_number(key: str) -> bool:
    """Whether a number named `key` is one of an order, a trace or a time, which may look like a card's."""
    words = _words_of(key)[-3:]
    return sense_of(key) is None and any(word in OTHER_NUMBERS for word in words)


def is_part_number(key: str) -> bool:
    """Whether a number named `key` is one of a part, which may be written as social security numbers are."""
    return any(word in PARTS for word in _words_of(key)[-2:])


def _by_tail(words: list[str]) -> Sense | None:
    for length in range(min(len(words), TAIL_WORDS_MAX), 0, -1):
        said = TAILS.get(tuple(words[-length:]))
        if said:
            return _owned(*said, words[:-length], tuple(words[-length:]))
    return None


def _owned(kind: Kind, sure: bool, before: list[str], tail: tuple[str, ...]) -> Sense | None:
    """`name` and `address` are those of persons, or of services and servers: the word before them tells."""
    owner = next((word for word in reversed(before) if word not in FILLERS and not word.isdigit()), None)
    if sure or kind is Kind.TOKEN:
        return Sense(kind, sure)
    if owner is None:
        return Sense(kind, sure, owned=kind is Kind.ADDRESS or tail in OWNED)
    if owner not in PEOPLE:
        return None
    return Sense(kind, sure=tail[-1] in _SAID_BY_OWNER and (kind is Kind.ADDRESS or owner not in AMBIGUOUS))


def _words_of(key: str) -> list[str]:
    plain = _HUMPS.sub("_", _PLURAL_OF_CAPITALS.sub("", key[:200])).lower().translate(_PLAIN_LETTERS)
    words: list[str] = []
    for word in _WORDS.findall(plain):
        words += [word] if word in _KNOWN else _singular(word) or _taken_apart(word) or [word]
    return words


def _singular(word: str) -> list[str]:
    for ending in ("s", "es"):
        if word.endswith(ending) and word.removesuffix(ending) in WORDS:
            return [word.removesuffix(ending)]
    return []


def _taken_apart(word: str) -> list[str]:
    """`guardianphonenumber` is guardian, phone, number; [] where it is not made of known words alone."""
    if len(word) > _JOINED_LENGTH_MAX:
        return []
    ways: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _KNOWN_LENGTH_MAX), end - 1):
            before = ways[start]
            if before is not None and word[start:end] in _KNOWN and len(before) < 6:
                ways[end] = [*before, word[start:end]]
                break
    return ways[-1] or []
