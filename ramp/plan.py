"""The release directive: its rows, and what each moment requires of it."""

from collections.abc import Mapping
from functools import cached_property
from typing import TypeVar

from ramp.both_worse_row import BothWorseRow
from ramp.domains import Domains
from ramp.evidence_row import EvidenceRow
from ramp.forms import Text
from ramp.money_rows import CapsRow, Refunds
from ramp.noise_row import NoiseRow
from ramp.plan_rows import (
    AskedByOthers,
    Cadence,
    ContradictionsRow,
    Dashboards,
    Grades,
    LoadRow,
    Mitigation,
    Moment,
    Persistence,
    Probe,
    Probes,
    Reading,
    Rollback,
    SignOff,
)
from ramp.sourced_row import Line, SourcedRow, Waivable
from ramp.split_row import SplitRow
from ramp.start_time_row import StableRow, StartTimeRow
from ramp.validation import Row, nearest
from ramp.what_applies import said, why_not

__all__ = ["Moment", "Plan", "Probe"]

# The stage of what is seen before T-0 while the suite sends requests by the routing keys.
KEYED = "keyed"
# The stage of what is seen at the instant at which a weight was set: it ends what came before, and begins the stage.
SETTING = "setting"
GateRow = TypeVar("GateRow", bound=SourcedRow)


class Plan(Row):
    """The directive. Made by `directive.parse`, which also checks the rows against each other. `gates` has a row for
    each gate, of the type that its own file names."""

    moments: tuple[Moment, ...]
    reading: Reading
    evidence: EvidenceRow
    noise: NoiseRow
    both_worse: BothWorseRow
    contradictions: ContradictionsRow
    split: SplitRow
    persistence: Persistence
    caps: CapsRow
    refunds: Refunds
    cadence: Cadence
    rollback: Rollback
    mitigation: Mitigation
    start_time: StartTimeRow
    stable: StableRow
    signoff: SignOff
    asked_by_others: AskedByOthers
    domains: Domains
    dashboards: Dashboards
    load: LoadRow
    probes: Probes
    gates: Row
    grades: Grades
    rulings: tuple[SourcedRow, ...] = ()
    sentences: dict[str, Text]
    lines: dict[str, Line] = {}

    @cached_property
    def stages(self) -> tuple[Moment, ...]:
        """The moments with traffic, in the order of the ramp."""
        return tuple(moment for moment in self.moments if moment.is_stage and moment.applies)

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
            needs_moments=(),
        )

    @cached_property
    def planned_pct(self) -> Mapping[str, int | None]:
        """The canary's share at every moment that can be observed; None where the plan says none."""
        return {self.placebo.id: None, KEYED: 0, SETTING: None} | {
            moment.id: moment.traffic_pct for moment in self.moments if moment.observed
        }

    @cached_property
    def checks(self) -> dict[str, Waivable]:
        """Every probe and gate by its id, as the plan lists them, also one that does not apply."""
        return dict(self.probes) | dict(self.gates)

    def why_not(self, check: str) -> str | None:
        """The owner's reason why `check` does not apply; None where it does."""
        return why_not(self.checks[check], self.lines)

    @cached_property
    def gates_that_apply(self) -> tuple[str, ...]:
        return tuple(name for name in type(self.gates).model_fields if self.why_not(name) is None)

    @cached_property
    def not_applied(self) -> tuple[str, ...]:
        """What does not apply to this release, a line for each reason."""
        return said(self)

    def is_out(self, moment: str) -> bool:
        """Whether users may have met the release at `moment`: before the first stage none has, and nothing is there to
        be rolled back."""
        ids = [each.id for each in self.moments if each.in_order]
        return moment not in ids[: ids.index(self.stages[0].id)]

    def gate(self, row: type[GateRow]) -> GateRow:
        """The row of the gate whose rows are of this type."""
        return next(of for _, of in self.gates if isinstance(of, row))

    def moments_of(self, check: str) -> tuple[str, ...]:
        """The moments at which `check` runs, of those that apply: a probe's own list, every stage for a gate."""
        row = self.checks[check]
        if self.why_not(check) is not None:
            return ()
        stages = tuple(stage.id for stage in self.stages)
        return tuple(id for id in row.moments if self.moment(id).applies) if isinstance(row, Probe) else stages

    def required(self, moment: str) -> tuple[str, ...]:
        """The checks that `moment` requires, in the plan's order: what a decision walks."""
        return self._checks_of.get(moment, ())

    @cached_property
    def _checks_of(self) -> Mapping[str, tuple[str, ...]]:
        moments_of = {check: self.moments_of(check) for check in self.checks}
        return {
            each.id: tuple(check for check, moments in moments_of.items() if each.id in moments)
            for each in self.moments
        }

    def needed_before(self, moment: str) -> tuple[str, ...]:
        """The moments that must be concluded before the traffic of `moment` is set, with all that those need."""
        direct = self.moment(moment).needs_moments or ()
        needed = {each for one in direct for each in (one, *self.needed_before(one))}
        return tuple(each.id for each in self.moments if each.id in needed)

    def following(self, moment: str) -> Moment | None:
        """The moment after `moment` in the order of the ramp; None after the last, and for one that is not in order."""
        in_order = [each for each in self.moments if each.in_order]
        ids = [each.id for each in in_order]
        at = ids.index(moment) + 1 if moment in ids else len(ids)
        return next((each for each in in_order[at:] if each.applies), None)

    def unserved(self, moment: str) -> tuple[str, ...]:
        """The ids that `moment` must confirm, but for those that do not apply, and that none of its checks serves."""
        return self._unserved_of[self.moment(moment).id]

    @cached_property
    def _unserved_of(self) -> Mapping[str, tuple[str, ...]]:
        return {each.id: self._not_served(each.id) for each in self.moments}

    def _not_served(self, moment: str) -> tuple[str, ...]:
        served = {id for check in self.required(moment) for id in self.checks[check].ids}
        served |= {id for id, line in self.lines.items() if not line.applies}
        return tuple(id for id in self.moment(moment).confirms if id not in served)

    def owner_says(self, check: str) -> tuple[str, ...]:
        """The owner's sentences that `check` serves, each with its id in front."""
        return tuple(f"{id}: {self.sentences[id]}" for id in self.checks[check].ids)

    @cached_property
    def assumptions(self) -> tuple[str, ...]:
        """The notes of every assumption in force, for the owner to acknowledge; what nothing enforces yet says so."""
        rows = [row for row in self.sourced_rows().values() if row.source == "assumption"]
        assumed = [row for row in rows if not isinstance(row, Waivable) or why_not(row, self.lines) is None]
        return tuple(f"{row.note}{' (Not enforced yet.)' if row.not_enforced_yet else ''}" for row in assumed)

    def not_enforced_yet(self, id: str) -> tuple[str, ...]:
        """What is asked for the owner's sentence `id` and nothing enforces yet: `[cadence] card_every_min`."""
        rows = {place: row for place, row in self.sourced_rows().items() if id in row.ids and row.not_enforced_yet}
        named = {row.id if isinstance(row, Moment) else place: row.not_enforced_yet for place, row in rows.items()}
        return tuple(f"[{name}] {', '.join(fields)}" for name, fields in named.items())

    def sourced_rows(self) -> dict[str, SourcedRow]:
        """Every row that says where it comes from, by its place in the file."""
        rows: dict[str, SourcedRow] = {f"moments[{number}]": row for number, row in enumerate(self.moments)}
        fields = {name: getattr(self, name) for name in type(self).model_fields}  # without what is cached of them
        rows |= {name: row for name, row in fields.items() if isinstance(row, SourcedRow)}
        rows |= {f"probes.{name}": row for name, row in self.probes} | {
            f"gates.{name}": row for name, row in self.gates
        }
        return rows | {f"rulings[{number}]": row for number, row in enumerate(self.rulings)}
