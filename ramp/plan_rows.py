"""The rows of the release directive: moments and stages, probes and gates, caps and what is read."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from ramp.allowed import (
    Cents,
    Confidence,
    Count,
    Margin,
    Minutes,
    Percent,
    PerSecond,
    Seconds,
    Times,
    allowed,
)
from ramp.forms import Text, distinct, shaped
from ramp.sourced_row import SourcedRow, Waivable
from ramp.validation import Row, nearest
from ramp.verdict import Grade

MomentId = Annotated[str, shaped(r"[a-z][a-z0-9_]*", "stage_10, a marker of pytest")]
Names = Annotated[tuple[Text, ...], Field(min_length=1), distinct("has {} twice")]


class Moment(Waivable):
    """A point of the release at which checks run; a stage is a moment with traffic and a hold.

    `confirms` are the requirement ids that must each be served by one of its checks before it may continue. One that
    is not `in_order` stands for itself, at any time; the checks of one that is not `observed` read no recording.
    `needs_moments` are those that must be concluded before a stage's traffic is set. What is in order and confirms
    something has to do so within `due_min` minutes of the GO.
    """

    id: MomentId
    explains: Text
    needs: tuple[Text, ...] = ()
    confirms: tuple[Text, ...] = ()
    due_min: Minutes | None = None
    in_order: bool = True
    observed: bool = True
    traffic_pct: Percent | None = None
    hold_min: Minutes | None = None
    needs_moments: tuple[Text, ...] | None = None
    on_yellow: Literal["continue", "hold"] = "hold"
    on_open_breach: Literal["continue", "hold"] = "hold"

    @property
    def what_it_asks(self) -> tuple[str, ...]:
        """Each fact of the release that it needs is something asked for by itself."""
        return (*super().what_it_asks, *self.needs)

    @property
    def is_stage(self) -> bool:
        return self.traffic_pct is not None

    @model_validator(mode="after")
    def _a_stage_has_traffic_and_a_hold(self) -> "Moment":
        if (self.traffic_pct is None) != (self.hold_min is None):
            raise ValueError("a stage has both traffic_pct and hold_min, any other moment neither")
        if self.is_stage != (self.needs_moments is not None):
            raise ValueError("a stage says needs_moments ([] where it needs none), any other moment does not")
        if (self.due_min is not None) != bool(self.confirms and self.in_order):
            raise ValueError(
                "what confirms lines in order says due_min, minutes after the GO; any other moment does not"
            )
        return self


class Reading(SourcedRow):
    look_every_min: Annotated[Minutes, allowed("between two looks nobody acts on a trigger", least=0.1, most=5)]
    window_min: Annotated[Minutes, allowed("what is averaged over more hides a breach", most=30)]
    warm_up_min: Annotated[float, allowed("longer than this nobody would look", least=0, most=30)]
    settling_min: Annotated[float, allowed("longer than this nobody would look", least=0, most=30)]
    fresh_min: Minutes
    samples_min: Annotated[Count, allowed("fewer prove nothing", least=5)]
    confidence_ratio: Confidence
    blind_min_max: Annotated[Minutes, allowed("nobody should be blind for longer", most=60)]
    anew_from_pct: Annotated[Percent, allowed("from half of the traffic on, nothing new proves nothing", most=50)]

    @model_validator(mode="after")
    def _every_look_sees_a_window_of_fresh_data(self) -> "Reading":
        if self.window_min < self.look_every_min:
            raise ValueError(
                f"window_min = {self.window_min:g} is under look_every_min = {self.look_every_min:g}: "
                "what happens between two looks would never be read"
            )
        if self.fresh_min > self.window_min:
            raise ValueError(
                f"fresh_min = {self.fresh_min:g} is over window_min = {self.window_min:g}: "
                "a window could hold nothing but old data"
            )
        return self


class ContradictionsRow(SourcedRow):
    """What cannot all be true of a canary and its control."""

    silence_probability: Annotated[float, allowed("no silence would ever be unlikely enough", least=1e-9, most=0.01)]
    over_ratio_max: Margin
    over_sigmas: Annotated[float, allowed("nothing would ever be beyond more", least=0, most=10)]
    alike_looks: Annotated[Count, allowed("a stage has no more looks than this", most=15)]
    alike_requests_min: Annotated[Count, allowed("no look has more than this", most=10_000)]
    keyed_least: Annotated[Count, allowed("fewer do not stand out, and more are no probe", least=10, most=1000)]


class Persistence(SourcedRow):
    breach_min: Minutes


class LoadRow(SourcedRow):
    """What load is brought: requests a second by the clock, the users who send them one at a time, and the checkouts
    of each stage."""

    canary_per_s: PerSecond
    control_per_s: PerSecond
    split_per_s: PerSecond
    canary_users: Count
    control_users: Count
    split_users: Count
    ramp_s: Seconds
    checkout_cents: Cents
    checkouts_per_stage: Annotated[Count, allowed("it is a number of payments", most=1_000)]

    @property
    def per_s(self) -> float:
        return self.canary_per_s + self.control_per_s + self.split_per_s


class Cadence(SourcedRow):
    card_every_min: Annotated[Minutes, allowed("nobody would know for longer", most=60)]


class Rollback(SourcedRow):
    budget_s: Annotated[Seconds, allowed("users would feel a bad release for longer", most=1800)]


class Mitigation(SourcedRow):
    """When the effect of a mitigation is told."""

    effect_after_min: Annotated[Minutes, allowed("nobody remembers why by then", most=60)]


class SignOff(SourcedRow):
    answer_min_max: Minutes
    expires_min: Minutes


class AskedByOthers(SourcedRow):
    fresh_min: Annotated[Minutes, allowed("what was decided longer ago says nothing of now", most=15)]


class Dashboards(SourcedRow):
    areas: Names


class Probe(Waivable):
    moments: Names


class PaymentsSettle(Probe):
    count: Count
    amount_cents: Cents


class Restore(Probe):
    rpo_s_max: Annotated[Seconds, allowed("more than half a day of writes would be lost", most=43_200)]
    rto_s_max: Annotated[Seconds, allowed("nobody waits half a day for the database", most=43_200)]


class Telemetry(Probe):
    markup_min: Times


class PostureProbe(Probe):
    """The signature is due at `signature_due`, one of its moments; before, a time until `due_before_t0_min` is."""

    signature_due: Text
    due_before_t0_min: Minutes
    lasts_h: Annotated[float, allowed("a release day is over by then", over=0, most=168)]

    @model_validator(mode="after")
    def _the_signature_is_due_at_one_of_them(self) -> "PostureProbe":
        if self.signature_due not in self.moments:
            raise ValueError(f"signature_due = '{self.signature_due}' is none of moments: it would never be due")
        return self


class RollbackProbe(Probe):
    """A drill of the rollback command is taken for at most so many days."""

    drill_days_max: Annotated[float, allowed("a release process changes within a month", over=0, most=30)]


class Probes(Row):
    confirmed_in_time: Probe
    start_time: Probe
    roster: Probe
    dashboards: Probe
    one_pager: Probe
    monitors: Probe
    caps_rules: Probe
    caps_refused: Probe
    caps_target: Probe
    payments_settle: PaymentsSettle
    restore: Restore
    prewarm: Probe
    telemetry: Telemetry
    redaction: Probe
    scanner: Probe
    posture: PostureProbe
    rollback: RollbackProbe
    heartbeat: Probe
    stable: Probe
    freeze: Probe
    control: Probe
    coverage: Probe


class Grades(SourcedRow):
    """By gate and stage, the grade that evidence must reach. `no_grade` are the gates of which any grade will do."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[str, Annotated[Grade, Field(strict=False)]]] = Field(init=False)

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
