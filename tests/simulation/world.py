"""A simulated world around the conductor: traffic, a judge, people, crashes. A seed replays all of it."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from ramp import happened as h
from ramp import ordered as o
from ramp.conducted import Block, Phase, Ramp, Step
from ramp.conductor import step
from tests.simulation.people import People

AFTER = Step("post_success", 100, 30)  # not two hours, so that more ramps are played
COURSE = (
    Step("stage_1", 1, 15),
    Step("stage_10", 10, 15),
    Step("stage_25", 25, 15),
    Step("stage_50", 50, 30),
    Step("stage_100", 100, 15),
    AFTER,
)
BEFORE = ("go_plus_60", "t_minus_10")
BEGUN = Ramp(course=COURSE, before=BEFORE, index=-len(BEFORE))
OVER = (Phase.ROLLED_BACK, Phase.DONE)
GOING_BACK = (Phase.ROLLING_BACK, Phase.PROVING)


class Killed(Exception):
    """The conductor's process is gone."""


@dataclass
class World:
    """What is true, in minutes of a clock of its own. `broken` gathers every invariant that did not hold."""

    seed: int
    troubled: float = 0.5
    at_min: float = 0.0
    weight_pct: float = 0.0
    events: list[h.Event] = field(default_factory=list)
    pages: list[tuple[float, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    visited: set[tuple[str, str]] = field(default_factory=set)
    fired_at: float | None = None
    zero_at: float | None = None
    seen_since: float = 0.0
    outlook: h.Outlook = "within"
    seen_of: str = ""
    looked_at: float = -1e9
    red_min: float = 0
    down_min: float = 0.0
    asked_to_conclude: str | None = None
    was_asked: bool = False
    read_pct: float | None = None
    waited_min: int = 0
    stable_from: float | None = None
    to_come: list[tuple[float, h.Event]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311
        self.ramp = BEGUN
        self.bad_from, self.bad_for = self._often(90), self.random.choice((3.0, 20.0, 500.0))
        self.is_trigger = self._trouble(0.5)
        self.people = People(self.seed, self.troubled)
        self.fails = 0.3 if self._trouble(0.4) else 0.0
        self.kills = 0.02 if self._trouble(0.4) else 0.0
        self.meddles = 0.01 if self._trouble(0.3) else 0.0
        self.slow_min = 3.0 if self._trouble(0.2) else 0.1
        self.strays = 0.1 if self._trouble(0.2) else 0.0

    def _trouble(self, share: float) -> bool:
        return self.random.random() < share * self.troubled * 2

    def _often(self, most_min: float) -> float:
        return self.random.uniform(0, most_min) if self._trouble(0.5) else 1e9

    def play(self, most_min: float = 300) -> "World":
        """One afternoon: until it is over, or for as long as anybody waits."""
        self._guarded(lambda: self._happen(h.Opened(self._read())))
        while self.ramp.phase not in OVER and self.at_min < most_min:
            self.at_min += 1
            self._guarded(self._minute)
        return self

    def _guarded(self, do: Callable[[], None]) -> None:
        """A conductor that is killed or stopped comes back, some minutes later, from its journal alone."""
        while True:
            try:
                return do()
            except Killed:
                down_min = self.random.choice((0.0, 0.1, 7.0))
                self.at_min, self.down_min = self.at_min + down_min, self.down_min + down_min
                self._goes_down()
                self._is_held_anew()
                self.to_come, self.asked_to_conclude = [], None  # what judged the stage's end went down with it
                self.ramp = self.folded()
                do = self._come_back

    def _come_back(self) -> None:
        self._happen(h.Opened(self._read()))

    def _goes_down(self) -> None:
        """What the process knew beside its journal is gone."""

    def _is_held_anew(self) -> None:
        """What was held, and signed off for its end, counts no more."""
        self.seen_of, self.people.is_signed = "", False
        self._ask_is_void()

    def _ask_is_void(self) -> None:
        """What was asked is answered by nobody any more."""
        of = h.SignedOff | h.AskVoided | h.Unanswered
        self.to_come = [(due, event) for due, event in self.to_come if not isinstance(event, of)]

    def folded(self) -> Ramp:
        """Where the ramp stands by what is written down."""
        ramp = BEGUN
        for event in self.events:
            ramp, _ = step(ramp, h.event_of(json.loads(json.dumps(h.record(event)))))
        return ramp

    def _minute(self) -> None:
        if self.random.random() < self.meddles:
            self.weight_pct = self.random.choice((0.0, 7.0, self.ramp.planned_pct))
        elif self.weight_pct == 7 and self.random.random() < 0.1:
            self.weight_pct = self.ramp.planned_pct  # whoever was paged has put it right
        for said in self.people.minute(self.ramp):
            self._happen(said)
        if self.asked_to_conclude is None and self.random.random() < self.strays:
            action: Literal["CONTINUE", "ROLLBACK"] = self.random.choice(("CONTINUE", "ROLLBACK"))
            self._happen(h.Concluded(self.ramp.moment, action, "what judged for a conductor before this one"))
        if self.random.random() < self.kills:
            self._happen(h.Interrupted("the operator"))
        self._happen(h.WeightRead(self._read()))
        if (looked := self._look()) is not None:
            self._happen(looked)
        waits = self.ramp.phase is Phase.OBSERVING and Block.WEIGHT not in self.ramp.blocks
        self.waited_min = self.waited_min + 1 if waits else 0
        if self.waited_min > 30:
            self._breaks("nobody looks for the share any more")
        came = [event for due, event in self.to_come if due <= self.at_min]
        self.to_come = [(due, event) for due, event in self.to_come if due > self.at_min]
        for event in came:
            self._happen(event)

    def _read(self) -> float | None:
        return None if self.random.random() < self.fails / 15 else self.weight_pct

    def _is_bad(self) -> bool:
        return self.bad_from <= self.at_min < self.bad_from + self.bad_for and self.weight_pct > 0

    def _look(self) -> h.Looked | None:
        if self._is_bad() and self.is_trigger and self.at_min >= self.bad_from + 2 and self.ramp.is_out:
            self.fired_at = self.at_min if self.fired_at is None else self.fired_at
        keeps = self._is_bad() and not self.people.is_signed
        self.outlook = "rollback" if self.fired_at is not None else "holds" if keeps else "within"
        is_held = self.ramp.phase in (Phase.HOLDING, Phase.ENDING)
        elapsed = self.at_min - self.seen_since if is_held else 0.0
        is_gap, self.looked_at = self.at_min - self.looked_at > 2.5, self.at_min
        self.red_min += self._is_bad()
        if self.weight_pct == 100:
            self._look_at_100(is_gap)
        if self.ramp.in_stable_hours:
            return h.Looked(self.outlook, self.stable_min, elapsed)
        return h.Looked(self.outlook, max(elapsed - self.red_min, 0.0), elapsed)

    def _look_at_100(self, is_gap: bool) -> None:
        was_stable = self.stable_from is not None
        if is_gap or self.outlook != "within":
            self.stable_from = None
            if was_stable and self.ramp.in_stable_hours:
                self._happen(h.Broken("it broke, or nobody looked"))
        if self.outlook == "within" and self.stable_from is None:
            self.stable_from = self.at_min

    @property
    def stable_min(self) -> float:
        return 0.0 if self.stable_from is None else self.at_min - self.stable_from

    def _happen(self, event: h.Event) -> None:
        """The event, and everything that follows from it."""
        due = deque([event])
        while due:
            event = due.popleft()
            before = self.ramp
            if before.phase not in OVER:
                self.people.hear(event, before)
            self._is_true_now(event)
            self.visited.add((before.phase.value, type(event).__name__))
            self.events.append(event)  # on disk before anything is done
            self.ramp, commands = step(before, event)
            for command in commands:
                self._follows(command, event, before.phase)
                self._may_die()
                result = self._done(command)
                self._may_die()
                due.extend([] if result is None else [result])

    def _is_true_now(self, event: h.Event) -> None:
        """What a conclusion or a weight that was read says of what may follow. A hold in which the weight was another
        one, or was not read, counts no more."""
        if isinstance(event, h.Concluded):
            self.was_asked, self.asked_to_conclude = event.moment == self.asked_to_conclude, None
        if isinstance(event, h.AskVoided):
            self._ask_is_void()
        if isinstance(event, h.Opened | h.WeightRead):
            self.read_pct = event.weight_pct
            is_set = self.ramp.is_out and self.ramp.phase is not Phase.SETTING
            if is_set and event.weight_pct != self.ramp.planned_pct:
                self._is_held_anew()

    def _follows(self, command: o.Command, event: h.Event, was: Phase) -> None:
        """What may follow from which event alone."""
        if isinstance(command, o.SetWeight) and not (isinstance(event, h.Concluded) and self.was_asked):
            self._breaks(f"{command.to_pct:g} % is ordered, and no conclusion that was asked for says so")
        fired = isinstance(event, h.Concluded) and (event.action, event.moment) == ("ROLLBACK", self.ramp.moment)
        if isinstance(command, o.RollBack) and isinstance(event, h.Concluded) and not fired:
            self._breaks("a rollback is ordered, and no conclusion of the moment says so")
        if isinstance(command, o.Conclude) and isinstance(event, h.Looked):
            is_full = self.held_min >= self._hold_min(command.moment) - 0.01
            ends = was is Phase.HOLDING and self.outlook != "within"
            if not is_full and not (ends and event.elapsed_min >= self._hold_min(command.moment)):
                self._breaks(f"the hold of {command.moment} ends at a look after {self.held_min:.1f} min that count")

    @property
    def held_min(self) -> float:
        """What truly counts of the hold."""
        if self.ramp.in_stable_hours:
            return self.stable_min
        return self.at_min - self.seen_since - self.red_min

    def _may_die(self) -> None:
        if self.random.random() < self.kills:
            raise Killed

    def _done(self, command: o.Command) -> h.Event | None:
        fails = self.random.random() < self.fails
        match command:
            case o.SetWeight():
                return self._set(command, fails)
            case o.AwaitShare():
                self.at_min += 0.1
                follows = not fails and self.weight_pct == command.weight_pct
                if follows:
                    self._share_seen()
                return h.ShareSeen(follows, "it stays where it was")
            case o.Conclude():
                self._begin_to_conclude(command)
            case o.RollBack():
                self.at_min += self.random.uniform(0, self.slow_min)
                took = not fails or self.random.random() < 0.3
                self.weight_pct = 0.0 if took else self.weight_pct
                return h.RollbackRan(not fails, "exit 1")
            case o.ProveZero():
                self.zero_at = self.at_min if self.weight_pct == 0 else None
                return h.ZeroMeasured(self.weight_pct == 0, "user 7 was answered by the canary")
            case o.VoidPayments():
                return h.PaymentsVoided(not fails, "the processor does not answer")
            case o.AskSignOff() | o.Page():
                self._tell(command)
            case o.Stop():
                raise Killed
        return None

    def _tell(self, command: o.AskSignOff | o.Page) -> None:
        if isinstance(command, o.AskSignOff):
            self._ask(command)
        elif self.random.random() >= self.people.loses:
            self.pages.append((self.at_min, command.what))

    def _ask(self, command: o.AskSignOff) -> None:
        self._ask_is_void()
        self.to_come += self.people.asked(command, self.at_min)

    def _begin_to_conclude(self, command: o.Conclude) -> None:
        self.asked_to_conclude = command.moment
        was_held = self.at_min - self.seen_since
        if command.moment not in (*BEFORE, AFTER.moment) and was_held < self._hold_min(command.moment) - 0.01:
            self._breaks(f"{command.moment} is concluded after {was_held:.1f} min")
        self.to_come.append((self.at_min + self.random.choice((0.0, 0.2, 3.0)), self._concluded(command)))

    def _set(self, command: o.SetWeight, fails: bool) -> h.Event:
        if self.weight_pct != command.from_pct:
            return h.WeightRead(self.weight_pct, "it is another one")
        self.at_min += self.random.uniform(0, self.slow_min)
        for broken in self._not_allowed(command):
            self._breaks(f"traffic rose to {command.to_pct:g} % {broken}")
        self.people.is_signed = False  # a sign-off is good for one stage
        if not fails or self.random.random() < 0.3:
            self.weight_pct = command.to_pct
        return h.WeightRead(None if fails else self.weight_pct, "no answer" if fails else "")

    def _share_seen(self) -> None:
        self.seen_since, self.seen_of, self.red_min = self.at_min, self.ramp.moment, 0

    def _not_allowed(self, command: o.SetWeight) -> Iterator[str]:
        """Why traffic may not rise now, by what is true and not by what the conductor believes."""
        weights = [0.0, *(each.weight_pct for each in COURSE)]
        if command.to_pct not in weights or weights.index(command.to_pct) != weights.index(self.weight_pct) + 1:
            yield f"from {self.weight_pct:g} %, which is no next stage"
        if self.fired_at is not None:
            yield f"after a trigger at minute {self.fired_at:.1f}"
        if self.weight_pct and self.outlook != "within":
            yield "in an open breach, or after missing data"
        if self.weight_pct and self.at_min - self.looked_at > 2 + self.slow_min:
            yield f"{self.at_min - self.looked_at:.1f} min after the last look"
        if self.weight_pct and self.seen_of != self.left:
            yield f"and nobody had seen the share of {self.left}"
        if self.read_pct is None:
            yield "though the weight could not be read"
        yield from self.people.against()
        hold_min, was_held = self._hold_min(self.left), self.at_min - self.seen_since
        was_held -= 0 if self.people.is_signed else self.red_min
        if self.weight_pct and was_held < hold_min - 0.01:
            yield f"after {was_held:.1f} of {hold_min:g} min"

    @staticmethod
    def _hold_min(moment: str) -> float:
        return next(each.hold_min for each in COURSE if each.moment == moment)

    @property
    def left(self) -> str:
        """The stage that traffic leaves as it rises."""
        return next((each.moment for each in COURSE if each.weight_pct == self.weight_pct), COURSE[0].moment)

    def owed(self) -> Iterator[str]:
        """What must be so once it is over, and is not."""
        if self.folded() != self.ramp:
            yield "the journal does not explain the state"
        if self.ramp.phase is Phase.ROLLED_BACK and self.zero_at is None:
            yield "a rollback is told as done, and zero was never measured"
        if self.people.back and self.ramp.phase not in (*GOING_BACK, Phase.ROLLED_BACK):
            yield f"somebody said ROLLBACK, and the ramp is {self.ramp.phase}"
        if self.fired_at is None:
            return
        took_min = (self.zero_at or self.at_min) - self.fired_at - self.down_min
        is_back = self.ramp.phase is Phase.ROLLED_BACK
        if not (is_back and took_min <= 2) and self.fails == 0 and self.slow_min < 1:
            yield f"a trigger at minute {self.fired_at:.1f} was at zero after {took_min:.1f} min"
        if not is_back and not self.people.loses and not any(at >= self.fired_at for at, _ in self.pages):
            yield f"a trigger at minute {self.fired_at:.1f} is not at zero, and nobody was paged"

    def _concluded(self, command: o.Conclude) -> h.Event:
        if command.moment in BEFORE:
            return h.Concluded(command.moment, "CONTINUE" if self.people.approves else "HOLD")
        if command.moment == AFTER.moment and self.fired_at is None:
            return h.Concluded(command.moment, "CONTINUE" if self.stable_min >= AFTER.hold_min else "HOLD")
        if self.fired_at is not None:
            return h.Concluded(command.moment, "ROLLBACK")
        is_short = self.at_min - self.seen_since - self.red_min < self._hold_min(command.moment)
        holds = (self._is_bad() or is_short) and not self.people.is_signed
        return h.Concluded(command.moment, "HOLD" if holds else "CONTINUE")

    def _breaks(self, what: str) -> None:
        self.broken.append(f"seed {self.seed}, minute {self.at_min:.1f}: {what}")
