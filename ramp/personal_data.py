"""Personal data in a line of text: a first scan for what must never be in a log (F2)."""

import re

_SHAPES = {
    "EMAIL": re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b"),
    "SSN": re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"),
    "PHONE": re.compile(r"(?<![\w.-])(?:\+\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"),
}
_CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w.-])")
_ISSUERS = ("4", "5", "34", "37", "6011", "65", "35", "36", "22", "23", "24", "25", "26", "27")


def findings(line: str) -> list[str]:
    """The kinds of personal data in `line`, one for each place; never the data itself."""
    found = [kind for kind, shape in _SHAPES.items() for _ in shape.finditer(line)]
    return found + ["PAN" for match in _CARD.finditer(line) if _is_card(match.group())]


def _is_card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return digits.startswith(_ISSUERS) and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the check digit fits (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
