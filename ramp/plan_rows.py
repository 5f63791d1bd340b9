"""The rows of the release directive: moments and stages, probes and gates, caps and what is read."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from ramp.units import Unit, show
from ramp.validation import Row, nearest
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
    on_open_breach: Literal["continue", "hold"] = "hold"

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
    anew_from_pct: Annotated[int, Field(ge=1, le=100)]


class EvidenceRow(SourcedRow):
    red_e: Annotated[float, Field(gt=1)]
    yellow_e: Annotated[float, Field(gt=1)]
    proof_e: Annotated[float, Field(gt=1)]
    placebo_min: Minutes
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


class Grades(SourcedRow):
    """By gate and stage, the grade that evidence must reach. `no_grade` are the gates of which any grade will do."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[str, Grade]] = Field(init=False)

    no_grade: tuple[str, ...]

    @property
    def rows(self) -> dict[str, dict[str, Grade]]:
        return self.__pydantic_extra__

    def required(self, gate: str, stage: str) -> Grade:
        """The grade that `gate` needs at `stage`: C (any) where it has none. Raises KeyError for another gate or stage,
        naming the nearest gate."""
        if gate in self.no_grade:
            return Grade.C
        if gate not in self.rows:
            known = [*self.rows, *self.no_grade]
            raise KeyError(f"no gate '{gate}' in [grades].{nearest(gate, known)} Known: {', '.join(known)}.")
        return self.rows[gate][stage]
