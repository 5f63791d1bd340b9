"""Personal data in a line of text: a first scan for what must never be in a log (F2)."""

import re
from collections.abc import Iterator

_SHAPES = {
    "EMAIL": re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b"),
    "SSN": re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"),
    "PHONE": re.compile(r"(?<![\w.-])(?:\+\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"),
}
_DIGITS = re.compile(r"(?<!\w)(?<!\w[.-])\d+(?:[ -]\d+)*(?!\w|[.-]\w)")
_GROUPINGS = ((4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4))
_ISSUERS = ("4", "5", "34", "37", "6011", "65", "35", "36", "22", "23", "24", "25", "26", "27")


def findings(line: str) -> list[str]:
    """The kinds of personal data in `line`, one for each place; never the data itself."""
    found = [kind for kind, shape in _SHAPES.items() for _ in shape.finditer(line)]
    return found + ["PAN" for start, end in cards(line) if line[start:end].startswith(_ISSUERS)]


def cards(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers stand that can be those of cards: 13 to 19 digits with a fitting check digit, grouped anyhow, or
    grouped as on a card in a longer row of numbers, such as one that ends in the expiry date."""
    for row in _DIGITS.finditer(text):
        groups = [match.span() for match in re.finditer(r"\d+", row.group())]
        end_before = 0
        for first, last in [(0, len(groups)), *_card_like([end - start for start, end in groups])]:
            start, end = groups[first][0], groups[last - 1][1]
            if start >= end_before and _may_be_card(row.group()[start:end]):
                yield row.start() + start, row.start() + end
                end_before = end


def _card_like(lengths: list[int]) -> Iterator[tuple[int, int]]:
    """The neighbouring groups, first and behind the last, that are as long as those on a card, or one undivided."""
    for first, length in enumerate(lengths):
        if 13 <= length <= 19:
            yield first, first + 1
        for grouping in _GROUPINGS if length == 4 else ():
            if tuple(lengths[first : first + len(grouping)]) == grouping:
                yield first, first + len(grouping)


def _may_be_card(text: str) -> bool:
    digits = re.sub(r"\D", "", text) if len(text) <= 2 * 19 else ""
    return 13 <= len(digits) <= 19 and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the check digit fits (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
