"""What the conductor orders, carried out on the world. What takes its time comes in later, by `came_in`."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from threading import Event as Flag

from conduct import rehearsed_placebo
from conduct.calling import end_incident, page_event
from conduct.cards_due import CardsDue
from conduct.concluded_before import lacking_before, told_before
from conduct.conclusion import Conclusion, conclude
from conduct.conducting import Conducting
from conduct.drill import is_drilled_at, put_back_drill, try_to_drill
from conduct.handed_over import read_facts, read_verdicts
from conduct.journal import Journal
from conduct.judging import INTERNAL_EXIT, Judging, JudgingFailed
from conduct.people import People
from conduct.ports import Ports, weight_of
from conduct.post_mortems import draft_post_mortem
from conduct.rollback import RolledBack, measured, roll_back, write_down
from conduct.run import Run
from conduct.seen_share import seen_share
from conduct.telling import report_again, tell_again, tell_event
from fixtures.load import LoadFailed
from fixtures.traffic.witness import Zero
from ramp import happened, ordered
from ramp.conducted import Ramp
from ramp.conductor import step
from ramp.decision import INTERRUPTED_EXIT, USAGE_EXIT
from ramp.folded import BEFORE, before
from ramp.moves import held_meanwhile
from ramp.observation import NoEvidence
from ramp.order_of_moments import lacking
from ramp.plan import Moment
from ramp.ports import TrafficFailed
from ramp.verdict import no_data
from ramp.who_is_told import INCIDENT_COMMANDER
from reports.journal import latest, read

_Telling = ordered.Tell | ordered.Page | ordered.EndIncident | ordered.Report | ordered.PostAgain | ordered.ReportAgain


class Effects:
    """Carries orders out for the run that `conducting` holds; `pytest` are further arguments for the checks."""

    def __init__(self, conducting: Conducting, journal: Journal, ports: Ports, pytest: Sequence[str]) -> None:
        self._conducting, self._journal, self._ports, self._pytest = conducting, journal, ports, pytest
        self._aside = ThreadPoolExecutor(1)
        self._awaited: Future[happened.ShareSeen] | None = None
        self._judging: Judging | None = None
        self._zero: Zero | None = None
        self.people, self.cards = People(self.run, journal), CardsDue(self.run, journal)
        self.conclusions: list[Conclusion] = []
        self.stopped = False
        self.unwritten: OSError | None = None  # why what came of a rollback stands nowhere

    @property
    def run(self) -> Run:
        return self._conducting.run

    @property
    def acts(self) -> bool:
        """Whether anything but words may come of an order."""
        return self._ports.acts

    @property
    def is_waiting(self) -> bool:
        """Whether something that was ordered is still to come in."""
        return self._judging is not None or self._awaited is not None or self.people.is_to_hear

    def came_in(self, ramp: Ramp) -> Iterator[happened.Event]:
        """What was ordered earlier and has come to its end meanwhile, and what people said, while `ramp` stands so. A
        moment is concluded by where the ramp stands after what else came in."""
        for event in chain(self.people.came_in(ramp), self.cards.came_in(ramp)):
            ramp, _ = step(ramp, event)
            yield event
        if self._awaited and self._awaited.done():
            awaited, self._awaited = self._awaited, None
            yield awaited.result()
        if self._judging and self._judging.status is not None:
            judging, self._judging = self._judging, None
            yield self._concluded(judging, ramp)

    def carry_out(self, order: ordered.Command) -> happened.Event | None:
        """What came of `order`; None where that comes in later, or nothing does."""
        match order:
            case ordered.SetWeight():
                return self._set_weight(order)
            case ordered.AwaitShare():
                self._awaited = self._aside.submit(seen_share, self._ports.witness, order)
            case ordered.Conclude():
                return self._begin_to_judge(order.moment)
            case ordered.RollBack():
                return self._roll_back(order)
            case ordered.ProveZero():
                return self._measured(order)
            case ordered.VoidPayments():
                return self._end_after_rollback(order)
            case ordered.AskSignOff() | ordered.Answer():
                self.people.carry_out(order)
            case ordered.Stop():
                self.stopped = True
            case _:
                self._tell(order)
        return None

    def _tell(self, order: _Telling) -> None:
        match order:
            case ordered.Page():
                page_event(self._journal, self.run, order.what, order.roles, order.cause)
            case ordered.EndIncident():
                end_incident(self._journal, self.run, order.moment, order.cause)
            case ordered.Tell():
                tell_event(self._journal, self.run, order.what)
            case ordered.Report():
                self.cards.begin(order, self._conducting.driver.looked)
            case ordered.PostAgain():
                tell_again(self._journal, self.run, order.moment)
            case ordered.ReportAgain():
                report_again(self._journal, self.run, order.thread)

    def put_back(self) -> None:
        """What a conductor that was killed before T-0 had lent and left behind."""
        told = [put_back_drill(self.run, self._journal)]
        if self.run.site.may("set the weight") and not self.run.site.is_live:
            told.append(rehearsed_placebo.put_back(self.run, self._journal))
        for said in filter(None, told):
            print(said)

    def take_up(self, moment: str) -> None:
        """Load, and what else comes with a stage, for a conductor that comes back in the middle of it."""
        row, driver = self.run.plan.moment(moment), self._conducting.driver
        try:
            driver.begin(row)
            driver.bring_load(row)
        except (LoadFailed, TrafficFailed, NoEvidence, OSError) as failed:
            page_event(
                self._journal, self.run, f"{moment} is taken up again without load: {failed}", (INCIDENT_COMMANDER,)
            )

    def read_weight(self) -> happened.WeightRead:
        return weight_of(self._ports.traffic)

    def close(self) -> None:
        if self._judging:
            self._judging.end()
        self._aside.shutdown(cancel_futures=True)
        self.people.close()
        self.cards.close()

    def _set_weight(self, order: ordered.SetWeight) -> happened.WeightRead:
        """Only from the previous stage's weight, in the order of moments, where the canary can carry it."""
        moment, traffic = self.run.plan.moment(order.moment), self._ports.traffic
        try:
            if (now_pct := traffic.weight_pct()) != order.from_pct:
                return happened.WeightRead(
                    now_pct, f"it was to be {order.from_pct:g} % before {order.to_pct:g} % is set"
                )
            if self.run.site.is_live and (lacks := lacking(self.run.plan, order.moment, told_before(self.run))):
                first = "; ".join(f"{moment} {why}" for moment, why in lacks.items())
                return happened.WeightRead(now_pct, f"traffic does not rise out of order: {first}")
            if (is_ready := traffic.ready(order.to_pct)) is False:
                return happened.WeightRead(now_pct, f"the canary is not ready to carry {order.to_pct:g} %")
            self._conducting.driver.begin(moment)
            traffic.set_weight(order.to_pct)
            self._conducting.driver.mark_change(order.to_pct)
            self._conducting.driver.bring_load(moment)
            now_pct = traffic.weight_pct()
            return happened.WeightRead(now_pct, self._to_be_said(is_ready) if now_pct == order.to_pct else "")
        except (TrafficFailed, LoadFailed, NoEvidence, OSError) as failed:
            return happened.WeightRead(None, str(failed))

    def _to_be_said(self, is_ready: bool | None) -> str:
        if not self.acts:
            return "whoever sets it is asked to, with a tool of their own: nothing is set here"
        return "" if is_ready else "it is set, and that the canary can carry it is unproven: no `ready` says so"

    def _begin_to_judge(self, moment: str) -> happened.Concluded | None:
        """The stage's end is judged as of the look that ended it, whatever is looked at meanwhile. A moment that does
        not apply is passed over."""
        row = self.run.plan.moment(moment)
        if passed := self._passed_over(row):
            return happened.Concluded(moment, "CONTINUE", passed)
        if row.is_stage:
            driver = self._conducting.driver
            driver.note(row, driver.load_problem())
        else:
            self._conducting.observe(row)
            if is_drilled_at(self.run, moment):
                try_to_drill(self.run, self._journal)
        site = self.run.site
        self._judging = Judging.begin(self.run, moment, site.scenario, site.speed, self._pytest)
        return None

    def _passed_over(self, row: Moment) -> str | None:
        """Why a moment is not judged now: it does not apply, or it was concluded for this release and still stands."""
        if row.reason:
            return f"{row.id} does not apply: {row.reason}"
        if row.id == BEFORE or row.is_stage or row.id not in before(self.run.plan):
            return None
        stands = row.id not in lacking_before(self.run, self.run.plan.stages[0].id)
        return f"{row.id} was concluded before, and still stands" if stands else None

    def _concluded(self, judging: Judging, ramp: Ramp) -> happened.Concluded | happened.Interrupted:
        """Where pytest itself could not do it a stage of a real target is held: who has users with the canary looks on.
        Any other moment raises JudgingFailed."""
        moment, status = judging.moment, judging.status
        if status == INTERRUPTED_EXIT:  # only the checks were told to end
            return happened.Interrupted("the operator")
        given = read_verdicts(self.run.folder, moment)
        if status in (INTERNAL_EXIT, USAGE_EXIT):
            failed = JudgingFailed(moment, status)
            if not (ramp.is_out and self.run.site.is_live):
                raise failed
            given = {check: no_data(check, moment, str(failed)) for check in self.run.plan.required(moment)}
        in_force, found = self.people.signed_off(moment), read_facts(self.run.folder, moment)
        conclusion = conclude(
            self._journal, self.run, moment, given, facts=found, signed_off=in_force, held_by=held_meanwhile(ramp)
        )
        self.conclusions.append(conclusion)
        return happened.Concluded(moment, conclusion.decision.action.value, conclusion.decision.reason)

    def _roll_back(self, order: ordered.RollBack) -> happened.RollbackRan:
        """Nothing comes before the order."""
        done = roll_back(self._ports.traffic, self._ports.witness, order.was_pct, self.run.plan.rollback.budget_s)
        self._zero = done.zero
        self._came_of_it(order.moment, done)
        return happened.RollbackRan(done.claim is None, done.claim or "")

    def _measured(self, order: ordered.ProveZero) -> happened.ZeroMeasured:
        """What the rollback was measured to come to; of one by hand, what users see from now on."""
        zero, self._zero = self._zero, None
        if zero is None:
            now = Flag()
            now.set()
            zero = measured(self._ports.witness, order.was_pct, self.run.plan.rollback.budget_s, now)
            self._came_of_it(order.moment, RolledBack(order_s=None, claim=None, zero=zero))
        return happened.ZeroMeasured(zero.proven, zero.why)

    def _came_of_it(self, moment: str, done: RolledBack) -> None:
        failed = write_down(self._journal, self.run.site.clock.now(), moment, done)
        self.unwritten = self.unwritten or failed

    def _end_after_rollback(self, order: ordered.VoidPayments) -> happened.PaymentsVoided:
        """Has the moment judged as of the look at which it ended, and concludes it: that ends the open payments. What
        was being judged meanwhile decides nothing any more."""
        under_way, self._judging = self._judging, None
        if under_way:
            under_way.end()
        row, site = self.run.plan.moment(order.moment), self.run.site
        self._conducting.driver.note(row, None)
        Judging.after_rollback(self.run, order.moment, site.scenario, site.speed, self._pytest)
        given = read_verdicts(self.run.folder, order.moment)
        self.conclusions.append(conclude(self._journal, self.run, order.moment, given, after=order.reason))
        newest = latest(read(self.run.folder)).newest
        still = newest.payments_ended if newest else ("what became of them was not written down",)
        draft_post_mortem(self.run, self._journal)
        return happened.PaymentsVoided(not still, "; ".join(still))
