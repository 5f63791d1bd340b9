"""Numbers that claim to be the owner's must stand in the owner's sentence."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, get_args

from pydantic.fields import FieldInfo

from ramp.allowed import Says
from ramp.plan_rows import Moment
from ramp.sourced_row import SourcedRow

Quantity = tuple[str, Fraction]

_NUMBER = re.compile(
    r"(?P<before>\$|\bP(?=\d))?(?P<number>\d[\d,]*(?:\.\d+)?)"
    r"(?:[ -]?(?P<after>%|ms\b|seconds?\b|s\b|minutes?\b|min\b|m\b|hours?\b|h\b|days?\b|d\b|x\b))?",
    re.ASCII,
)
_CLAUSE_ENDS = re.compile(r"[,;(]\s*(?!\d{3}\b)")
_BEFORE = {"$": ("usd", Fraction(1)), "P": ("quantile", Fraction(1, 100))}
_AFTER = {
    "%": ("ratio", Fraction(1, 100)),
    "ms": ("s", Fraction(1, 1000)),
    "s": ("s", Fraction(1)),
    "m": ("s", Fraction(60)),
    "h": ("s", Fraction(3600)),
    "d": ("s", Fraction(86_400)),
    "x": ("times", Fraction(1)),
}
_PERCENT, _MINUTES, _COUNT = Says("ratio", "0.01"), Says("s", "60"), Says("count")


def unquoted_in(rows: Mapping[str, SourcedRow], sentences: Mapping[str, str]) -> Iterator[str]:
    """A sentence for every number of a row that cites the owner, and that none of the owner's sentences says."""
    for place, row in rows.items():
        said = {id: sentences[id] for id in row.ids if id in sentences}
        if row.source == "assumption" or not said:
            continue
        cited = " ".join(f'{id}: "{sentence}"' for id, sentence in said.items())
        for name in unquoted(type(row).model_fields, dict(row), list(said.values())):
            yield _must_be_said(f"{place}.{name} = {getattr(row, name)}", cited)
        if isinstance(row, Moment) and row.traffic_pct is not None and row.hold_min is not None:
            stage = quantity(_PERCENT, row.traffic_pct), quantity(_MINUTES, row.hold_min)
            if not any(stage in pairwise(quantities(sentence)) for sentence in said.values()):
                yield _must_be_said(f"{place}: {row.traffic_pct} % for {row.hold_min:g} min", cited)


def _must_be_said(what: str, cited: str) -> str:
    return f'{what}: the row cites {cited} Write that number, or source = "assumption" with a note for the owner.'


def unquoted(fields: Mapping[str, FieldInfo], values: Mapping[str, Any], sentences: Sequence[str]) -> list[str]:
    """The names of the numbers among `values` that stand in none of `sentences`: each place backs one number, and where
    a clause has the first word of a number's name, only such a clause does. None at all (0) needs no words."""
    clauses = [clause for sentence in sentences for clause in _CLAUSE_ENDS.split(sentence)]
    said = [Counter(quantities(clause)) for clause in clauses]
    missing = []
    for name, unit, value in _numbers(fields, values):
        word = name.partition("_")[0]
        about = [number for number, clause in enumerate(clauses) if re.search(rf"\b{word}\b", clause, re.IGNORECASE)]
        places = [(number, each) for number in about or range(len(clauses)) for each in _spellings(unit, value)]
        if backed := next(((number, each) for number, each in places if said[number][each]), None):
            said[backed[0]][backed[1]] -= 1
        elif value:
            missing.append(name)
    return missing


def quantities(sentence: str) -> list[Quantity]:
    """Every number of `sentence` with its unit, in order: `1% (15m)` is a ratio of 0.01 and 900 s."""
    return [_read(found) for found in _NUMBER.finditer(sentence)]


def quantity(unit: Says, value: float) -> Quantity:
    return unit.unit, Fraction(str(value)) * Fraction(unit.scale)


def _read(found: re.Match[str]) -> Quantity:
    after = found["after"] or ""
    by_word = _AFTER.get(after) or _AFTER.get(after[:1], ("count", Fraction(1)))
    unit, scale = _BEFORE.get(found["before"] or "", by_word)
    return unit, Fraction(found["number"].replace(",", "")) * scale


def _spellings(unit: Says, value: float) -> tuple[Quantity, ...]:
    """`5x` is five times, and five of them."""
    said = quantity(unit, value)
    return (said, ("times", said[1])) if said[0] == "count" else (said,)


def _numbers(fields: Mapping[str, FieldInfo], values: Mapping[str, Any]) -> Iterator[tuple[str, Says, float]]:
    for name, field in fields.items():
        value = values[name]
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, int | float) and not isinstance(each, bool):
                yield name, _says(field) or _COUNT, each


def _says(field: FieldInfo) -> Says | None:
    """How the type of `field` is said, wherever in it that stands."""
    waiting: list[Any] = [*field.metadata, field.annotation]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, Says):
            return part
        waiting += [*getattr(part, "__metadata__", ()), *get_args(part)]
    return None
