"""A ramp on the real loop whose cards are real: posted to a stand-in for Slack, called by one for PagerDuty. Its clock
is a world's own, a minute a look, so that hours last seconds."""

from contextlib import suppress
from dataclasses import dataclass, fields, replace
from types import SimpleNamespace

from conduct.calling import end_incident, page_event
from conduct.cards_due import CardsDue
from conduct.conclusion import conclude, open_journal
from conduct.interrupts import Interrupts
from conduct.loop import Loop
from conduct.rehearsed_site import Rehearsal
from conduct.run import Run
from conduct.telling import report_again, tell_again, tell_event
from fixtures.clock import PlanClock
from ramp import happened, ordered
from ramp.judge import Judge
from ramp.moves import held_by
from ramp.replay import DEFAULT_GATES
from ramp.verdict import Colour, Trigger
from reports.journal import read
from tests.conduct.ramp_world import Effects, People, World
from tests.releases import ramp as ramp_of

TOKEN, ROUTING_KEY = "xoxb-rehearsal-token", "r0utingkeyr0utingkeyr0utingkey00"
SECRETS = {"SLACK_BOT_TOKEN": TOKEN, "PAGERDUTY_ROUTING_KEY": ROUTING_KEY}
SPEED = 1e9  # nobody waits for a look
LOOKS_MAX = 300
POSTED = ("card", "status_card")


@dataclass(frozen=True, kw_only=True)
class WorldsClock(PlanClock):
    """What the `world` says that it is."""

    world: "CardWorld"

    def now(self):
        return self.world.now


@dataclass(frozen=True, kw_only=True)
class AtItsClock(Rehearsal):
    world: "CardWorld"

    @property
    def clock(self):
        return WorldsClock(speed=SPEED, began_at_s=0.0, began_monotonic_s=0.0, world=self.world)


@dataclass(frozen=True, kw_only=True)
class Held(Run):
    """Each of its stages was held for as long as the plan says."""

    world: "CardWorld"

    def judged(self, moment, of=None):
        return SimpleNamespace(view=self.world.looked[moment.id].view, held_min=moment.hold_min)


def looked_of(plan):
    """By stage the last look at a sound one, as the judge has it, and all GREEN."""
    seen = {}
    for stage in plan.stages:
        judge = Judge(plan, DEFAULT_GATES)
        for one in ramp_of(plan, stage.id, 16):
            judge.add(one)
        last = judge.end()
        green = {name: found._replace(colour=Colour.GREEN, thin=False) for name, found in last.findings.items()}
        seen[stage.id] = replace(last, findings=green)
    return seen


class CardWorld(World):
    """`red` are the looks at which latency is RED, at those of `blind` nothing is seen, `at` what comes about at one:
    by look, something to call."""

    def __init__(self, run, looked, red=(), blind=(), at=None):
        super().__init__(run)
        given = {field.name: getattr(run.site, field.name) for field in fields(run.site)}
        site = AtItsClock(**given, world=self)
        self.looked, self.red, self.blind, self.at = looked, red, blind, at or {}
        self.run = Held(plan=run.plan, site=site, folder=run.folder, world=self)
        self.red_min, self.moment = 0.0, ""

    def look(self, moment):
        self.looks += 1
        assert self.looks < LOOKS_MAX, "it never came to an end"
        if happens := self.at.get(self.looks):
            happens()
        if moment.id != self.moment:
            self.moment, self.red_min = moment.id, 0.0
        if self.looks in self.blind:
            return None
        seen = self.looked[moment.id]
        if self.looks in self.red:
            self.red_min += 1
            latency = seen.findings["latency"]._replace(colour=Colour.RED)
            seen = replace(seen, findings={**seen.findings, "latency": latency})
        if self.rolls_back_at and self.looks >= self.rolls_back_at:
            payments = seen.findings["payments"]._replace(colour=Colour.RED, trigger=Trigger.F4)
            seen = replace(seen, findings={**seen.findings, "payments": payments})
        self.driver.looked = seen = replace(seen, red_min=self.red_min)
        return seen

    def verdicts(self, moment):
        green = super().verdicts(moment)
        if self.looks in self.red and "latency" in green:
            green["latency"] = replace(green["latency"], colour=Colour.RED)
        if self.rolls_back_at and self.looks >= self.rolls_back_at:
            green["payments"] = replace(green["payments"], colour=Colour.RED, trigger=Trigger.F4)
        return green

    def conducted(self):
        """The records of its journal, once all traffic is on the release, or it was rolled back."""
        conducting = SimpleNamespace(run=self.run, driver=self.driver)
        with Interrupts() as interrupts, open_journal(self.run, []) as journal:
            effects = CardEffects(self, journal)
            self.loop = Loop(conducting, journal, effects, interrupts, waits=True, is_to_100=True)
            with suppress(KeyboardInterrupt):
                self.loop.conduct()
            effects.cards.close()
        return read(self.run.folder)


class Silent(People):
    """Nobody says anything; what was pinned is as this conductor wrote it down, so that no look reads the journal."""

    def __init__(self, world, journal):
        super().__init__(world)
        self.journal = journal

    @property
    def pins(self):
        return next((record["pins"] for record in self.journal.appended if record["kind"] == "pinned"), {})


class CardEffects(Effects):
    """The traffic of a `CardWorld`; whoever is told or called really is. Slack answers within the minute."""

    def __init__(self, world, journal):
        super().__init__(world, journal)
        self.people, self.cards, self.due = Silent(world, journal), CardsDue(world.run, journal), None

    @property
    def is_waiting(self):
        return super().is_waiting or self.due is not None

    def came_in(self, ramp):
        self.cards.settle()
        yield from self.cards.came_in(ramp)
        yield from super().came_in(ramp)
        if self.due:
            moment, self.due = self.due, None
            given, of = self.world.verdicts(moment), self.world.loop.ramp
            conclusion = conclude(self.journal, self.world.run, moment, given, held_by=held_by(of))
            self.conclusions.append(conclusion)
            yield happened.Concluded(moment, conclusion.decision.action.value, conclusion.decision.reason)

    def carry_out(self, order):
        run, journal = self.world.run, self.journal
        match order:
            case ordered.Conclude():
                self.due = order.moment
            case ordered.Tell():
                tell_event(journal, run, order.what)
            case ordered.Page():
                page_event(journal, run, order.what, order.roles, order.cause)
            case ordered.VoidPayments():
                self.world.voided += 1
                conclude(journal, run, order.moment, self.world.verdicts(order.moment), after=order.reason)
                return happened.PaymentsVoided(True)
            case ordered.EndIncident():
                end_incident(journal, run, order.moment, order.cause)
            case ordered.Report():
                self.cards.begin(order, self.world.driver.looked)
            case ordered.PostAgain():
                tell_again(journal, run, order.moment)
            case ordered.ReportAgain():
                report_again(journal, run, order.thread)
            case _:
                return super().carry_out(order)
        return None
