"""The plan as a file says it: read with the row of every gate in the table, and its rows checked against each other."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import create_model

from ramp.gates import GATES
from ramp.laid_over import KEY, laid_over
from ramp.plan import Moment, Plan, Probe
from ramp.plan_rows import Grades
from ramp.possible import impossible
from ramp.quoted import unquoted_in
from ramp.sound_rows import sentences_of, sound_rows
from ramp.sourced_row import SourcedRow
from ramp.validation import Invalid, Row, nearest, read_toml, typed
from ramp.what_applies import wrong

_rows: dict[str, Any] = {name: (kind.row, ...) for name, kind in GATES.items()}
Gates = create_model("Gates", __base__=Row, __module__=__name__, **_rows)
Directive = create_model("Directive", __base__=Plan, __module__=__name__, gates=(Gates, ...))


def parse(text: str, file: str = "ramp/plan.toml", directive: str = "") -> Plan:
    """The plan in `text`, laid over the text of the `directive` where it says so. Raises Invalid with every error in
    it: `file` is only named in messages."""
    table = read_toml(text, file)
    if KEY in table:
        table = laid_over(table, read_toml(directive, "ramp/plan.toml"), file)
    try:
        plan: Plan = typed(Directive, table, file)
    except Invalid as invalid:
        raise Invalid(file, [*invalid.problems, *_contradictions(sound_rows(table), sentences_of(table))]) from None
    problems = [*_dangling(plan), *_contradictions(plan.sourced_rows(), plan.sentences)]
    if problems:
        raise Invalid(file, problems)
    return plan


def from_table(table: dict[str, Any], file: str) -> Plan:
    """A plan that was parsed before, from what `Plan.model_dump(mode="json")` gave. Raises Invalid."""
    plan: Plan = typed(Directive, table, file)
    return plan


def _contradictions(rows: Mapping[str, SourcedRow], sentences: Mapping[str, str]) -> list[str]:
    """What rows say against each other, and against the owner."""
    return [*impossible(rows, sentences), *unquoted_in(rows, sentences)]


def _dangling(plan: Plan) -> list[str]:
    """References between rows that lead nowhere, and moments that are not in order."""
    moments = [moment.id for moment in plan.moments]
    stages = [moment.id for moment in plan.moments if moment.is_stage]
    problems = [f"moments: '{id}' is there twice." for id in sorted({id for id in moments if moments.count(id) > 1})]
    if "placebo" in moments:
        problems.append("moments: 'placebo' is the hour before T-0, which [evidence] describes; take another id.")
    for place, row in plan.sourced_rows().items():
        for id in row.ids:
            if id not in plan.sentences:
                key = "source" if id == row.source else "serves"
                why = 'neither "assumption" nor the id of one of [sentences]'
                problems.append(f"{place}.{key} = '{id}': is {why}.{nearest(id, plan.sentences)}")
    for moment in plan.moments:
        unknown = [id for id in moment.confirms if id not in plan.sentences]
        problems += [f"moments.{moment.id}.confirms = '{id}': is the id of none of [sentences]." for id in unknown]
        problems += _out_of_order(plan, moment, moments)
    for check, row in plan.checks.items():
        given = row.moments if isinstance(row, Probe) else ()
        problems += [_no_such("moment", f"probes.{check}.moments", id, moments) for id in given if id not in moments]
    problems += plan.domains.problems(list(plan.checks))
    problems += _ungraded(plan.grades, list(type(plan.gates).model_fields), stages)
    problems += wrong(plan)
    shares = [stage.traffic_pct or 0 for stage in plan.stages]
    if shares != sorted(set(shares)):
        problems.append(f"moments: the stages' traffic_pct must rise, they are {shares}.")
    return problems


def _out_of_order(plan: Plan, stage: Moment, moments: list[str]) -> Iterator[str]:
    """What `stage` needs before it and does not come before it."""
    key = f"moments.{stage.id}.needs_moments"
    for id in stage.needs_moments or ():
        if id not in moments:
            yield _no_such("moment", key, id, moments)
        elif plan.moment(id).in_order and moments.index(id) >= moments.index(stage.id):
            yield f"{key} = '{id}': does not come before {stage.id}, so that its traffic could never be set."


def _ungraded(grades: Grades, gates: list[str], stages: list[str]) -> list[str]:
    """Every gate has a grade for each stage, or stands in no_grade."""
    problems = [_no_such("gate", f"grades.{gate}", gate, gates) for gate in grades.rows if gate not in gates]
    problems += [_no_such("gate", "grades.no_grade", gate, gates) for gate in grades.no_grade if gate not in gates]
    for gate in gates:
        given = grades.rows.get(gate)
        if given is None and gate not in grades.no_grade:
            problems.append(f"grades: says neither a grade for '{gate}' nor that it has none (no_grade).")
        if given is not None and gate in grades.no_grade:
            problems.append(f"grades.no_grade = '{gate}': has a grade, so it cannot stand here.")
    for gate, given in grades.rows.items():
        problems += [f"grades.{gate}: says nothing for {stage}." for stage in stages if stage not in given]
        problems += [_no_such("stage", f"grades.{gate}.{id}", id, stages) for id in given if id not in stages]
    return problems


def _no_such(what: str, key: str, id: str, ids: list[str]) -> str:
    return f"{key}: no such {what} '{id}'.{nearest(id, ids)} Known: {', '.join(ids)}."
