"""A rule of the house: what a row of the plan asks for is read, or the row says that nothing enforces it yet."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from house import MAY_IMPORT

# They read rows in order to say what is wrong in the file. `ramp.release` does so with the facts that a moment needs.
LOADING = ("allowed", "directive", "money_rows", "plan_rows", "possible", "quoted", "sound_rows", "sourced_row")
LOADED_BY, FACTS_LOADED_BY = {f"ramp.{name}" for name in LOADING}, "ramp.release"
VALIDATORS = ("model_validator", "field_validator")
# What answers for rows: a function of it reads nothing unless somebody asks for it.
ANSWERING = "ramp.plan"
WHERE_FROM = {"source", "serves", "note", "not_enforced_yet"}
# Rows whose keys are names of others, by which they are asked for: `grades.required("latency", "stage_10")`.
ASKED_FOR_BY = {"grades": "required", "sentences": "sentences"}
# What the rows of a group are called by whoever is handed one.
CALLED = {"moments": {"moment", "moments", "stages", "Moment"}, "probes": {"checks", "probes", "Probe"}}


@dataclass(frozen=True)
class Source:
    """What a module reads as an attribute, those and what it imports by name, and the modules that it imports from."""

    reads: frozenset[str]
    names: frozenset[str]
    modules: frozenset[str]


@dataclass(frozen=True)
class Asked:
    """One thing that a row asks for: `called` are the names by which code knows the row, `own` the row's own module."""

    place: str
    key: str
    called: frozenset[str]
    own: str = ""
    is_fact: bool = False


def every_plan_row_is_read(project: Path) -> list[str]:
    """By code that does more with it than to check the file. What nothing enforces yet says so, and for no longer."""
    table = tomllib.loads((project / "ramp" / "plan.toml").read_text("utf-8"))
    rows = dict(_rows(table))
    later = {(place, key) for place, row in rows.items() for key in row.get("not_enforced_yet", ())}
    served = {id for place, row in rows.items() if place.startswith(("probes.", "gates.")) for id in _ids(row)}
    checked = {place: sorted(_ids(row) & served) for place, row in rows.items() if "not_enforced_yet" in row}
    unread = sorted(unread_in(table, project) - later)
    return [f"ramp/plan.toml: nobody reads {key} of [{place}]" for place, key in unread] + [
        f"ramp/plan.toml: [{place}] says not_enforced_yet, and checks serve {', '.join(ids)}"
        for place, ids in checked.items()
        if ids
    ]


def unread_in(table: dict[str, Any], project: Path) -> set[tuple[str, str]]:
    """The place and the name of all that rows of `table` ask for and nothing in `project` reads."""
    sources = _sources(project)
    return {(asked.place, asked.key) for asked in _asked(table) if not _is_read(asked, sources)}


def _asked(table: dict[str, Any]) -> Iterator[Asked]:
    for place, row in _rows(table):
        group, _, name = place.partition(".")
        shared = set.intersection(*map(set, table[group].values())) if group == "probes" else set()
        for key in row.keys() - WHERE_FROM:
            if group in ASKED_FOR_BY:
                yield Asked(place, ASKED_FOR_BY[group], frozenset({group}))
            elif group == "moments" or key in shared:
                yield Asked(place, key, frozenset(CALLED[group]))
            else:
                yield Asked(place, key, frozenset({name or group}), f"ramp.{place}")
        yield from (Asked(place, fact, frozenset({fact}), is_fact=True) for fact in row.get("needs", ()))


def _is_read(asked: Asked, sources: Mapping[str, Source]) -> bool:
    """In a module that names the row, or in the row's own and what that imports."""
    near = {asked.own} | (sources[asked.own].modules if asked.own in sources else set())
    return any(
        asked.key in source.reads and (module in near or asked.called & source.names)
        for module, source in sources.items()
        if not (asked.is_fact and module == FACTS_LOADED_BY)
    )


def _rows(table: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row of the file by its place."""
    for name, value in table.items():
        if isinstance(value, list | tuple):
            yield from ((f"{name}.{row.get('id', number)}", row) for number, row in enumerate(value))
        elif name in ("probes", "gates"):
            yield from ((f"{name}.{id}", row) for id, row in value.items())
        else:
            yield name, value


def _ids(row: dict[str, Any]) -> set[str]:
    """The owner's sentences that `row` serves."""
    return {row.get("source", "assumption"), *row.get("serves", ())} - {"assumption"}


@cache
def _sources(project: Path) -> Mapping[str, Source]:
    """Each module of the project by its name."""
    rooms = [room for room in MAY_IMPORT if not room.endswith(".py")]
    files = [file for room in rooms for file in (project / room).rglob("*.py")] + list(project.glob("conftest.py"))
    named = {".".join(file.relative_to(project).with_suffix("").parts): file for file in files}
    trees = {module: ast.parse(file.read_text("utf-8")) for module, file in named.items() if module not in LOADED_BY}
    asked_for = {attr for module, tree in trees.items() if module != ANSWERING for attr in _attributes(tree)}
    found = {}
    for module, tree in trees.items():
        reads = frozenset(_attributes(tree, asked_for if module == ANSWERING else None))
        froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        imported = frozenset(each.name for node in froms for each in node.names)
        modules = frozenset(node.module or "" for node in froms)
        found[module] = Source(reads, reads | imported, modules)
    return found


def _attributes(tree: ast.AST, asked_for: set[str] | None = None) -> Iterator[str]:
    """Each attribute that is read in `tree`, but for what validators read, and functions that are not `asked_for`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            validates = any(ast.unparse(each).startswith(VALIDATORS) for each in node.decorator_list)
            if validates or (asked_for is not None and node.name not in asked_for):
                continue
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr
        yield from _attributes(node, asked_for)
