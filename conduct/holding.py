"""Holding a stage, the one way there is: a look at every mark of a monotonic clock, and at once what follows from it.

`conduct/loop.py` conducts a whole ramp by it; `conduct/observing.py` watches one moment, and carries nothing out.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from conduct.run import Run
from conduct.stable_hours import StableHours
from ramp.conducted import Phase, Ramp
from ramp.conductor import step
from ramp.happened import Broken, Event, Looked, WeightRead
from ramp.hold_clock import HoldClock
from ramp.may_rise import Outlook, may_rise
from ramp.ordered import Command
from ramp.plan import Moment
from ramp.sign_off import SignedOff
from ramp.verdict import Verdict

if TYPE_CHECKING:
    from conduct.stage_driver import StageDriver

_TURN_S = 0.02


class Hands(Protocol):
    """What a stage is held with: what looks at it, what is heard, where it is written down, who carries orders out."""

    @property
    def driver(self) -> "StageDriver": ...

    def row(self, moment: str) -> Moment:
        """The plan's row of the moment that is held."""

    def read_weight(self) -> WeightRead: ...

    def came_in(self) -> Iterable[Event]:
        """What has happened since it was last asked."""

    def judged(self, verdicts: Mapping[str, Verdict]) -> Iterable[Event]:
        """What a look, judged so, means for what people were asked."""

    def signed_off(self) -> SignedOff | None:
        """The sign-off in force for the moment."""

    def write_down(self, event: Event) -> None:
        """Before anything follows from it."""

    def carry_out(self, order: Command) -> Event | None:
        """What came of it; None where that comes in later, or nothing does."""


class Holding:
    """A `ramp` that is held, whose clock begins when the share is seen, and stands while a gate is RED."""

    def __init__(self, run: Run, hands: Hands, ramp: Ramp) -> None:
        self._run, self._hands = run, hands
        self.ramp = ramp
        self._clock = HoldClock()
        self._stable = StableHours(run)
        self._due_s: float | None = None
        self._held_min = 0.0

    def wait_for_mark(self, is_over: Callable[[], bool]) -> None:
        """Until the next look is due. What comes in is heard at once, and also where looks are late."""
        due_s = time.monotonic() if self._due_s is None else self._due_s
        self._due_s = max(due_s + 60 * self._next_min() / self._run.site.clock.speed, time.monotonic())
        while not is_over():
            for event in self._hands.came_in():
                self.happen(event)
            left_s = self._due_s - time.monotonic()
            if left_s <= 0:
                return
            time.sleep(min(left_s, _TURN_S))

    def begin(self) -> None:
        """The hold begins now, with a look."""
        at_min, self._due_s = self._now_min(), time.monotonic()
        self.look()
        self._clock.share_seen(self.ramp.moment, at_min)

    def look(self) -> Outlook:
        """One look, judged: what it means for the traffic."""
        self.happen(self._hands.read_weight())
        at_min, driver, moment = self._now_min(), self._hands.driver, self._hands.row(self.ramp.stage)
        looked = driver.look(moment)
        self.happen(*self._hands.judged(looked.in_brief() if looked else {}))
        seen = may_rise(self._run.plan, looked, self._hands.signed_off())
        if looked:
            self._clock.looked(moment.id, looked.red_min)
        if self.ramp.in_stable_hours and (broken := self._stable.look(looked)):
            self.happen(Broken(broken))
        is_under_way = self.ramp.phase in (Phase.HOLDING, Phase.ENDING)
        elapsed_min = self._clock.elapsed_min(self.ramp.moment, at_min) if is_under_way else 0.0
        self._held_min = self._counted_min(at_min) if is_under_way else 0.0
        driver.progress(self._hands.row(self.ramp.moment), self._held_min, self._hold_min)
        self.happen(Looked(seen.of, self._held_min, elapsed_min, seen.reason, seen.check, seen.page))
        return seen

    def happen(self, *events: Event) -> None:
        """Each event, and at once what follows from it."""
        due = deque(events)
        while due:
            event = due.popleft()
            self._hands.write_down(event)
            before = self.ramp
            self.ramp, orders = step(before, event)
            if self.ramp.phase is Phase.HOLDING and (before.phase, before.moment) != (Phase.HOLDING, self.ramp.moment):
                self._clock.share_seen(self.ramp.moment, self._now_min())
                self._held_min = 0.0
            due += self._carried_out(orders)

    def carry_out(self, orders: Iterable[Command]) -> None:
        """What was ordered before, and what follows from it."""
        self.happen(*self._carried_out(orders))

    def _carried_out(self, orders: Iterable[Command]) -> list[Event]:
        return [came for order in orders if (came := self._hands.carry_out(order)) is not None]

    def _counted_min(self, at_min: float) -> float:
        """How much of the hold counts: of the stable hours what has passed without a breach, else without RED."""
        in_stable_hours, moment = self.ramp.in_stable_hours, self.ramp.moment
        return self._stable.minutes if in_stable_hours else self._clock.held_min(moment, at_min)

    @property
    def held_min(self) -> float:
        """How much of the hold counted as of the last look."""
        return self._held_min

    @property
    def _hold_min(self) -> float:
        return self.ramp.course[self.ramp.index].hold_min if self.ramp.index >= 0 else 0.0

    def _next_min(self) -> float:
        """Minutes to the next look: as the plan says, and to the hold's end where that is sooner."""
        every_min, left_min = self._run.plan.reading.look_every_min, self._hold_min - self._held_min
        is_ending = self.ramp.phase is Phase.HOLDING and 0 < left_min < every_min
        return left_min if is_ending else every_min

    def _now_min(self) -> float:
        return self._run.site.clock.now().timestamp() / 60
