"""The release directive as typed rows: moments and stages, probes and gates, caps and rulings."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ramp.units import Unit, show
from ramp.validation import Invalid, Row, nearest, read_toml, typed
from ramp.verdict import Grade

Ratio = Annotated[float, Field(ge=0, le=1)]
Confidence = Annotated[float, Field(gt=0, lt=1)]
Minutes = Annotated[float, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0)]
Cents = Annotated[int, Field(gt=0, strict=True)]


class SourcedRow(Row):
    """A row that says where it comes from: a requirement id, or "assumption" with a note for the owner."""

    source: str
    serves: tuple[str, ...] = ()
    note: str | None = None

    @model_validator(mode="after")
    def _assumptions_carry_a_note(self) -> "SourcedRow":
        if self.source == "assumption" and not self.note:
            raise ValueError('an assumption needs a "note" that the owner can acknowledge')
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        """The requirement ids that this row serves."""
        return (() if self.source == "assumption" else (self.source,)) + self.serves


class Moment(SourcedRow):
    """A point of the release at which checks run; a stage is a moment with traffic and a hold.

    `confirms` are the requirement ids that must each be served by one of its checks before it may continue. One that
    is not `in_order` stands for itself, at any time; the checks of one that is not `observed` read no recording.
    """

    id: str
    explains: str
    needs: tuple[str, ...] = ()
    confirms: tuple[str, ...] = ()
    in_order: bool = True
    observed: bool = True
    traffic_pct: Annotated[int, Field(ge=1, le=100)] | None = None
    hold_min: Minutes | None = None
    on_yellow: Literal["continue", "hold"] = "hold"

    @property
    def is_stage(self) -> bool:
        return self.traffic_pct is not None

    @model_validator(mode="after")
    def _a_stage_has_traffic_and_a_hold(self) -> "Moment":
        if (self.traffic_pct is None) != (self.hold_min is None):
            raise ValueError("a stage has both traffic_pct and hold_min, any other moment neither")
        return self


class Reading(SourcedRow):
    look_every_min: Minutes
    window_min: Minutes
    warm_up_min: Annotated[float, Field(ge=0)]
    fresh_min: Minutes
    samples_min: Annotated[int, Field(ge=1)]
    confidence_ratio: Confidence
    blind_min_max: Minutes


class EvidenceRow(SourcedRow):
    red_e: Annotated[float, Field(gt=1)]
    yellow_e: Annotated[float, Field(gt=1)]
    proof_e: Annotated[float, Field(gt=1)]
    placebo_min_least: Annotated[float, Field(ge=10)]
    placebo_min_max: Minutes
    half_life_min: Minutes
    latency_bounds_s: tuple[Seconds, ...]
    latency_margin_ratio: Ratio
    errors_margin_ratio: Ratio
    cache_margin_ratio: Ratio


class Persistence(SourcedRow):
    breach_min: Minutes


class CapsRow(SourcedRow):
    count_max: Annotated[int, Field(gt=0, strict=True)]
    amount_cents_max: Cents
    total_cents_max: Cents

    @property
    def in_words(self) -> str:
        """`100 payments, $20.00 each, $1,500.00 in all`"""
        each, total = show(self.amount_cents_max, Unit.CENTS), show(self.total_cents_max, Unit.CENTS)
        return f"{self.count_max} payments, {each} each, {total} in all"


PerSecond = Annotated[float, Field(gt=0)]
Users = Annotated[int, Field(gt=0, strict=True)]


class LoadRow(SourcedRow):
    """What load is brought: requests a second by the clock, and the users who send them."""

    canary_per_s: PerSecond
    control_per_s: PerSecond
    split_per_s: PerSecond
    canary_users: Users
    control_users: Users
    split_users: Users
    ramp_s: Seconds
    checkout_cents: Cents
    checkout_every_s: Seconds
    checkouts_max: Annotated[int, Field(ge=0, strict=True)]

    @property
    def per_s(self) -> float:
        return self.canary_per_s + self.control_per_s + self.split_per_s


class Cadence(SourcedRow):
    card_every_min: Minutes


class Rollback(SourcedRow):
    budget_s: Seconds


class SignOff(SourcedRow):
    answer_min_max: Minutes
    expires_min: Minutes


class Domains(SourcedRow):
    names: tuple[str, ...]


class Dashboards(SourcedRow):
    areas: tuple[str, ...]


class Probe(SourcedRow):
    moments: tuple[str, ...]


class PaymentsSettle(Probe):
    count: Annotated[int, Field(gt=0)]
    amount_cents: Cents


class Restore(Probe):
    rpo_s_max: Seconds
    rto_s_max: Seconds


class Telemetry(Probe):
    markup_min: Annotated[float, Field(gt=0)]


class Probes(Row):
    caps_rules: Probe
    caps_refused: Probe
    caps_target: Probe
    payments_settle: PaymentsSettle
    restore: Restore
    prewarm: Probe
    telemetry: Telemetry
    coverage: Probe


class LatencyGate(SourcedRow):
    quantile_ratio: Ratio
    limit_s: Seconds


class ErrorsGate(SourcedRow):
    ratio_max: Ratio


class PaymentsGate(SourcedRow):
    success_ratio_min: Ratio


class CacheGate(SourcedRow):
    hit_ratio_min: Ratio


class DatabaseGate(SourcedRow):
    ratio_max: Ratio
    headroom_ratio: Ratio


class CostGate(SourcedRow):
    over_control_ratio_max: Ratio
    cost_trigger: Literal["persisted", "literal"]


class MarkupGate(SourcedRow):
    markup_min: Annotated[float, Field(gt=0)]
    margin_deviation_ratio_max: Ratio


class SyntheticsGate(SourcedRow):
    failures_max: Annotated[int, Field(ge=0)]


class ShareGate(SourcedRow):
    confidence_ratio: Confidence


class PrivacyGate(SourcedRow):
    findings_max: Annotated[int, Field(ge=0)]


class LoadGate(SourcedRow):
    achieved_ratio_min: Ratio


class Gates(Row):
    latency: LatencyGate
    errors: ErrorsGate
    payments: PaymentsGate
    cache: CacheGate
    database: DatabaseGate
    cost: CostGate
    markup: MarkupGate
    synthetics: SyntheticsGate
    share: ShareGate
    privacy: PrivacyGate
    load: LoadGate


class Grades(SourcedRow):
    latency: dict[str, Grade]
    errors: dict[str, Grade]
    cache: dict[str, Grade]
    cost: dict[str, Grade]

    def required(self, gate: str, stage: str) -> Grade:
        """The grade that `gate` needs at `stage`; C (any) for a gate that has no row."""
        rows: dict[str, Grade] = getattr(self, gate, {})
        return rows[stage] if rows else Grade.C


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
    for gate in ("latency", "errors", "cache", "cost"):
        given = tuple(getattr(plan.grades, gate))
        problems += [f"grades.{gate}: says nothing for {stage}." for stage in stages if stage not in given]
        problems += [_no_such("stage", f"grades.{gate}.{id}", id, stages) for id in given if id not in stages]
    shares = [stage.traffic_pct or 0 for stage in plan.stages]
    if shares != sorted(set(shares)):
        problems.append(f"moments: the stages' traffic_pct must rise, they are {shares}.")
    return problems


def _no_such(what: str, key: str, id: str, ids: list[str]) -> str:
    return f"{key}: no such {what} '{id}'.{nearest(id, ids)} Known: {', '.join(ids)}."
