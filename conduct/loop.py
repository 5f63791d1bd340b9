"""One conductor conducts a ramp: it looks every minute, hears who may speak, and has orders carried out.

What happened stands in the journal before anything is done about it, and each order before it is carried out. Where the
ramp stands is the fold of what happened, so that a conductor that was killed goes on from there.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from conduct import begun_anew
from conduct.conclusion import Conclusion
from conduct.conducting import Conducting
from conduct.effects import Effects
from conduct.heart import Heart
from conduct.holding import Holding
from conduct.interrupts import Interrupts
from conduct.journal import Journal, cannot_be_written
from conduct.lease import HEARS, Lease
from conduct.left_over import left_over
from conduct.live_page import LivePage
from conduct.mitigating import Mitigating
from conduct.pins import differing, pins
from conduct.words import Spoken, Words
from ramp.conducted import Block, Phase, Ramp
from ramp.decision import Action
from ramp.folded import begun, folded
from ramp.happened import Event, Interrupted, Opened, Outlook, Pinned, Said, WeightRead, Word, record
from ramp.observation import NoEvidence
from ramp.ordered import Command, Page, ProveZero, RollBack, Tell
from ramp.plan import Moment
from ramp.sign_off import SignedOff
from ramp.validation import Invalid
from ramp.verdict import Verdict
from reports.journal import read

if TYPE_CHECKING:
    from conduct.stage_driver import StageDriver

HELD_LOOKS = 15
OVER = (Phase.ROLLED_BACK, Phase.DONE)
GOING_BACK = (Phase.ROLLING_BACK, Phase.PROVING)


class Loop:
    """`waits` for what holds to end, or ends itself at the first HOLD. `is_to_100` ends before the stable hours."""

    def __init__(
        self,
        conducting: Conducting,
        journal: Journal,
        effects: Effects,
        interrupts: Interrupts,
        *,
        waits: bool,
        is_to_100: bool = False,
    ) -> None:
        self._conducting, self._journal, self._effects = conducting, journal, effects
        self._interrupts, self._waits, self._is_to_100 = interrupts, waits, is_to_100
        run = conducting.run
        records = read(run.folder)
        self._holding = Holding(run, self, folded(run.plan, records))
        self._owed = left_over(begun(run.plan, records), records)
        self._words = Words(run.folder, sum(each["kind"] == "heard" for each in records))
        if not effects.people.pins:
            journal.append("pinned", run.site.clock.now(), pins=pins(run))
        self._held_looks = self._unseen_looks = 0
        self._unwritten: OSError | None = None
        self._is_answered = False
        self._heart, self._page = Heart(run), LivePage(run, journal)
        self._mitigating = Mitigating(run, journal, acts=effects.acts)

    @property
    def ramp(self) -> Ramp:
        return self._holding.ramp

    def conduct(self) -> list[Conclusion]:
        """Until it is over, stopped, or held where nobody waits. Signals are heard between looks, so that nothing is
        torn apart. Raises KeyboardInterrupt for one, once it was told, and OSError where nothing can be written."""
        hears = Lease(self._conducting.run.folder, HEARS)
        with self._interrupts.held_off(), self._heart, self._page, self._mitigating, hears:
            if self.ramp.index < 0:
                self._effects.put_back()
            weight = self._effects.read_weight()
            self._holding.happen(Opened(weight.weight_pct, weight.why))
            self._holding.carry_out(self._owed)
            if self.ramp.is_out and self.ramp.phase not in GOING_BACK:
                self._effects.take_up(self.ramp.stage)
            while not self._is_over():
                self._holding.wait_for_mark(self._is_over)
                if said := self._heart.beat():
                    self.carry_out(Tell(said))
                self._hear()
                if self._is_looked_at():
                    self._not_for_ever(self._holding.look().of)
                else:
                    self._holding.happen(*self.judged({}), *self._weight_before())
                self._post_cards()
                told = [self._page.look(self.driver.looked), *self._mitigates()]
                for said in filter(None, told):
                    self.carry_out(Tell(said))
            if self._unwritten is None:
                self._effects.cards.settle()
                self._post_cards()
        if self._unwritten:
            raise self._unwritten
        if self._effects.stopped and self.ramp.phase not in OVER:
            raise KeyboardInterrupt
        return self._effects.conclusions

    @property
    def driver(self) -> "StageDriver":
        return self._conducting.driver

    def row(self, moment: str) -> Moment:
        return self._conducting.run.plan.moment(moment)

    def read_weight(self) -> WeightRead:
        return self._effects.read_weight()

    def came_in(self) -> Iterator[Event]:
        """Nothing more once it is stopped: a conclusion that came in meanwhile would have traffic rise."""
        if self._interrupts.came:
            yield Interrupted("the operator")
        if not self._effects.stopped:
            yield from self._effects.came_in(self.ramp)

    def judged(self, verdicts: Mapping[str, Verdict]) -> Iterable[Event]:
        return self._effects.people.looked(self.ramp, verdicts)

    def signed_off(self) -> SignedOff | None:
        return self._effects.people.signed_off(self.ramp.moment)

    def write_down(self, event: Event) -> None:
        self._is_written("happened", event=record(event))

    def carry_out(self, order: Command) -> Event | None:
        """Only what stands in the journal; nothing comes before a rollback, which goes on without one until zero is
        proven."""
        if isinstance(order, RollBack) and order.attempt > 1:
            self._answer_ctrl_c()
        is_written = self._is_written("ordered", what=type(order).__name__, order=asdict(order))
        goes_back = self.ramp.phase in GOING_BACK
        if not is_written and not (goes_back and isinstance(order, RollBack | ProveZero | Page | Tell)):
            return None
        if self._unwritten and isinstance(order, Page):
            order = replace(
                order, what=f"{order.what}; {cannot_be_written(self._unwritten, self._conducting.run.folder)}"
            )
        if goes_back and isinstance(order, Tell):
            with suppress(OSError):  # a terminal that is gone stops no rollback
                print(order.what, file=sys.stderr)
        try:
            return self._effects.carry_out(order)
        except OSError as failed:
            if not goes_back:
                raise
            self._unwritten = self._unwritten or failed
            return None

    def _answer_ctrl_c(self) -> None:
        """Once: a rollback that keeps failing keeps being tried, and whoever pressed it must know what they can do."""
        if self._interrupts.came and not self._is_answered:
            self._is_answered = True
            self._holding.happen(Interrupted("the operator"))

    def _weight_before(self) -> list[Event]:
        """Before T-0 nothing looks at it: where it kept the ramp from going on, it is asked for until it is 0 again."""
        return [self.read_weight()] if self.ramp.index < 0 and Block.WEIGHT in self.ramp.blocks else []

    def _mitigates(self) -> list[str]:
        """Once a look is dealt with, and while nobody is rolled back."""
        try:
            is_on = self._is_looked_at() and self.ramp.phase not in GOING_BACK
            return list(self._mitigating.look(self.driver.looked)) if is_on else []
        except OSError as failed:
            self._unwritten = failed
            return []

    def _is_written(self, kind: str, **fields: Any) -> bool:
        """Where one record could not be written, nothing is ordered any more."""
        self._unwritten = self._unwritten or self._effects.unwritten
        try:
            if self._unwritten is None:
                self._journal.append(kind, self._now(), **fields)
        except OSError as failed:
            self._unwritten = failed
        return self._unwritten is None

    def _is_over(self) -> bool:
        is_stopped = self._effects.stopped or self._unwritten is not None
        is_stopped = is_stopped or (self._is_to_100 and self.ramp.in_stable_hours)
        return self.ramp.phase in OVER or is_stopped or (not self._waits and self._is_held())

    def _is_held(self) -> bool:
        """By a conclusion, not by a look that came after it, or as no weight can be set, or is not followed."""
        if self._unseen_looks >= HELD_LOOKS:
            return True
        if self._effects.is_waiting or not self.ramp.blocks:
            return False
        last = self._effects.conclusions[-1:]
        concluded = self.ramp.phase is Phase.ENDING and bool(last) and last[0].decision.action is not Action.CONTINUE
        return concluded or self.ramp.phase is Phase.SETTING

    def _is_looked_at(self) -> bool:
        """While users may be with the canary."""
        is_set = self.ramp.phase is not Phase.SETTING or self.ramp.blocks
        return self.ramp.is_out and bool(is_set) and not (self._effects.stopped or self._unwritten)

    def _hear(self) -> None:
        """The event comes before its record: who is killed between the two hears a HOLD twice rather than never."""
        for spoken in self._words.new():
            if spoken.word is not Word.ANEW or self._begins_anew(spoken):
                self._holding.happen(Said(spoken.word, spoken.by))
            said = {"word": spoken.word.value, "by": spoken.by, "said_at_utc": spoken.at_utc, "more": spoken.more}
            self._is_written("heard", **said)
        self._effects.people.listen()
        differs = differing(self._effects.people.pins, self._conducting.run)
        if bool(differs) != (Block.PINS in self.ramp.blocks):
            self._holding.happen(Pinned(differs))

    def _post_cards(self) -> None:
        for order in self._effects.cards.due(self.ramp, self._holding.held_min):
            self.carry_out(order)

    def _begins_anew(self, spoken: Spoken) -> bool:
        """Whether evidence may begin anew, which is then written down and marked at each look; else why not is told."""
        try:
            begun_anew.write_down(self._journal, self._conducting.run, spoken.by, str(spoken.more.get("because", "")))
        except (Invalid, NoEvidence) as refused:
            self.carry_out(Tell(f"{spoken.by} said ANEW, and evidence does not begin anew: {refused}"))
            return False
        self._effects.take_up(self.ramp.stage)
        return True

    def _not_for_ever(self, outlook: Outlook) -> None:
        """Where nobody waits, what keeps holding after a conclusion that went on is concluded anew."""
        self._unseen_looks = self._unseen_looks + 1 if Block.SHARE in self.ramp.blocks else 0
        passed_over = self.ramp.phase is Phase.ENDING and not self._effects.is_waiting and outlook == "holds"
        self._held_looks = self._held_looks + 1 if passed_over else 0
        if self._held_looks >= HELD_LOOKS and not self._waits:
            self._held_looks = 0
            self._holding.happen(Said(Word.GO, "the rehearsal"))

    def _now(self) -> datetime:
        return self._conducting.run.site.clock.now()
