"""A world that outlives its conductors: a loop on its real journal, killed wherever a test wants it."""

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from conduct.asking import ANSWERS
from conduct.interrupts import Interrupts
from conduct.journal import Journal
from conduct.lending import BACK, LENT, lent, put_back
from conduct.loop import Loop
from fixtures.clock import PlanClock
from ramp import happened, ordered
from ramp.folded import folded
from ramp.stable import Stable
from ramp.verdict import Colour, Verdict
from reports.journal import read
from tests.conduct.lending_place import LENDS_AT, place_in

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SPEED = 60_000.0  # a plan minute lasts a millisecond


class Killed(Exception):
    """The process is gone, as kill -9 would have it."""


INTENT, UNDER_WAY, EFFECT, RESULT = "before the intent", "after the intent", "before the result", "after the result"
POINTS = (INTENT, UNDER_WAY, EFFECT, RESULT)
# What says what came of an order; nothing does of Stop.
RESULTS = {
    ordered.SetWeight: "WeightRead",
    ordered.AwaitShare: "ShareSeen",
    ordered.Conclude: "Concluded",
    ordered.RollBack: "RollbackRan",
    ordered.ProveZero: "ZeroMeasured",
    ordered.VoidPayments: "PaymentsVoided",
    ordered.Tell: "event_card",
    ordered.Page: "event_page",
    ordered.AskSignOff: "SignedOff",
    ordered.Answer: "thread_card",
    LENT: BACK,
}
CODE = "K7M4QX"


class DyingJournal(Journal):
    """Dies with its process where `kill` says: at a point of a kind of order, once, or at the n-th record."""

    def __init__(self, world):
        super().__init__(world.run.folder)
        self.world = world

    def append(self, kind, at_utc, **fields):
        what = {"ordered": fields.get("what"), "happened": fields.get("event", {}).get("what")}.get(kind, kind)
        of, point = self.world.kill
        intent = (LENT, LENT) if of == LENT else ("ordered", of and of.__name__)
        intends = of is not None and (kind, what) == intent and self.world.is_nth()
        if intends:
            self.world.is_due = True
        results = self.world.is_due and what == RESULTS.get(of)
        self.world.die_if((intends and point == INTENT) or (results and point == EFFECT))
        self.world.count_down()
        record = super().append(kind, at_utc, **fields)
        self.world.die_if((intends and point == UNDER_WAY) or (results and point == RESULT))
        self.world.count_down()
        return record


class World:
    """Traffic, a judge and a pager that outlive their conductor. `kill` is a kind of order, or LENT, and one of POINTS;
    `steps` are how many steps before and after records a conductor lives, `after` how many of the kind it outlives."""

    def __init__(self, run, kill=(None, None), steps=None, after=0):
        self.run, self.weight_pct, self.set_to, self.judged, self.told, self.paged = run, 0.0, [], [], [], []
        self.kill, self.steps, self.after, self.is_due, self.died = kill, steps, after, False, 0
        self.looks, self.taken_up, self.voided, self.asked, self.answered = 0, [], 0, [], []
        self.put_back, self.others_stay = [], 0  # for so many readings
        self.lends = {"placebo": self, "drill": SimpleNamespace(weight_pct=0.0)}  # where, at no other's weight
        self.signs_at, self.follows = None, True
        self.refuses = 0  # so many rollbacks
        self.rolls_back_at = self.unread_at = self.interrupted_at = None
        self.driver = SimpleNamespace(look=self.look, looked=None, progress=lambda *of: None)

    def die_if(self, is_so):
        if is_so:
            self.kill, self.is_due, self.died = (None, None), False, self.died + 1
            raise Killed

    def is_nth(self):
        self.after -= 1
        return self.after < 0

    def count_down(self):
        if self.steps is not None:
            self.steps -= 1
            if self.steps == 0:
                self.steps, self.died = None, self.died + 1
                raise Killed

    @property
    def now(self):
        return NOW + timedelta(minutes=self.looks)

    def read(self):
        if self.unread_at == self.looks and self.looks:
            self.unread_at = None
            return happened.WeightRead(None, "the tool says nothing")
        if self.others_stay:
            self.others_stay -= 1
            self.weight_pct = self.weight_pct if self.others_stay else 0.0
        return happened.WeightRead(self.weight_pct)

    def look(self, moment):
        self.looks += 1
        if self.looks == self.interrupted_at:
            os.kill(os.getpid(), signal.SIGINT)
        fired = self.rolls_back_at is not None and self.looks >= self.rolls_back_at
        found = self.verdicts(moment.id)
        trigger, reason = ("F4", "F4 fired: payments fail") if fired else (None, "")
        view = SimpleNamespace(moment=moment, as_of=self.now)
        return SimpleNamespace(
            trigger=trigger, reason=reason, red_min=0.0, held_min=20.0, view=view, findings={}, in_brief=lambda: found,
            wordless=lambda: dict(found), verdicts=lambda of: {check: found[check] for check in of},
        )  # fmt: skip

    def verdicts(self, moment):
        return {
            check: Verdict(check=check, moment=moment, colour=Colour.GREEN, why="it is within its limit")
            for check in self.run.plan.required(moment)
        }


class People:
    """Nobody says anything."""

    def __init__(self, world):
        self.folder = world.run.folder

    @property
    def pins(self):
        return next((record["pins"] for record in read(self.folder) if record["kind"] == "pinned"), {})

    def listen(self):
        return None

    def looked(self, ramp, verdicts):
        return ()

    def signed_off(self, moment):
        return None


class NoCards:
    """Nobody has to be told anything."""

    def due(self, ramp, held_min):
        return ()

    def settle(self):
        return None


class Effects:
    """Orders carried out on a `World` by one conductor."""

    acts, unwritten = False, None

    def __init__(self, world, journal):
        self.people, self.cards = People(world), NoCards()
        self.world, self.journal, self.stopped, self.conclusions, self.to_come = world, journal, False, [], []
        self.signed = None  # what is held anew is signed off anew

    @property
    def is_waiting(self):
        return bool(self.to_come)

    def came_in(self, ramp):
        came, self.to_come = self.to_come, []
        return came

    def put_back(self):
        for by in self.world.lends:
            place = place_in(self.world, by)
            if said := put_back(self.journal, lambda: NOW, read(self.world.run.folder), place):
                self.world.put_back.append(said)

    def _comes_to(self, moment):
        self.world.judged.append(moment)
        if by := LENDS_AT.get(moment):
            place = place_in(self.world, by)
            assert place.traffic.weight_pct() == 0
            with lent(self.journal, lambda: NOW, place):
                place.traffic.set_weight(50)
        holds = moment == self.world.signs_at != self.signed
        return happened.Concluded(moment, "HOLD" if holds else "CONTINUE")

    def take_up(self, moment):
        self.world.taken_up.append(moment)

    def read_weight(self):
        return self.world.read()

    def carry_out(self, order):
        world = self.world
        match order:
            case ordered.SetWeight():
                assert world.weight_pct == order.from_pct
                world.weight_pct = order.to_pct
                world.set_to.append(order.to_pct)
                return happened.WeightRead(order.to_pct)
            case ordered.AwaitShare():
                self.to_come.append(happened.ShareSeen(world.follows))
            case ordered.Conclude():
                self.to_come.append(self._comes_to(order.moment))
            case ordered.RollBack():
                return self._roll_back()
            case ordered.ProveZero():
                return happened.ZeroMeasured(world.weight_pct == 0, f"it answers {world.weight_pct:g} %")
            case ordered.VoidPayments():
                world.voided += 1
                return happened.PaymentsVoided(True)
            case ordered.Tell() | ordered.Page():
                self._tell(order)
            case ordered.AskSignOff() | ordered.Answer():
                self._of_people(order)
            case ordered.Stop():
                self.stopped = True
        return None

    def _roll_back(self):
        if self.world.refuses:
            self.world.refuses -= 1
            return happened.RollbackRan(False, "exit 1")
        self.world.weight_pct = 0.0
        return happened.RollbackRan(True)

    def _tell(self, order):
        if isinstance(order, ordered.Tell):
            self.world.told.append(order.what)
            self.journal.append("event_card", NOW, text=order.what, channel="#ship-room", posted=True)
        else:
            self.world.paged.append(order.what)
            said = {"said": order.what, "roles": list(order.roles), "dedup_key": "conductor", "posted": True}
            self.journal.append("event_page", NOW, **said)

    def _of_people(self, order):
        """The CEO signs off whatever is asked."""
        if isinstance(order, ordered.AskSignOff):
            self.world.asked.append(order.blocks)
            self.signed = order.moment
            self.to_come.append(happened.SignedOff(order.moment, CODE, "CEO", order.blocks, "1.2"))
        else:
            self.world.answered.append(order.what)
            said = {"text": order.what, "channel": "#ship-room", "posted": True, "ts": "1.3"}
            self.journal.append("thread_card", NOW, thread="1.1", about=f"{ANSWERS}{order.code}", **said)


def quick(rehearsed, tmp_path):
    """A run whose plan minutes last a millisecond, and whose stable hours are six minutes."""
    made = rehearsed(secrets={})
    clock = replace(PlanClock.real(), speed=SPEED)
    files = {f"{name}_file": tmp_path / f"{name}.toml" for name in ("plan", "release")}
    site = SimpleNamespace(clock=clock, target=made.site.target, secrets=(), **files)
    (tmp_path / "plan.toml").write_text("plan", "utf-8")
    (tmp_path / "release.toml").write_text("release", "utf-8")
    stable = made.plan.stable.model_copy(update={"hours_min": 0.1})
    plan = made.plan.model_copy(update={"stable": stable})
    return SimpleNamespace(plan=plan, folder=tmp_path / "run", site=site, release=made.release)


def conducted(world, *, waits=True):
    """One conductor's life, until all is over or it is killed: whether it came to an end."""
    conducting = SimpleNamespace(run=world.run, driver=world.driver)
    world.run.stable = lambda: (Stable(since_utc=world.now, until_utc=world.now), world.now)
    with Interrupts() as interrupts, DyingJournal(world) as journal:
        try:
            loop = Loop(conducting, journal, Effects(world, journal), interrupts, waits=waits)
            loop.conduct()
        except (Killed, KeyboardInterrupt):
            return None
        return loop.ramp


def through(world, lives=10):
    for _ in range(lives):
        if ramp := conducted(world):
            assert ramp == folded(world.run.plan, read(world.run.folder))
            return ramp
    raise AssertionError("it never came to an end")
