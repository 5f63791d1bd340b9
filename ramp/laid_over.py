"""A plan of a release's own that says only what it changes: laid over the directive, row by row."""

from collections.abc import Mapping
from typing import Any

from ramp.validation import Invalid, nearest

KEY, DIRECTIVE = "lays_over", "directive"


def laid_over(table: Mapping[str, Any], directive: Mapping[str, Any], file: str) -> dict[str, Any]:
    """The directive with what `table` of `file` says in its place: tables key by key, the rows of a list by their id,
    all else as a whole. Raises Invalid where it lays over anything else, or changes a row that there is not."""
    if table[KEY] != DIRECTIVE:
        raise Invalid(file, [f'{KEY} = {table[KEY]!r}: only {KEY} = "{DIRECTIVE}" is known.'])
    problems: list[str] = []
    over = _merged(directive, {key: said for key, said in table.items() if key != KEY}, "", problems)
    if problems:
        raise Invalid(file, problems)
    return over


def _merged(base: Mapping[str, Any], over: Mapping[str, Any], place: str, problems: list[str]) -> dict[str, Any]:
    merged = dict(base)
    for key, said in over.items():
        had, at = base.get(key), f"{place}{key}"
        if isinstance(had, Mapping) and isinstance(said, Mapping):
            merged[key] = _merged(had, said, f"{at}.", problems)
        elif isinstance(had, list) and _has_ids(had) and isinstance(said, list):
            merged[key] = _by_id(had, said, at, problems)
        else:
            merged[key] = said
    return merged


def _by_id(base: list[Any], over: list[Any], place: str, problems: list[str]) -> list[Any]:
    rows = {row["id"]: row for row in base}
    for number, said in enumerate(over):
        id = said.get("id") if isinstance(said, Mapping) else None
        if not isinstance(id, str) or id not in rows:
            problems.append(f"{place}[{number}].id = {id!r}: the directive has no such row.{nearest(str(id), rows)}")
        else:
            rows[id] = _merged(rows[id], said, f"{place}.{id}.", problems)
    return list(rows.values())


def _has_ids(rows: list[Any]) -> bool:
    return bool(rows) and all(isinstance(row, Mapping) and "id" in row for row in rows)
