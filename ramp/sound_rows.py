"""The rows of a plan that are whole, where others are not: what they contradict is said in the same go."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from ramp.gates import GATES
from ramp.plan import Plan
from ramp.plan_rows import Moment, Probes
from ramp.sourced_row import SourcedRow


def sound_rows(table: Mapping[str, Any]) -> dict[str, SourcedRow]:
    """By their places in the file. Of the moments all or none, for their limits are about the whole ramp."""
    moments, others = list(_read(_moments(table))), list(_read(_others(table)))
    whole = [] if any(row is None for _, row in moments) else moments
    return {place: row for place, row in (*whole, *others) if row is not None}


def sentences_of(table: Mapping[str, Any]) -> dict[str, str]:
    return {id: said for id, said in _table(table.get("sentences")).items() if isinstance(said, str)}


def _read(rows: Iterator[tuple[str, type[SourcedRow], Any]]) -> Iterator[tuple[str, SourcedRow | None]]:
    for place, kind, raw in rows:
        try:
            yield place, kind.model_validate(raw)
        except ValidationError:
            yield place, None


def _moments(table: Mapping[str, Any]) -> Iterator[tuple[str, type[SourcedRow], Any]]:
    rows = table.get("moments")
    for number, raw in enumerate(rows if isinstance(rows, list) else []):
        yield f"moments[{number}]", Moment, raw


def _others(table: Mapping[str, Any]) -> Iterator[tuple[str, type[SourcedRow], Any]]:
    for name, field in Plan.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, SourcedRow):
            yield name, field.annotation, table.get(name)
    gates, probes = _table(table.get("gates")), _table(table.get("probes"))
    for gate, kind in GATES.items():
        yield f"gates.{gate}", kind.row, gates.get(gate)
    for probe, field in Probes.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, SourcedRow):
            yield f"probes.{probe}", field.annotation, probes.get(probe)


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
