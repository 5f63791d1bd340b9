"""A simulated world whose looks the real judge judges: observations of a release, and what its gates say of them."""

from collections.abc import Iterator
from dataclasses import replace
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
from ramp.sign_off import Accepts, SignedOff, accepted_of, released, worsened
from ramp.stable import Stable, with_look
from ramp.verdict import Colour
from tests.simulation.people import CODE
from tests.simulation.shop import REGRESSIONS, SOUND, Shop
from tests.simulation.world import AFTER, BEFORE, World

ONE_USD = 100


class JudgedWorld(World):
    """As a World, but nobody says what a look comes to: the judge finds it in what the shop counts."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.plan = the_plan()
        self.regression = REGRESSIONS[self.random.choice(list(REGRESSIONS))]
        self.out_from, self.out_for = self._often(90), self.random.choice((1.0, 6.0, 40.0))
        self.loses_all = self._trouble(0.5)
        self.asked: Accepts = ()
        self.in_force: SignedOff | None = None
        self.shop = Shop(self.seed)
        self.judge, self.hold, self.stable, self.spent = (
            Judge(self.plan, DEFAULT_GATES),
            HoldClock(),
            Stable(),
            Spend(0, 0, 0),
        )
        self.last: Looked | None = None
        for one in self.shop.placebo_hour():
            self.judge.add(one)
        self.judge.end()
        self._pay(5)

    def _goes_down(self) -> None:
        """Its clock begins anew. Its judge is the fold of what was recorded, which the one before has made already."""
        self.hold, self.last = HoldClock(), None

    def _look(self) -> h.Looked | None:
        """As conduct/loop.py looks: while users may be with the canary."""
        paid = self._pay(self._due()) if self.ramp.phase in (Phase.HOLDING, Phase.ENDING) else 0
        self.shop.go_on(self.at_min, self.weight_pct, self.regression if self._is_bad() else SOUND, payments=paid)
        if not self.ramp.is_out or (self.ramp.phase is Phase.SETTING and not self.ramp.blocks):
            return None
        moment, self.looked_at = self.ramp.stage, self.at_min
        before, self.last = self.last, self._judged(moment, self.ramp.planned_pct)
        self._void_what_is_worse()
        seen = may_rise(self.plan, self.last, self.in_force)
        self.outlook = seen.of
        if seen.of == "within" and (why := next(self._unproven(), "")):
            self._breaks(f"a look could let traffic rise {why}")
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
        if is_out and self.loses_all and stage != SETTING:
            return None
        for one in self.shop.seen(stage, pct, is_out=is_out):
            self.judge.add(one)
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

    def play(self, most_min: float = 220) -> "JudgedWorld":
        super().play(most_min)
        return self

    @property
    def stable_min(self) -> float:
        return self.stable.minutes

    def _share_seen(self) -> None:
        super()._share_seen()
        self.in_force = None
        self.hold.share_seen(self.ramp.moment, self.at_min)

    def _set(self, command: o.SetWeight, fails: bool) -> h.Event:
        """What came before another weight is no part of the stage (StageDriver.mark_change)."""
        came, self.in_force = super()._set(command, fails), None
        if self.weight_pct == command.to_pct:
            self.at_min += 0.05
            self.shop.go_on(self.at_min, command.from_pct, SOUND)
            self._judged(SETTING, command.to_pct)
        return came

    def _not_allowed(self, command: o.SetWeight) -> Iterator[str]:
        yield from super()._not_allowed(command)
        if command.from_pct:
            yield from self._unproven()

    def _unproven(self) -> Iterator[str]:
        """What the last look says against more traffic, and nobody signed off."""
        if self.last is None:
            yield "after a look that saw nothing"
            return
        accepted = dict(self.in_force.accepts) if self.in_force else {}
        for name, found in self.last.findings.items():
            if found.colour in (Colour.RED, Colour.NO_DATA) and accepted.get(name) != found.colour.word:
                yield f"while {name} is {found.colour.word}"

    def _ask(self, command: o.AskSignOff) -> None:
        super()._ask(command)
        self.asked = accepted_of(self.last.wordless()) if self.last else ()

    def _is_true_now(self, event: h.Event) -> None:
        super()._is_true_now(event)
        if isinstance(event, h.SignedOff) and event.moment == self.ramp.moment and self.people.is_signed:
            self.in_force = SignedOff(code=event.code, by=event.by, accepts=self.asked)

    def _is_held_anew(self) -> None:
        super()._is_held_anew()
        self.in_force = None

    def _void_what_is_worse(self) -> None:
        """As conduct/asking.py looks after what was signed off."""
        seen = self.last.wordless() if self.last else {}
        if self.in_force and (why := worsened(self.in_force.accepts, seen)):
            self.in_force, self.people.is_signed = None, False
            self.to_come = [(due, _without_sign_off(event)) for due, event in self.to_come]
            self._happen(h.AskVoided(self.ramp.moment, CODE, why))

    def owed(self) -> Iterator[str]:
        yield from super().owed()
        if self.spent.count > OWNERS.count_max or self.spent.total_cents > OWNERS.total_cents_max:
            yield f"{self.spent} is over the caps"
        if self.shop.payments > OWNERS.count_max:
            yield f"{self.shop.payments} payments were made"

    def _concluded(self, command: o.Conclude) -> h.Event:
        """As of the look that ended it, by the rule that pytest concludes by."""
        if command.moment in BEFORE:
            return h.Concluded(command.moment, "CONTINUE" if self.people.approves else "HOLD")
        if command.moment == AFTER.moment and not (self.last and self.last.trigger):
            return h.Concluded(command.moment, "CONTINUE" if self.stable.minutes >= AFTER.hold_min else "HOLD")
        if self.last is None:
            return h.Concluded(command.moment, "HOLD", "nothing was seen")
        seen = self.last.wordless()
        decision = decide(self.plan, command.moment, seen, self.last.held_min, required=DEFAULT_GATES)
        decision = released(self.plan, decision, seen, self.in_force)
        return h.Concluded(command.moment, decision.action.value, decision.reason)


def _without_sign_off(event: h.Event) -> h.Event:
    """What is being judged meanwhile is concluded without it."""
    return replace(event, action="HOLD") if isinstance(event, h.Concluded) else event


@cache
def the_plan() -> Plan:
    return load_plan()
