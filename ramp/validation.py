"""Turning a file's contents into typed rows, with every error said at once and in plain words."""

import difflib
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from ramp.masking import scrub


class Invalid(Exception):
    """A plan, release or scenario file cannot be used. `problems` holds one sentence for each error."""

    def __init__(self, file: str, problems: Sequence[str]) -> None:
        super().__init__("\n".join(f"{file}: {problem}" for problem in problems))
        self.file = file
        self.problems = tuple(problems)


class Row(BaseModel):
    """A row of a file: unknown keys are errors, and what was read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Typed = TypeVar("Typed", bound=Row)


def read_toml(text: str, file: str) -> dict[str, Any]:
    """The table in `text`; raises Invalid with line and column where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(file, [f"is not TOML: {error}"]) from None


def typed(model: type[Typed], table: dict[str, Any], file: str) -> Typed:
    """`table` as `model`; raises Invalid naming key, offending value, what is allowed and the nearest name."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise Invalid(file, [_sentence(model, details) for details in error.errors()]) from None


def nearest(name: str, names: Iterable[str]) -> str:
    """` Did you mean 'x'?` for the closest of `names`, or nothing."""
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""


def _sentence(model: type[BaseModel], details: Any) -> str:
    is_of_key = "[key]" in details["loc"]  # pydantic's word for a key, and not its value
    location = [part for part in details["loc"] if part != "[key]"]
    *parents, last = location or ("",)
    key = _dotted(location)
    if details["type"] == "extra_forbidden":
        names = _names_in(model, parents)
        allowed = f" Known here: {', '.join(names)}." if names else ""
        return f"{key}: there is no such key.{nearest(str(last), names)}{allowed}"
    if details["type"] == "missing":
        return f"{key}: is missing."
    reason = details["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    value = "" if is_of_key or isinstance(details["input"], dict) else f" = {_shown(details['input'])}"
    return f"{key}{value}: {reason[0].lower()}{reason[1:]}."


def _dotted(location: Sequence[int | str]) -> str:
    dotted = ""
    for part in location:
        dotted += f"[{part}]" if isinstance(part, int) else f".{part}" if dotted else part
    return dotted or "the file"


def _shown(value: Any) -> str:
    """`value` as it stands in the file, but for secrets: a key in the place of its variable's name is a likely slip."""
    text = scrub(repr(value))
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
