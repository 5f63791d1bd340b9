"""Turning a file's contents into typed rows, with every error said at once and in plain words."""

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ramp.privacy.masking import scrub

_CHARACTERS_MAX = 1000


class Invalid(Exception):
    """A plan, release or scenario file cannot be used. `problems` holds one sentence for each error."""

    def __init__(self, file: str, problems: Sequence[str]) -> None:
        self.file = file
        self.problems = tuple(map(_one_line, problems))
        super().__init__("\n".join(f"{file}: {problem}" for problem in self.problems))


def _one_line(problem: str) -> str:
    """A key or value from a file may be of any length, and hold a line break."""
    shown = problem if problem.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in problem)
    return shown if len(shown) <= _CHARACTERS_MAX else f"{shown[:_CHARACTERS_MAX]}..."


class Row(BaseModel):
    """A row of a file: unknown keys are errors, nothing is taken for another type (no number is text, none is true or
    false), and what was read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _lists_are_tuples(cls, table: Any) -> Any:
        return _with_tuples(table)


def _with_tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_with_tuples, value))
    return {key: _with_tuples(each) for key, each in value.items()} if isinstance(value, dict) else value


Typed = TypeVar("Typed", bound=Row)


def read_toml(text: str, file: str) -> dict[str, Any]:
    """The table in `text`; raises Invalid with line and column where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(file, [f"is not TOML: {error}"]) from None
    except (ValueError, RecursionError):
        raise Invalid(file, ["holds a number with too many digits, or brackets too deep, to be read"]) from None


def typed(model: type[Typed], table: dict[str, Any], file: str) -> Typed:
    """`table` as `model`; raises Invalid naming key, offending value, what is allowed and the nearest name."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise Invalid(file, [_sentence(model, details) for details in error.errors()]) from None


def nearest(name: str, names: Iterable[str]) -> str:
    """` Did you mean 'x'?` for the closest of `names`, or nothing."""
    close = closest(name, names)
    return f" Did you mean '{close}'?" if close else ""


def closest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `name` was most likely meant to be, whatever its case."""
    by_folded = {known.casefold(): known for known in names}
    close = difflib.get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.5)
    return by_folded[close[0]] if close else None


# What pydantic calls by the names of Python, for somebody who wrote TOML.
_PLAINLY = {
    "float_type": "should be a number",
    "int_type": "should be a whole number",
    "finite_number": "should be a finite number",
    "bool_type": "should be true or false",
    "string_type": "should be text in quotes",
    "tuple_type": "should be a list",
    "model_type": "should be a table",
    "dict_type": "should be a table",
    "datetime_type": "should be a time, for example 2026-11-24T08:00:00Z",
    "too_short": "should hold at least one",
}


def _sentence(model: type[BaseModel], details: Any) -> str:
    is_of_key = "[key]" in details["loc"]  # pydantic's word for a key, and not its value
    either = {row.__name__ for row in _rows(Row)}  # pydantic names the row where a key may hold one of several
    location = [part for part in details["loc"] if part != "[key]" and part not in either]
    *parents, last = location or ("",)
    key = _dotted(location)
    if details["type"] == "extra_forbidden":
        names = _names_in(model, parents)
        allowed = f" Known here: {', '.join(names)}." if names else ""
        return f"{key}: there is no such key.{nearest(str(last), names)}{allowed}"
    if details["type"] == "missing":
        return f"{key}: is missing."
    told = details["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    reason = _PLAINLY.get(details["type"], told)
    is_table = isinstance(details["input"], dict | BaseModel)
    is_whole = details["type"] == "value_error" and isinstance(details["input"], tuple)
    value = "" if is_of_key or is_table or is_whole else f" = {_shown(details['input'])}"
    return f"{key}{value}: {reason[0].lower()}{reason[1:]}."


def _rows(row: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in row.__subclasses__():
        yield each
        yield from _rows(each)


def _dotted(location: Sequence[int | str]) -> str:
    dotted = ""
    for part in location:
        dotted += f"[{part}]" if isinstance(part, int) else f".{part}" if dotted else part
    return dotted or "the file"


def _shown(value: Any) -> str:
    """`value` as it stands in the file, but for secrets: a key in the place of its variable's name is a likely slip."""
    try:
        text = scrub(repr(list(value) if isinstance(value, tuple) else value))
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."


def _names_in(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    """The keys that the table at `path` may have."""
    here: Any = model
    for part in path:
        if isinstance(part, str) and hasattr(here, "model_fields") and part in here.model_fields:
            here = here.model_fields[part].annotation
        here = _row_within(here)
    return sorted(here.model_fields) if hasattr(here, "model_fields") else []


def _row_within(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = [_row_within(argument) for argument in get_args(annotation)]
    return next((row for row in found if isinstance(row, type) and issubclass(row, BaseModel)), annotation)
