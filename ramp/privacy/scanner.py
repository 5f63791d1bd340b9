"""Finds personal data and secrets in a line: by name where it has one, by its shape where it has not, and in whatever
it was encoded."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ramp.privacy import decoding, detectors, names, values
from ramp.privacy.keys import is_other_number, is_part_number, sense_of
from ramp.privacy.kinds import Found, Kind
from ramp.privacy.labels import destinations, labelled, people
from ramp.privacy.pairs import Pair, pairs
from ramp.privacy.tokens import tokens
from ramp.privacy.vocabulary import words

WINDOW = 32_768
BEFORE_MAX, BEHIND_MAX = 512, 4_096
_DEPTH_MAX = 2
_COPPA_AGE = 13
_WORDS_BEFORE = re.compile(r"([\w.\-]+)(?: ([\w.\-]+))?$")
_BETWEEN = " \t\"'([{#:=>\\`"
_NUMBER_WORDS = words("no number num nr id code # n")
# Beside one of these a plain `name` is a person's.
_OF_PERSONS = frozenset({Kind.EMAIL, Kind.PHONE, Kind.DOB, Kind.SSN, Kind.STUDENT_ID, Kind.ADDRESS, Kind.NAME})


# What may hold a card's, a telephone's or a social security number; a date is none.
_LONG_NUMBER = re.compile(r"(?<!\d)(?!20\d\d-\d\d-\d\d)\d[\d .()-]{7,}\d")
_QUOTED_PRINTABLE = re.compile(r"=(?:40|3D|2[0DE]|C[2-9A-F]=|D[0-9A-F]=|E[0-9A-F]=)")
_APART = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


class _Ranked(NamedTuple):
    """A finding and how sure it is; of those that overlap the lower rank stays, then the longer."""

    rank: int
    found: Found


def findings(line: str, year: int | None = None) -> list[Found]:
    """The personal data and secrets in `line`, in order of place. `year` is the present one: a date of birth then says
    whether it is that of a child under 13. However long the line, this takes time in proportion to it."""
    return findings_from(line, 0, len(line), year)


def findings_from(line: str, start: int, end: int, year: int | None = None) -> list[Found]:
    """Those that begin between `start` and `end` of `line`: what stands around them helps to tell them."""
    if len(line) <= WINDOW and start == 0:
        return [one for one in _in_window(line, year) if one.start < end]
    found: list[Found] = []
    for at in range(start, end, WINDOW):
        begin, until = max(0, at - BEFORE_MAX), min(at + WINDOW, end)
        for one in _in_window(line[begin : until + BEHIND_MAX], year):
            place = begin + one.start
            if at <= place < until and (not found or place >= found[-1].end):
                found.append(one._replace(start=place, end=begin + one.end))
    return found


def _in_window(line: str, year: int | None) -> list[Found]:
    ranked = list(_everywhere(line, year, _DEPTH_MAX))
    return [one.found for one in _apart(ranked)] if ranked else []


def _everywhere(line: str, year: int | None, depth: int) -> Iterator[_Ranked]:
    """In `line` as it was before it was escaped, and in what is embedded in it."""
    decoded = decoding.unescaped(line) if decoding.may_be_escaped(line) else None
    if decoded is None:
        yield from _in(line, year)
    else:
        for rank, found in _in(decoded.text, year, decoded, line):
            start, end = decoded.raw(found.start, found.end)
            yield _Ranked(rank, found._replace(start=start, end=end))
    if _QUOTED_PRINTABLE.search(line):
        yield from _in_quoted_printable(line, year)
    text = decoded.text if decoded else line
    for start, end, said in decoding.embedded(text) if depth else ():
        span = decoded.raw(start, end) if decoded else (start, end)
        for rank, found in _everywhere(said, year, depth - 1):
            yield _Ranked(rank, found._replace(start=span[0], end=span[1]))


def _in_quoted_printable(line: str, year: int | None) -> Iterator[_Ranked]:
    decoded = decoding.unquoted_printable(line)
    for rank, found in _in(decoded.text, year) if decoded else ():
        start, end = decoded.raw(found.start, found.end) if decoded else (0, 0)
        if end - start > found.end - found.start:
            yield _Ranked(rank + 1, found._replace(start=start, end=end))


def _in(text: str, year: int | None, decoded: decoding.Decoded | None = None, raw: str = "") -> Iterator[_Ranked]:
    """In `text`, which was `decoded` from `raw` where it is not as it stood there."""
    within = _words(text.lower())
    for start, end in tokens(text, within):
        if not values.is_masked(text[start:end]):
            yield _Ranked(0, Found(Kind.TOKEN, start, end))
    yield from _keyed(text, year, decoded, raw)
    if "@" in text:
        yield from _of(2, Kind.EMAIL, detectors.emails(text))
    if _LONG_NUMBER.search(text):
        yield from _numbers(text)
    yield from _of(3, Kind.IP, detectors.ip_addresses(text))
    for kind, (start, end) in labelled(text, within):
        yield _Ranked(2, _found(kind, text, start, end, year))
    yield from _of(4, Kind.ADDRESS, destinations(text, within))
    yield from _of(4, Kind.ADDRESS, names.streets(text, within))
    yield from _of(4, Kind.NAME, people(text, within))


def _words(low: str) -> set[str]:
    """The words of a text in lower case, and those of its ASCII alone: a key may stand right behind other letters."""
    words = set(low.translate(_APART).split())
    return words if low.isascii() else words.union(_NOT_ASCII.sub(" ", low).translate(_APART).split())


def _of(rank: int, kind: Kind, spans: Iterable[tuple[int, int]]) -> Iterator[_Ranked]:
    for start, end in spans:
        yield _Ranked(rank, Found(kind, start, end))


def _numbers(text: str) -> Iterator[_Ranked]:
    for start, end in detectors.cards(text):
        if _may_be_card(text, start):
            yield _Ranked(2, Found(Kind.PAN, start, end))
    for start, end in detectors.social_security_numbers(text):
        if not _is_other(text, start, is_part_number):
            yield _Ranked(2, Found(Kind.SSN, start, end))
    for start, end in detectors.phones(text):
        if not _is_other(text, start):
            yield _Ranked(3, Found(Kind.PHONE, start, end))


def _keyed(text: str, year: int | None, decoded: decoding.Decoded | None, raw: str) -> Iterator[_Ranked]:
    plain_names: list[Found] = []
    of_a_person = False
    for pair in pairs(text):
        kind, sure, owned = pair.sense
        of_a_person = of_a_person or (sure and kind in _OF_PERSONS)
        if kind not in values.BY_KIND:
            continue
        span = _value(text, pair) if pair.is_quoted else _in_word(text, pair, decoded, raw) or _value(text, pair)
        if span is None:
            continue
        if kind is Kind.NAME and not owned:
            plain_names.append(Found(kind, *span))
        elif not sure and kind is Kind.NAME and " " not in text[slice(*span)]:
            yield _Ranked(3, Found(kind, *span))
        else:
            yield _Ranked(1, _found(kind, text, *span, year))
    if of_a_person:
        yield from (_Ranked(3, name) for name in plain_names)


def _value(text: str, pair: Pair) -> tuple[int, int] | None:
    """Where the value of `pair` stands, if it is one; also in base64 or hexadecimal."""
    kind, sure, owned = pair.sense
    place = values.Place(text, pair.start, pair.end, pair.is_quoted, pair.is_word, sure)
    if pair.end <= pair.start:
        return None
    encoded = _ENCODED.match(text, pair.start, pair.end) if kind is not Kind.TOKEN else None
    said = decoding.plain(encoded.group()) if encoded else None
    if encoded and said and values.BY_KIND[kind](values.Place(said, 0, len(said), True, False, sure)):
        return encoded.span()
    span = values.BY_KIND[kind](place)
    if span is not None and not values.is_masked(text[span[0] : span[1]]):
        return span
    if kind is Kind.NAME and owned and (login := _ONE_NAME.match(text, pair.start, pair.end)):
        return login.span() if not pair.is_quoted or login.end() == pair.end else None
    return None


def _in_word(text: str, pair: Pair, decoded: decoding.Decoded | None, raw: str) -> tuple[int, int] | None:
    """The same of a value that stood without a space in the raw line, as in a query string, where it was escaped."""
    if decoded is None:
        end = pair.start + len(_run(text, pair.start))
        if "+" not in text[pair.start : end]:
            return None
    else:
        begin = decoded.starts[pair.start] if pair.start < len(text) else len(raw)
        end = bisect_left(decoded.starts, begin + len(_run(raw, begin)))
    said = _FORM_SPACE.sub(" ", text[pair.start : end]).rstrip("})],;")
    if said == text[pair.start : pair.start + len(said)] and " " not in said:
        return None
    span = _value(said, pair._replace(start=0, end=len(said), is_quoted=True, is_word=False))
    return (pair.start + span[0], pair.start + span[1]) if span else None


def _run(text: str, start: int) -> str:
    match = _RUN.match(text, start)
    return match.group() if match else ""


_RUN = re.compile(r"[^\s&\"'<>`]{0,600}+")
_FORM_SPACE = re.compile(r"(?<=[\w,.)])\+(?=[\w(])")
_ONE_NAME = re.compile(r"[^\W\d_a-zß-ÿ][^\W\d_A-Z]{2,20}+(?:['’-][^\W\d_]{2,20}+)?+(?![\w@.=:/-])")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{6,600}+={0,2}+(?![\w@.])")


def _found(kind: Kind, text: str, start: int, end: int, year: int | None) -> Found:
    born = values.year_of(text[start:end]) if kind is Kind.DOB and year else None
    return Found(kind, start, end, keyed=True, child=bool(born and year and year - born <= _COPPA_AGE))


_PREFIX = re.compile(r"[A-Za-z]+[_/-]$")


def _may_be_card(text: str, start: int) -> bool:
    if start and text[start - 1] in "_-/":
        prefix = _PREFIX.search(text[max(0, start - 24) : start])
        sense = sense_of(prefix.group()) if prefix else None
        return sense is not None and sense.kind is Kind.PAN
    return not _is_other(text, start)


def _is_other(text: str, start: int, is_numbered: Callable[[str], bool] = is_other_number) -> bool:
    """Whether the word before `start` says that a number is something else: an order's, a trace's, a part's."""
    match = _WORDS_BEFORE.search(text[max(0, start - 64) : start].rstrip(_BETWEEN))
    if match is None:
        return False
    first, second = match.groups()
    if second and second.lower().strip(".") in _NUMBER_WORDS:
        return is_numbered(f"{first} {second}")
    return is_numbered(second or first)


def _apart(ranked: Iterable[_Ranked]) -> list[_Ranked]:
    """Those that do not overlap, in order: of two that do, the surer one, then the longer."""
    kept: list[_Ranked] = []
    for one in sorted(ranked, key=lambda one: (one.found.start, one.rank, one.found.start - one.found.end)):
        if kept and one.found.start < kept[-1].found.end:
            if _weight(one) > _weight(kept[-1]):
                kept[-1] = one
            continue
        kept.append(one)
    return kept


def _weight(one: _Ranked) -> tuple[int, int]:
    return -one.rank, one.found.end - one.found.start
