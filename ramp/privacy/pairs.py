"""Names and the values beside them, in whatever notation: JSON, logfmt, query strings, headers, XML, Ruby and Python
literals, OpenTelemetry's attributes, options of a command, a label in a sentence."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ramp.privacy.keys import Sense, sense_of
from ramp.privacy.kinds import Kind
from ramp.privacy.values import VALUE_LENGTH_MAX
from ramp.privacy.vocabulary import words

_PAIR = re.compile(
    r"(?<![\w.])([^\W\d][\w.\-]{0,63}+(?:\[\w{0,31}+\]){0,4}+)"
    r"(\\*[\"'`]?\s{0,2}(?:=>|={1,3}|:=?|->|>)\s{0,2}|\\*[\"'],\s{0,2}(?=\\*[\"']))"
)
_ATTRIBUTE = re.compile(
    r"[\"'](?:key|name|k|field|attribute|label|column|param|Key|Name)[\"']\s?[:=]>?\s?"
    r"[\"']([\w.\-\[\] ]{1,80}+)[\"']\s?,\s?[\"'](?:value|val|v|Value)[\"']\s?[:=]>?\s?"
    r"(?:\{\s?[\"']\w{2,16}[\"']\s?:\s?(?:\{\s?\"values\"\s?:\s?\[\s?\{\s?\"(?!key\")\w+\"\s?:\s?)?)?"
)
_OPTION = re.compile(r"(?<!\S)--?([A-Za-z][\w-]{1,40}+) (?=[^\s-])")
_QUOTE = re.compile(r"(?:[bru]|\[\s?)?(\\*[\"'`])")
_ELEMENT = re.compile(r"\s?(?:\}\s?,\s?\{\s?\"stringValue\"\s?:\s?|,\s?\\*)[\"']")
_WORDS_BEFORE = re.compile(r"(?<![^\W_])((?:[^\W\d_]{1,20}+[ _.]){1,3}+)$")
_IDENTIFIER = re.compile(r"[a-z_]++")  # beside a name in a list of names: another name
_OPENERS = ("(", "{", "[")  # `Person(id=7, name=Maria Lopez)`: a value ends with the comma there
_ELEMENTS_MAX = 16
_ARRAY, _ARRAY_LENGTH_MAX = re.compile(r'"values"\s?:\s?\[\s?\{\s?"\w{1,16}"\s?:\s?$'), 40
# One word that says something only with the words before it, or with what it stands in.
_COMPLETED = words("""
    id name number no num nr code address line birth token key phone identifier nacimiento naissance nascita nascimento
    electronico security card account fingerprint serial addr telephone mobile uuid first last middle full given family
    legal date line1 line2 street value""")
_BRACKET = re.compile(r"[{}\[\]()]|#<")
_OWNERS_MAX = 3
_OWNER = re.compile(
    r"(?<![\w.-])([^\W\d][\w.-]{0,63}+)\\*[\"']?\s{0,2}(?:=>|[:=])?\s{0,2}(?:(?<=[:=> ])[A-Za-z_.]{1,40})?$"
)
_OBJECT = re.compile(r"#<(\w+)")


class Pair(NamedTuple):
    """A name and where its value stands: from `start` to `end` where it is quoted, else from `start` on. `is_word` is
    whether it holds no space, as in logfmt. `where` is where the name stands."""

    sense: Sense
    start: int
    end: int
    is_quoted: bool
    is_word: bool
    where: int


def pairs(text: str) -> Iterator[Pair]:
    """Every value in `text` whose name says that it is personal or secret, and those whose place must tell."""
    within = _Within(text)
    for match in _PAIR.finditer(text):
        key, separator = match.groups()
        sense, is_half = _read(key)
        if is_half:
            sense = _completed(text, match, within) or sense
        if sense and _is_pair(text, match, sense):
            yield from _values(text, match.end(), sense, separator.strip(), match.start())
    if "alue" in text or '"v"' in text:
        yield from _beside(text, _ATTRIBUTE, ":")
    if " -" in text:
        yield from _beside(text, _OPTION, "=")


@lru_cache(maxsize=16_384)
def _read(key: str) -> tuple[Sense | None, bool]:
    """What `key` says, and whether its last word says more with what stands around it."""
    sense = sense_of(key)
    last = key[-12:].rpartition("_")[2].rpartition(".")[2].lower()
    return sense, (sense is None or not sense.sure) and last in _COMPLETED


def _beside(text: str, form: re.Pattern[str], separator: str) -> Iterator[Pair]:
    for match in form.finditer(text):
        if sense := sense_of(match[1]):
            yield from _values(text, match.end(), sense, separator, match.start())


def _completed(text: str, match: re.Match[str], within: "_Within") -> Sense | None:
    """What a key says together with the words before it, or with the object that it stands in."""
    key, separator = match.groups()
    sense = _by_words_before(text, match.start(), key, separator)
    if (sense and sense.sure) or "." in key:
        return sense
    return within.completed(match.start(), key) or sense


def _is_pair(text: str, match: re.Match[str], sense: Sense) -> bool:
    """`<dob>` is the name of what follows it, `age > 5` is not; `type == "password"` is a program's text."""
    separator = match[2].strip()
    if sense.kind is Kind.TOKEN and separator.endswith("=="):
        return False
    return separator != ">" or text[match.start() - 1 : match.start()] == "<"


def _by_words_before(text: str, start: int, key: str, separator: str) -> Sense | None:
    """`Student ID: 4711`: what the words before the last one, and it, say."""
    before = _WORDS_BEFORE.search(text[max(0, start - 48) : start])
    if before is None or separator[0] in "\"'":
        return None
    words = before[1].replace("_", " ").split()
    for count in range(len(words), 0, -1):
        sense = sense_of(" ".join([*words[-count:], key]))
        if sense and sense.sure:
            return sense
    return None


def _values(text: str, at: int, sense: Sense, separator: str, where: int) -> Iterator[Pair]:
    quote = _QUOTE.match(text, at)
    if quote is None:
        yield _unquoted(text, at, sense, separator, where)
        return
    is_list = text[at] == "[" or _ARRAY.search(text[max(0, at - _ARRAY_LENGTH_MAX) : at]) is not None
    for _ in range(_ELEMENTS_MAX):
        start = quote.end()
        end = _end_of_quoted(text, start, quote[1])
        if separator[-1:] != "," or not _IDENTIFIER.fullmatch(text, start, end):
            yield Pair(sense, start, end, True, False, where)
        element = _ELEMENT.match(text, end + len(quote[1])) if is_list else None
        quote = _QUOTE.match(text, element.end() - len(quote[1])) if element else None
        if quote is None:
            return


def _unquoted(text: str, at: int, sense: Sense, separator: str, where: int) -> Pair:
    """What ends with what is around it: a tag, quotes around name and value, an object's comma, else a space."""
    furthest = min(len(text), at + VALUE_LENGTH_MAX)
    closing = "<" if separator == ">" else text[where - 1 : where] if separator == "=" else ""
    if closing and closing in "<\"'" and (end := text.find(closing, at, furthest)) >= 0:
        return Pair(sense, at, end, True, False, where)
    is_word = separator == "=" and text[where - 1 : where] not in _OPENERS and text[where - 2 : where] != ", "
    return Pair(sense, at, furthest, False, is_word, where)


def _end_of_quoted(text: str, start: int, quote: str) -> int:
    """Where the next quote of the same kind stands that is not escaped; as far as a value may be long without one."""
    furthest, at = min(len(text), start + VALUE_LENGTH_MAX), start
    while (end := text.find(quote, at, furthest)) >= 0:
        if end == start or text[end - 1] != "\\":
            return end
        at = end + 1
    return furthest


class _Within:
    """What each place of a text stands in: the names of the objects around it. Asked in order of place."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._brackets: Iterator[re.Match[str]] | None = None
        self._next: re.Match[str] | None = None
        self._around: list[int] = []

    def completed(self, at: int, key: str) -> Sense | None:
        """What `key` says together with the nearest object around it that has a name."""
        if self._brackets is None:
            self._brackets = _BRACKET.finditer(self._text)
            self._next = next(self._brackets, None)
        while self._next and self._next.start() < at:
            if self._next.group() in "}])":
                del self._around[-1:]
            else:
                self._around.append(self._next.start())
            self._next = next(self._brackets, None)
        alone = sense_of(key)
        for place in self._around[: -_OWNERS_MAX - 1 : -1]:
            owner = self._owner(place)
            sense = sense_of(f"{owner}.{key}") if owner else None
            if sense and (sense.sure or (sense.owned and alone != sense)):
                return sense
        return None

    def _owner(self, place: int) -> str | None:
        """The name of the object that opens at `place`: `"student":{`, `student=Student(`, `#<Student`."""
        before = _OBJECT.match(self._text, place) or _OWNER.search(self._text[max(0, place - 80) : place])
        return before[1] if before else None
