"""Selectors of PromQL: read, narrowed and asked for raw samples; and those that an expression reads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

_STRING = r'"(?:[^"\\\n]|\\.)*"' + r"|'(?:[^'\\\n]|\\.)*'|`[^`]*`"
_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_MATCHER = rf"\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*({_STRING})\s*"
_BRACES = rf"\{{(?:{_MATCHER}(?:,{_MATCHER})*,?)?\s*\}}"
_SELECTOR = re.compile(rf"\s*({_NAME})\s*({_BRACES})?\s*")
_BRACES_ALONE, _EACH = re.compile(_BRACES), re.compile(_MATCHER)
_TOKEN = re.compile(
    rf"(?P<blank>\s+|#[^\n]*)|(?P<string>{_STRING})|(?P<range>\[[^\]]*\])|(?P<braces>{_BRACES})"
    rf"|(?P<number>(?:\d[\w.]*|\.\d[\w.]*)(?:(?<=[eE])[+-]\d+)?)|(?P<name>{_NAME})|(?P<sign>=[=~]|![=~]|[<>]=|.)",
    re.DOTALL,
)
_GROUPS = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_AGGREGATES = frozenset(
    {"sum", "min", "max", "avg", "group", "stddev", "stdvar", "count", "count_values", "bottomk", "topk", "quantile"}
)
_WORDS = frozenset({"and", "or", "unless", "bool", "atan2", "inf", "nan"})


@dataclass(frozen=True)
class Selector:
    """A metric and its matchers, each as (label, operator, value in quotes)."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for anything else, an expression among it."""
        found = _SELECTOR.fullmatch(text)
        if found and found[1] not in _AGGREGATES:
            return cls(found[1], tuple(_EACH.findall(found[2] or "")))
        if "(" in text or "[" in text:
            raise ValueError(
                'should be a selector such as http_requests_total{app="shop"}, without functions and ranges: raw '
                "counts are read, for sum(), rate() and increase() hide restarts"
            )
        raise ValueError('should look like http_requests_total{app="shop"}, a metric with matchers of its labels')

    def narrowed(self, label: str, value: str) -> Self:
        """The series of these that have that label value, which holds no quote."""
        return replace(self, matchers=(*self.matchers, (label, "=", f'"{value}"')))

    def is_part_of(self, whole: "Selector") -> bool:
        """Whether it is `whole` with further matchers."""
        return self.metric == whole.metric and set(whole.matchers) <= set(self.matchers)

    def __str__(self) -> str:
        said = ", ".join(map("".join, self.matchers))
        return f"{self.metric}{{{said}}}" if said else self.metric

    def samples(self, suffixes: tuple[str, ...], range_s: int) -> str:
        """The query for the raw samples of the last `range_s` seconds, of the metrics with these `suffixes` at one go:
        asked for one by one, a histogram's count could be of a later moment than its buckets."""
        if len(suffixes) == 1:
            return f"{replace(self, metric=self.metric + suffixes[0])}[{range_s}s]"
        names = "|".join(self.metric + suffix for suffix in suffixes)
        every = (("__name__", "=~", f'"{names}"'), *self.matchers)
        return f"{{{', '.join(map(''.join, every))}}}[{range_s}s]"


def selectors_in(expression: str) -> tuple[str, ...]:
    """Each selector that `expression` reads, without its range. Raises ValueError where it reads none, or the past."""
    found = tuple(dict.fromkeys(_selectors(_tokens(expression))))
    if not found:
        raise ValueError("reads no metric, so that it would say the same for ever")
    return found


def _tokens(expression: str) -> list[tuple[str, str]]:
    """Kind and text of each."""
    every = [(str(one.lastgroup), one[0]) for one in _TOKEN.finditer(expression)]
    return [token for token in every if token[0] != "blank"] + [("end", "")]


def _selectors(tokens: list[tuple[str, str]]) -> Iterator[str]:
    number = 0
    while number < len(tokens):
        kind, text = tokens[number]
        following = tokens[number + 1] if number + 1 < len(tokens) else ("end", "")
        if text.lower() == "offset" or text == "@":
            raise ValueError(f"reads the past ({text}), and what is now is due")
        if kind == "braces":
            yield text
        elif kind == "name" and text.lower() in _GROUPS:
            if following[1] == "(":
                number = next((n for n in range(number, len(tokens)) if tokens[n][1] == ")"), len(tokens))
        elif kind == "name" and text.lower() not in _AGGREGATES | _WORDS and following[1] != "(":
            if following[0] == "braces":
                number += 1
                text += following[1]
            yield text
        elif kind == "sign" and text in "{}[]\"'`":
            raise ValueError(f"has a {text} that is not closed, or matchers that are none")
        number += 1
