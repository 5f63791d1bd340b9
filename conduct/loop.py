"""One conductor conducts a ramp: it looks every minute, hears who may speak, and has orders carried out.

What happened stands in the journal before anything is done about it, and each order before it is carried out. Where the
ramp stands is the fold of what happened, so that a conductor that was killed goes on from there.
"""

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from conduct.conclusion import Conclusion
from conduct.conducting import Conducting
from conduct.effects import Effects
from conduct.interrupts import Interrupts
from conduct.journal import Journal
from conduct.pins import differing, pins
from conduct.words import Words
from ramp.conducted import Block, Phase, Ramp, Step
from ramp.conductor import step
from ramp.decision import Action
from ramp.happened import Event, Interrupted, Looked, Opened, Outlook, Pinned, Said, ShareSeen, Word, event_of, record
from ramp.hold_clock import HoldClock
from ramp.may_rise import may_rise
from ramp.plan import Plan
from reports.journal import read

BEFORE = "t_minus_10"
_TURN_S = 0.02
HELD_LOOKS = 15
OVER = (Phase.ROLLED_BACK, Phase.DONE)
GOING_BACK = (Phase.ROLLING_BACK, Phase.PROVING)


class Loop:
    """`waits` for what holds to end, or ends itself at the first HOLD."""

    def __init__(
        self, conducting: Conducting, journal: Journal, effects: Effects, interrupts: Interrupts, *, waits: bool
    ) -> None:
        self._conducting, self._journal, self._effects = conducting, journal, effects
        self._interrupts, self._waits = interrupts, waits
        records = read(conducting.run.folder)
        self.ramp = folded(conducting.run.plan, records)
        known = [each["pins"] for each in records if each["kind"] == "pinned"]
        self._words = Words(conducting.run.folder, sum(each["kind"] == "heard" for each in records))
        self._pins = known[0] if known else pins(conducting.run)
        if not known:
            journal.append("pinned", conducting.run.site.clock.now(), pins=self._pins)
        self._hold = HoldClock()
        self._due_s = time.monotonic()
        self._held_looks = 0

    def conduct(self) -> list[Conclusion]:
        """Until it is over, stopped, or held where nobody waits. Signals are heard between looks, so that nothing is
        torn apart. Raises KeyboardInterrupt for one, once it was told."""
        with self._interrupts.held_off():
            weight = self._effects.read_weight()
            self._happen(Opened(weight.weight_pct, weight.why))
            if self.ramp.is_out and self.ramp.phase not in GOING_BACK:
                self._effects.take_up(self.ramp.moment)
            while not self._is_over():
                self._until_next_look()
                self._hear()
                self._look()
        if self._effects.stopped:
            raise KeyboardInterrupt
        return self._effects.conclusions

    def _is_over(self) -> bool:
        return self.ramp.phase in OVER or self._effects.stopped or (not self._waits and self._is_held())

    def _is_held(self) -> bool:
        """By a conclusion, not by a look that came after it, or by what keeps the weight from being set at all."""
        if self._effects.is_waiting or not self.ramp.blocks:
            return False
        last = self._effects.conclusions[-1:]
        concluded = self.ramp.phase is Phase.ENDING and bool(last) and last[0].decision.action is not Action.CONTINUE
        return concluded or self.ramp.phase is Phase.SETTING

    def _until_next_look(self) -> None:
        """Looks keep to their marks. What comes in, and a signal, is heard at once, and also where looks are late."""
        clock, every_min = self._conducting.run.site.clock, self._conducting.run.plan.reading.look_every_min
        self._due_s = max(self._due_s + 60 * every_min / clock.speed, time.monotonic())
        while not self._is_over():
            if self._interrupts.came:
                self._happen(Interrupted("the operator"))
            self._happen_all(self._effects.came_in())
            if time.monotonic() >= self._due_s:
                return
            time.sleep(_TURN_S)

    def _hear(self) -> None:
        for spoken in self._words.new():
            said = {"word": spoken.word.value, "by": spoken.by, "said_at_utc": spoken.at_utc, "more": spoken.more}
            self._journal.append("heard", self._now(), **said)
            self._happen(Said(spoken.word, spoken.by))
        differs = differing(self._pins, self._conducting.run)
        if bool(differs) != (Block.PINS in self.ramp.blocks):
            self._happen(Pinned(differs))

    def _look(self) -> None:
        """One look while users may be with the canary."""
        is_set = self.ramp.phase is not Phase.SETTING or self.ramp.blocks
        if not self.ramp.is_out or not is_set or self._effects.stopped:
            return
        self._happen(self._effects.read_weight())
        moment = self._conducting.run.plan.moment(self.ramp.moment)
        looked = self._conducting.driver.look(moment)
        seen = may_rise(self._conducting.run.plan, looked)
        if looked:
            self._hold.looked(moment.id, looked.red_min)
        is_under_way = self.ramp.phase in (Phase.HOLDING, Phase.ENDING)
        elapsed_min = self._hold.elapsed_min(moment.id, self._now_min()) if is_under_way else 0.0
        held_min = self._hold.held_min(moment.id, self._now_min()) if is_under_way else 0.0
        self._conducting.driver.progress(moment, held_min, moment.hold_min or 0)
        self._happen(Looked(seen.of, held_min, elapsed_min, seen.reason, seen.check, seen.page))
        self._not_for_ever(seen.of)

    def _not_for_ever(self, outlook: Outlook) -> None:
        """Where nobody waits, what keeps holding after a conclusion that went on is concluded anew."""
        passed_over = self.ramp.phase is Phase.ENDING and not self._effects.is_waiting and outlook == "holds"
        self._held_looks = self._held_looks + 1 if passed_over else 0
        if self._held_looks >= HELD_LOOKS and not self._waits:
            self._held_looks = 0
            self._happen(Said(Word.GO, "the rehearsal"))

    def _now_min(self) -> float:
        return self._now().timestamp() / 60

    def _happen(self, event: Event) -> None:
        self._happen_all([event])

    def _happen_all(self, events: Iterable[Event]) -> None:
        """Each event, and at once what follows from it."""
        due = deque(events)
        while due:
            event = due.popleft()
            self._journal.append("happened", self._now(), event=record(event))
            self.ramp, orders = step(self.ramp, event)
            if isinstance(event, ShareSeen) and event.follows:
                self._hold.share_seen(self.ramp.moment, self._now_min())
            for order in orders:
                self._journal.append("ordered", self._now(), what=type(order).__name__, order=asdict(order))
                came = self._effects.carry_out(order)
                due.extend([] if came is None else [came])

    def _now(self) -> datetime:
        return self._conducting.run.site.clock.now()


def course(plan: Plan) -> tuple[Step, ...]:
    return tuple(Step(stage.id, float(stage.traffic_pct or 0), float(stage.hold_min or 0)) for stage in plan.stages)


def folded(plan: Plan, records: Iterable[Mapping[str, Any]]) -> Ramp:
    """Where the ramp stands by what happened."""
    ramp = Ramp(course=course(plan), before=BEFORE)
    for each in records:
        if each["kind"] == "happened":
            ramp, _ = step(ramp, event_of(each["event"]))
    return ramp
