"""The loop on its journal: what it does stands there first, and a conductor that was killed goes on from it."""

import resource
import signal
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from conduct.interrupts import Interrupts
from conduct.journal import Journal
from conduct.loop import Loop, folded
from conduct.words import say
from fixtures.clock import PlanClock
from ramp import happened, ordered
from ramp.conducted import Phase
from ramp.happened import Word
from ramp.verdict import Colour, Verdict
from reports.journal import read

SPEED = 60_000.0  # a plan minute lasts a millisecond


class Killed(Exception):
    """The process is gone, as kill -9 would have it."""


class World:
    """Traffic, a judge and a pager that outlive their conductor. `kill` is a kind of order, and whether it was carried
    out when the process went."""

    def __init__(self, run, kill=(None, False)):
        self.run, self.weight_pct, self.set_to, self.judged, self.told, self.paged = run, 0.0, [], [], [], []
        self.kill = kill
        self.looks, self.taken_up = 0, []
        self.rolls_back_at = None
        self.driver = SimpleNamespace(look=self.look, progress=lambda *of: None)

    def look(self, moment):
        self.looks += 1
        fired = self.rolls_back_at is not None and self.looks >= self.rolls_back_at
        green = {
            check: Verdict(check=check, moment=moment.id, colour=Colour.GREEN, why="it is within its limit")
            for check in self.run.plan.required(moment.id)
        }
        trigger, reason = ("F4", "F4 fired: payments fail") if fired else (None, "")
        view = SimpleNamespace(moment=moment)
        return SimpleNamespace(
            trigger=trigger, reason=reason, red_min=0.0, held_min=20.0, view=view, verdicts=lambda: green
        )


class Effects:
    """Orders carried out on a `World` by one conductor."""

    def __init__(self, world):
        self.world, self.stopped, self.conclusions, self.to_come = world, False, [], []

    @property
    def is_waiting(self):
        return bool(self.to_come)

    def came_in(self):
        came, self.to_come = self.to_come, []
        return came

    def take_up(self, moment):
        self.world.taken_up.append(moment)

    def read_weight(self):
        return happened.WeightRead(self.world.weight_pct)

    def carry_out(self, order):
        dies, afterwards = self.world.kill[0] is type(order), self.world.kill[1]
        if dies and not afterwards:
            self.world.kill = (None, False)
            raise Killed
        came = self._carried_out(order)
        if dies:
            self.world.kill = (None, False)
            raise Killed
        return came

    def _carried_out(self, order):
        world = self.world
        match order:
            case ordered.SetWeight():
                assert world.weight_pct == order.from_pct
                world.weight_pct = order.to_pct
                world.set_to.append(order.to_pct)
                return happened.WeightRead(order.to_pct)
            case ordered.AwaitShare():
                self.to_come.append(happened.ShareSeen(True))
            case ordered.Conclude():
                world.judged.append(order.moment)
                self.to_come.append(happened.Concluded(order.moment, "CONTINUE"))
            case ordered.RollBack():
                world.weight_pct = 0.0
                return happened.RollbackRan(True)
            case ordered.ProveZero():
                return happened.ZeroMeasured(world.weight_pct == 0)
            case ordered.VoidPayments():
                return happened.PaymentsVoided(True)
            case ordered.Tell():
                world.told.append(order.what)
            case ordered.Page():
                world.paged.append(order.what)
            case ordered.Stop():
                self.stopped = True
        return None


@pytest.fixture
def run(rehearsed, tmp_path):
    """A run whose plan minutes last a millisecond."""
    made = rehearsed(secrets={})
    clock = replace(PlanClock.real(), speed=SPEED)
    site = SimpleNamespace(clock=clock, plan_file=tmp_path / "plan.toml", release_file=tmp_path / "release.toml")
    (tmp_path / "plan.toml").write_text("plan", "utf-8")
    (tmp_path / "release.toml").write_text("release", "utf-8")
    return SimpleNamespace(plan=made.plan, folder=tmp_path / "run", site=site)


def conducted(world):
    """One conductor's life, until all is over or it is killed: whether it came to an end."""
    conducting = SimpleNamespace(run=world.run, driver=world.driver)
    with Interrupts() as interrupts, Journal(world.run.folder) as journal:
        loop = Loop(conducting, journal, Effects(world), interrupts, waits=True)
        try:
            loop.conduct()
        except Killed:
            return None
        return loop.ramp


def through(world, lives=10):
    for _ in range(lives):
        if ramp := conducted(world):
            assert ramp == folded(world.run.plan, read(world.run.folder))
            return ramp
    raise AssertionError("it never came to an end")


def test_a_ramp_goes_through_every_stage_and_its_journal_says_so(run):
    world = World(run)
    assert through(world).phase is Phase.DONE
    assert world.set_to == [1, 10, 25, 50, 100]
    assert world.judged == ["t_minus_10", "stage_1", "stage_10", "stage_25", "stage_50", "stage_100"]
    assert world.paged == []


@pytest.mark.parametrize("afterwards", [False, True])
@pytest.mark.parametrize("order", [ordered.SetWeight, ordered.AwaitShare, ordered.Conclude, ordered.Tell])
def test_a_conductor_that_was_killed_goes_on_and_repeats_no_promotion(run, order, afterwards):
    world = World(run, kill=(order, afterwards))
    assert through(world).phase is Phase.DONE
    assert world.set_to == [1, 10, 25, 50, 100]
    assert set(world.judged) == {"t_minus_10", "stage_1", "stage_10", "stage_25", "stage_50", "stage_100"}


@pytest.mark.parametrize("afterwards", [False, True])
@pytest.mark.parametrize("order", [ordered.RollBack, ordered.ProveZero, ordered.VoidPayments])
def test_a_rollback_is_gone_on_with_until_zero_is_proven(run, order, afterwards):
    world = World(run, kill=(order, afterwards))
    world.rolls_back_at = 3
    assert through(world).phase is Phase.ROLLED_BACK
    assert world.weight_pct == 0


def test_a_trigger_rolls_back_at_the_look_that_saw_it(run):
    world = World(run)
    world.rolls_back_at = 5
    assert through(world).phase is Phase.ROLLED_BACK
    assert world.looks == 5


def test_a_word_is_heard_at_the_next_look_and_once(run):
    world = World(run, kill=(ordered.AwaitShare, True))
    say(run.folder, Word.HOLD, "the incident commander")
    say(run.folder, Word.RESUME, "the incident commander")
    assert through(world).phase is Phase.DONE
    heard = [record["word"] for record in read(run.folder) if record["kind"] == "heard"]
    assert heard == ["HOLD", "RESUME"]


def test_rollback_said_by_somebody_takes_the_canary_back(run):
    world = World(run, kill=(ordered.AwaitShare, True))
    assert conducted(world) is None
    say(run.folder, Word.ROLLBACK, "the CEO")
    assert through(world).phase is Phase.ROLLED_BACK
    assert (world.weight_pct, world.set_to) == (0, [1])


def test_a_release_file_that_changed_in_the_middle_holds_until_it_is_put_back(run):
    world = World(run, kill=(ordered.AwaitShare, True))
    assert conducted(world) is None
    run.site.release_file.write_text("another", "utf-8")
    world.kill = (ordered.Page, True)
    assert conducted(world) is None
    assert world.paged == ["release file differ from what the ramp began with"]
    assert world.set_to == [1]
    run.site.release_file.write_text("release", "utf-8")
    assert through(world).phase is Phase.DONE


def test_each_order_stands_in_the_journal_before_it_is_carried_out(run):
    world = World(run, kill=(ordered.SetWeight, False))
    assert conducted(world) is None
    last = read(run.folder)[-1]
    assert (last["kind"], last["what"], world.set_to) == ("ordered", "SetWeight", [])


@pytest.fixture
def full():
    """`full(file)`: from now on no file grows beyond the size of `file`, until the block is over."""

    @contextmanager
    def filled(file):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 10, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, ignored)

    return filled


def test_where_the_disk_is_full_nothing_is_ordered_and_with_room_again_it_goes_on(run, full):
    world = World(run, kill=(ordered.AwaitShare, True))
    assert conducted(world) is None
    with full(run.folder / "journal.jsonl"), pytest.raises(OSError, match="File too large"):
        conducted(world)
    assert (world.weight_pct, world.set_to, world.judged) == (1, [1], ["t_minus_10"])
    assert through(world).phase is Phase.DONE
    assert world.set_to == [1, 10, 25, 50, 100]


def test_a_rollback_is_ordered_also_where_nothing_can_be_written(run, full):
    world = World(run)
    look = world.driver.look

    def look_while_the_disk_fills(moment):
        stack.enter_context(full(run.folder / "journal.jsonl"))
        return look(moment)

    world.rolls_back_at, world.driver.look = 1, look_while_the_disk_fills
    with ExitStack() as stack, pytest.raises(OSError, match="File too large"):
        conducted(world)
    assert world.weight_pct == 0
    world.driver.look = look
    assert through(world).phase is Phase.ROLLED_BACK
