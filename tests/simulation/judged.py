"""A simulated world whose looks the real judge judges: observations of a release, and what its gates say of them."""

from collections.abc import Iterator
from functools import cache

from conduct.run import load_plan
from ramp import happened as h
from ramp import ordered as o
from ramp.caps import OWNERS, CapExceeded, Spend, admit
from ramp.conducted import Phase
from ramp.decision import decide
from ramp.hold_clock import HoldClock
from ramp.judge import Judge, Looked
from ramp.load import checkouts_of
from ramp.may_rise import may_rise
from ramp.plan import SETTING, Plan
from ramp.replay import DEFAULT_GATES
from ramp.stable import observed_stable, with_look
from ramp.verdict import Colour
from tests.simulation.shop import REGRESSIONS, SOUND, Shop
from tests.simulation.world import AFTER, World

ONE_USD = 100


class JudgedWorld(World):
    """As a World, but nobody says what a look comes to: the judge finds it in what the shop counts."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.plan = the_plan()
        self.regression = REGRESSIONS[self.random.choice(list(REGRESSIONS))]
        self.out_from, self.out_for = self._often(90), self.random.choice((1.0, 6.0, 40.0))
        self.shop = Shop(self.seed)
        self.recorded = self.shop.placebo_hour()
        self.spent = Spend(0, 0, 0)
        self._begin_to_judge()
        self._pay(5)

    def _begin_to_judge(self) -> None:
        """A conductor's judge knows what was recorded, and its clock begins anew."""
        self.judge, self.hold, self.last = Judge(self.plan, DEFAULT_GATES), HoldClock(), None
        self.stable = observed_stable(self.plan, self.recorded, DEFAULT_GATES)
        for one in self.recorded:
            self.judge.add(one)
        self.judge.end()

    def _goes_down(self) -> None:
        self._begin_to_judge()

    def _look(self) -> h.Looked | None:
        """As conduct/loop.py looks: while users may be with the canary."""
        paid = self._pay(self._due()) if self.ramp.phase in (Phase.HOLDING, Phase.ENDING) else 0
        self.shop.go_on(self.at_min, self.weight_pct, self.regression if self._is_bad() else SOUND, payments=paid)
        if not self.ramp.is_out or (self.ramp.phase is Phase.SETTING and not self.ramp.blocks):
            return None
        moment, self.looked_at = self.ramp.stage, self.at_min
        before, self.last = self.last, self._judged(moment, self.ramp.planned_pct)
        seen = may_rise(self.plan, self.last)
        self.outlook = seen.of
        if self.last:
            self._look_at_stable(self.last)
        if self.last and self.last.trigger and self.fired_at is None:
            self.fired_at = self.at_min
        if self.last:
            self.hold.looked(moment, self.last.red_min)
        if (self.last and self.last.red) or (before and before.red):
            self.red_min += 1
        under_way = self.ramp.phase in (Phase.HOLDING, Phase.ENDING)
        held_min = self.hold.held_min(moment, self.at_min) if under_way else 0.0
        held_min = self.stable.minutes if self.ramp.in_stable_hours else held_min
        elapsed_min = self.hold.elapsed_min(moment, self.at_min) if under_way else 0.0
        return h.Looked(seen.of, held_min, elapsed_min, seen.reason, seen.check, seen.page)

    def _look_at_stable(self, looked: Looked) -> None:
        before, self.stable = self.stable, with_look(self.plan, self.stable, looked)
        if self.ramp.in_stable_hours and self.stable.broken != before.broken:
            self._happen(h.Broken(self.stable.broken[-1]))

    def _judged(self, stage: str, pct: float) -> Looked | None:
        is_out = self.out_from <= self.at_min < self.out_from + self.out_for
        for one in (seen := self.shop.seen(stage, pct, is_out=is_out)):
            self.judge.add(one)
        self.recorded += seen
        return self.judge.end()

    def _due(self) -> int:
        """What load pays in a minute of this stage."""
        stage = self.plan.moment(self.ramp.stage)
        return -(-checkouts_of(self.plan, stage, 60.0 * (stage.hold_min or 1)).count // int(stage.hold_min or 1))

    def _pay(self, count: int) -> int:
        """As many of `count` payments of $1 as the caps let pass. The ledger outlives every conductor."""
        made = 0
        for _ in range(count):
            try:
                admit(OWNERS, self.spent, ONE_USD)
            except CapExceeded:
                break
            self.spent, made = self.spent + Spend(1, 0, ONE_USD), made + 1
        return made

    def _share_seen(self) -> None:
        super()._share_seen()
        self.hold.share_seen(self.ramp.moment, self.at_min)

    def _set(self, command: o.SetWeight, fails: bool) -> h.Event:
        """What came before another weight is no part of the stage (StageDriver.mark_change)."""
        came = super()._set(command, fails)
        if self.weight_pct == command.to_pct:
            self.at_min += 0.05
            self.shop.go_on(self.at_min, command.from_pct, SOUND)
            self._judged(SETTING, command.to_pct)
        return came

    def _not_allowed(self, command: o.SetWeight) -> Iterator[str]:
        yield from super()._not_allowed(command)
        if command.from_pct == 0:
            return
        if self.last is None:
            yield "after a look that saw nothing"
            return
        for name, found in self.last.findings.items():
            if found.colour in (Colour.RED, Colour.NO_DATA):
                yield f"while {name} is {found.colour.word}"

    def owed(self) -> Iterator[str]:
        yield from super().owed()
        if self.spent.count > OWNERS.count_max or self.spent.total_cents > OWNERS.total_cents_max:
            yield f"{self.spent} is over the caps"
        if self.shop.payments > OWNERS.count_max:
            yield f"{self.shop.payments} payments were made"

    def _concluded(self, command: o.Conclude) -> h.Event:
        """As of the look that ended it, by the rule that pytest concludes by."""
        if command.moment == "t_minus_10":
            return h.Concluded(command.moment, "CONTINUE" if self.approves else "HOLD")
        if command.moment == AFTER.moment and not (self.last and self.last.trigger):
            return h.Concluded(command.moment, "CONTINUE" if self.stable.minutes >= AFTER.hold_min else "HOLD")
        if self.last is None:
            return h.Concluded(command.moment, "HOLD", "nothing was seen")
        decision = decide(self.plan, command.moment, self.last.in_brief(), self.last.held_min, required=DEFAULT_GATES)
        return h.Concluded(command.moment, decision.action.value, decision.reason)


@cache
def the_plan() -> Plan:
    return load_plan()
