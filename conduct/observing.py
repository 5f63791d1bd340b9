"""Observing one moment: held and looked at as a conducted stage is, while nothing that follows is carried out.

`python -m ramp observe` has a real target's stages watched, a bare `pytest -m MOMENT` those of the rehearsal, whose
weight and load it sets first, and both what comes before T-0.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from conduct.calling import call, page_event
from conduct.conclusion import open_journal
from conduct.holding import Holding
from conduct.interrupts import Interrupts
from conduct.journal import JournalBusy
from conduct.run import Run
from fixtures.load import LoadFailed
from ramp.conducted import Phase, Ramp, Step
from ramp.happened import Event, WeightRead
from ramp.judge import Looked
from ramp.ordered import Command, Page
from ramp.plan import Moment
from ramp.ports import TrafficFailed
from ramp.sign_off import SignedOff
from ramp.verdict import Verdict
from reports.journal import JournalBroken

if TYPE_CHECKING:
    from conduct.stage_driver import StageDriver


class Observing:
    """Hands that only call people, on a real target. Where the hold stands is written nowhere: who is killed has it
    watched anew."""

    def __init__(self, run: Run, driver: "StageDriver", moment: Moment) -> None:
        self.driver = driver
        self._run = run
        self._moment = moment

    def row(self, moment: str) -> Moment:
        return self._moment

    def read_weight(self) -> WeightRead:
        """Whoever has the moment watched says that it is set; the gate of the share judges what it comes to."""
        return WeightRead(float(self._moment.traffic_pct or 0))

    def came_in(self) -> Iterable[Event]:
        return ()

    def judged(self, verdicts: Mapping[str, Verdict]) -> Iterable[Event]:
        """Nobody is asked anything."""
        return ()

    def signed_off(self) -> SignedOff | None:
        return None

    def write_down(self, event: Event) -> None:
        """Its recording says what was seen."""

    def carry_out(self, order: Command) -> Event | None:
        """Nobody waits for a stage's end to hear of RED (H1), also where nothing can be written down."""
        if isinstance(order, Page) and self._run.site.is_live:
            try:
                with open_journal(self._run, [self._moment.id]) as journal:
                    page_event(journal, self._run, order.what, order.roles, order.cause)
            except (JournalBroken, JournalBusy, OSError):
                call(self._run, order.what, order.roles)
        return None


def observe(run: Run, driver: "StageDriver", moment: Moment, interrupts: Interrupts | None = None) -> Looked | None:
    """Has `moment` watched to the end of its hold and writes down what was seen, and whether anything made it unsound.
    The look at which a rollback trigger fired, which ends the hold; None where none did."""
    problem: str | None = None
    driver.prove(moment)
    try:
        driver.begin(moment)
        driver.set_rehearsed_weight(moment)
        driver.bring_load(moment)
        _hold(run, driver, moment, interrupts)
        problem = None if driver.fired else driver.load_problem()
    except (LoadFailed, TrafficFailed) as failed:
        problem = str(failed)
    driver.note(moment, problem)
    return driver.fired


def _hold(run: Run, driver: "StageDriver", moment: Moment, interrupts: Interrupts | None) -> None:
    """The hold begins with the first look, and is over by its clock, at a trigger, or once an interrupt came: whoever
    holds interrupts off hears of it next. Else raises KeyboardInterrupt, whose own exception was lost where none can be
    raised, such as in a finalizer."""
    pct = float(moment.traffic_pct or 0)
    course = (Step(moment.id, pct, driver.hold_min(moment)),)
    ramp = Ramp(course=course, before=(moment.id,), phase=Phase.HOLDING, index=0, weight_pct=pct)
    holding = Holding(run, Observing(run, driver, moment), ramp)

    def is_interrupted() -> bool:
        return interrupts is not None and interrupts.came

    def is_over() -> bool:
        return holding.ramp.concluding or holding.ramp.phase is Phase.ROLLING_BACK or is_interrupted()

    holding.begin()
    while not is_over():
        holding.wait_for_mark(is_over)
        if not is_interrupted():
            holding.look()
    if interrupts and interrupts.came and not interrupts.are_held_off:
        raise KeyboardInterrupt
