"""The release directive: its rows checked against each other, and what each moment requires."""

from functools import cached_property

from ramp.plan_rows import (
    Cadence,
    CapsRow,
    Dashboards,
    Domains,
    EvidenceRow,
    Gates,
    Grades,
    LoadRow,
    Moment,
    Persistence,
    Probe,
    Probes,
    Reading,
    Rollback,
    SignOff,
    SourcedRow,
)
from ramp.validation import Invalid, Row, nearest, read_toml, typed

__all__ = ["Moment", "Plan", "Probe", "parse"]


class Plan(Row):
    """The directive. Made by `parse`, which also checks the rows against each other."""

    moments: tuple[Moment, ...]
    reading: Reading
    evidence: EvidenceRow
    persistence: Persistence
    caps: CapsRow
    cadence: Cadence
    rollback: Rollback
    signoff: SignOff
    domains: Domains
    dashboards: Dashboards
    load: LoadRow
    probes: Probes
    gates: Gates
    grades: Grades
    rulings: tuple[SourcedRow, ...] = ()
    sentences: dict[str, str]

    @cached_property
    def stages(self) -> tuple[Moment, ...]:
        """The moments with traffic, in the order of the ramp."""
        return tuple(moment for moment in self.moments if moment.is_stage)

    def moment(self, id: str) -> Moment:
        """The moment called `id`; raises KeyError naming the nearest one."""
        for moment in self.moments:
            if moment.id == id:
                return moment
        names = [moment.id for moment in self.moments]
        raise KeyError(f"no moment '{id}' in the plan.{nearest(id, names)} Known: {', '.join(names)}.")

    @cached_property
    def placebo(self) -> Moment:
        """The hour before T-0 in which a share of control plays the canary: observed like a stage, never judged."""
        row = self.evidence
        return Moment(
            id="placebo",
            source="assumption",
            note=row.note,
            explains="a share of control plays the canary, so that the judge learns how much equal slices differ",
            traffic_pct=self.stages[0].traffic_pct,
            hold_min=row.placebo_min,
        )

    @cached_property
    def checks(self) -> dict[str, SourcedRow]:
        """Every probe and gate by its id, as the plan lists them."""
        return dict(self.probes) | dict(self.gates)

    def moments_of(self, check: str) -> tuple[str, ...]:
        """The moments at which `check` runs: a probe's own list, every stage for a gate."""
        row = self.checks[check]
        return row.moments if isinstance(row, Probe) else tuple(stage.id for stage in self.stages)

    def required(self, moment: str) -> tuple[str, ...]:
        """The checks that `moment` requires, in the plan's order: what a decision walks."""
        return tuple(check for check in self.checks if moment in self.moments_of(check))

    def unserved(self, moment: str) -> tuple[str, ...]:
        """The ids that `moment` must confirm and that none of its checks serves."""
        served = {id for check in self.required(moment) for id in self.checks[check].ids}
        return tuple(id for id in self.moment(moment).confirms if id not in served)

    def owner_says(self, check: str) -> tuple[str, ...]:
        """The owner's sentences that `check` serves, each with its id in front."""
        return tuple(f"{id}: {self.sentences[id]}" for id in self.checks[check].ids)

    @cached_property
    def assumptions(self) -> tuple[str, ...]:
        """The notes of every assumption in force, for the owner to acknowledge."""
        return tuple(row.note for row in self._sourced_rows().values() if row.source == "assumption" and row.note)

    def _sourced_rows(self) -> dict[str, SourcedRow]:
        """Every row that says where it comes from, by its place in the file."""
        rows: dict[str, SourcedRow] = {f"moments[{number}]": row for number, row in enumerate(self.moments)}
        rows |= {name: row for name, row in self if isinstance(row, SourcedRow)}
        rows |= {f"probes.{name}": row for name, row in self.probes} | {
            f"gates.{name}": row for name, row in self.gates
        }
        return rows | {f"rulings[{number}]": row for number, row in enumerate(self.rulings)}


def parse(text: str, file: str = "ramp/plan.toml") -> Plan:
    """The plan in `text`. Raises Invalid with every error in it: `file` is only named in messages."""
    plan = typed(Plan, read_toml(text, file), file)
    problems = _dangling(plan)
    if problems:
        raise Invalid(file, problems)
    return plan


def _dangling(plan: Plan) -> list[str]:
    """References between rows that lead nowhere, and moments that are not in order."""
    moments = [moment.id for moment in plan.moments]
    stages = [stage.id for stage in plan.stages]
    problems = [f"moments: '{id}' is there twice." for id in sorted({id for id in moments if moments.count(id) > 1})]
    for place, row in plan._sourced_rows().items():
        for id in row.ids:
            if id not in plan.sentences:
                key = "source" if id == row.source else "serves"
                why = 'neither "assumption" nor the id of one of [sentences]'
                problems.append(f"{place}.{key} = '{id}': is {why}.{nearest(id, plan.sentences)}")
    for moment in plan.moments:
        wrong = [id for id in moment.confirms if id not in plan.sentences]
        problems += [f"moments.{moment.id}.confirms = '{id}': is the id of none of [sentences]." for id in wrong]
    for check, row in plan.checks.items():
        given = row.moments if isinstance(row, Probe) else ()
        problems += [_no_such("moment", f"probes.{check}.moments", id, moments) for id in given if id not in moments]
    problems += _ungraded(plan.grades, list(type(plan.gates).model_fields), stages)
    shares = [stage.traffic_pct or 0 for stage in plan.stages]
    if shares != sorted(set(shares)):
        problems.append(f"moments: the stages' traffic_pct must rise, they are {shares}.")
    return problems


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
