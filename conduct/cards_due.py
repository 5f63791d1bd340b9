"""E0: the cards between decisions: which is due, that it is posted aside, and what #ship-room did not hear."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conduct.accepted import token
from conduct.journal import Journal
from conduct.run import Run
from conduct.telling import Records, post_so_far
from ramp.cadence import T_PLUS_10_MIN, Due, due, is_owed, late_min, next_utc
from ramp.carded import DECISION, Carded
from ramp.conducted import Block, Phase, Ramp
from ramp.decision import decide
from ramp.figures import figures, first_minutes
from ramp.happened import Unheard
from ramp.moves import OVER
from ramp.observation import NoEvidence
from ramp.ordered import PostAgain, Report, ReportAgain
from reports.journal import latest, read
from reports.so_far import SoFar

if TYPE_CHECKING:
    from ramp.judge import Looked


class CardsDue:
    """Of `run`, by its journal. Without a token no card is owed where nobody confirms anything there by the plan, and
    each decision says that there is none; where somebody does, a token that is missing is a card that is not heard."""

    def __init__(self, run: Run, journal: Journal) -> None:
        self._run, self._journal = run, journal
        self._aside = ThreadPoolExecutor(1)
        self._under_way: Future[Records] | None = None
        self._carded, self._followed = Carded(), len(journal.appended)
        for record in read(run.folder):
            self._carded.follow(record)
        self._is_owed = is_owed(run.plan) or _has_room(run)
        self._ramp: Ramp | None = None
        self._held_min = 0.0

    @property
    def now(self) -> Carded:
        """As of the journal's last record."""
        for record in self._journal.appended[self._followed :]:
            self._carded.follow(record)
        self._followed = len(self._journal.appended)
        return self._carded

    def due(self, ramp: Ramp, held_min: float) -> Iterator[Report | PostAgain | ReportAgain]:
        """What is to be posted at this look, at which the moment was held for `held_min`."""
        self._ramp, self._held_min = ramp, held_min
        if not self._is_owed or self._under_way is not None:
            return
        lost = [each for each in self.now.lost if each["kind"] == DECISION]
        if lost and self._is_newest(lost[-1]["moment"]):
            yield PostAgain(lost[-1]["moment"])
        elif because := self._because(ramp):
            yield Report(ramp.stage, because.value)
        elif self.now.unreported:
            yield ReportAgain(self.now.unreported["thread"])

    def begin(self, order: Report, looked: "Looked | None") -> None:
        """Posts the card aside, with its report as first reply; where the last look saw nothing, it says that."""
        if self._ramp is None:
            return
        at_utc, plan, moment = self._now(), self._run.plan, self._run.plan.moment(order.moment)
        verdicts = looked.in_brief() if looked else {}
        because, required = Due(order.because), tuple(verdicts) or None
        over = decide(plan, moment.id, verdicts, moment.hold_min, required)
        now = decide(plan, moment.id, verdicts, self._held_min, required)  # nobody is tagged for what comes with time
        so_far = SoFar(
            moment=moment.id,
            held_min=self._held_min,
            hold_min=self._ramp.course[self._ramp.index].hold_min,
            verdicts=tuple(verdicts.values()),
            outlook=replace(over, tag=now.tag, page=now.page),
            because=because,
            at_utc=at_utc,
            next_utc=at_utc + timedelta(minutes=plan.cadence.card_every_min),
            gate_ends_utc=self._gate_ends_utc(),
            cache=first_minutes(looked.view, T_PLUS_10_MIN) if looked and because is Due.T_PLUS_10 else (),
            lost=tuple(map(_brief, self.now.lost)),
        )
        seen = figures(looked.view) if looked else ()
        self._under_way = self._aside.submit(post_so_far, self._run, so_far, seen, self.now.unsure)

    def came_in(self, ramp: Ramp) -> Iterator[Unheard]:
        """Writes down what came of the card that was under way. That #ship-room did not hear what it should have, and
        that it does again."""
        if self._under_way is not None and self._under_way.done():
            self._write_down()
        why = self._unheard(ramp) if self._is_owed and self._under_way is None else None
        if why is not None and bool(why) != (Block.CARDS in ramp.blocks) and ramp.phase not in OVER:
            yield Unheard(why)

    def settle(self) -> None:
        """Waits for the card that is under way."""
        if self._under_way is not None:
            self._write_down()

    def close(self) -> None:
        self._aside.shutdown(wait=False, cancel_futures=True)

    def _because(self, ramp: Ramp) -> Due | None:
        """Why a card of how the stage looks is due; what was lost has the next one come at once."""
        if not ramp.is_out or ramp.phase is Phase.SETTING:
            return None
        of = self.now.cards(self._gate_ends_utc(), self._now())
        return due(self._run.plan, of, self._now()) or (Due.CADENCE if self.now.lost else None)

    def _write_down(self) -> None:
        assert self._under_way is not None
        said, self._under_way = self._under_way.result(), None
        for kind, fields in said:
            self._journal.append(kind, self._now(), **fields)

    def _unheard(self, ramp: Ramp) -> str:
        if lost := self.now.lost:
            return f"#ship-room did not take {_brief(lost[-1])}: {lost[-1].get('why', 'no reason was given')}"
        cards = self.now.cards(None, self._now())
        if ramp.is_out and late_min(self._run.plan, cards, self._now()):
            return f"a card was due in #ship-room at {next_utc(self._run.plan, cards):%H:%MZ} and is not there"
        return ""

    def _gate_ends_utc(self) -> datetime | None:
        ramp = self._ramp
        if ramp is None or ramp.phase is not Phase.HOLDING or self._run.plan.moment(ramp.stage).on_yellow != "hold":
            return None
        return self._now() + timedelta(minutes=ramp.course[ramp.index].hold_min - self._held_min)

    def _is_newest(self, moment: str) -> bool:
        newest = latest(read(self._run.folder)).newest
        return newest is not None and newest.moment == moment

    def _now(self) -> datetime:
        return self._run.site.clock.now()


def _brief(lost: Mapping[str, Any]) -> str:
    return f"the card of {lost['at_utc'][11:16]}Z ({lost['text'].splitlines()[0]})"


def _has_room(run: Run) -> bool:
    try:
        run.site.must_allow("post and page")
        token(run, run.site.target.slack_token_env)
    except NoEvidence:
        return False
    return True
