"""The loop on its journal: what it does stands there first."""

from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from conduct.afternoon import Afternoon
from conduct.words import say
from ramp import ordered
from ramp.conducted import Block, Phase
from ramp.decision import Action
from ramp.happened import Word
from ramp.target import Heartbeat
from reports.journal import read
from tests.conduct.ramp_world import EFFECT, RESULT, UNDER_WAY, World, conducted, quick, through

REFUSED, UNPROVEN = "the rollback command failed: exit 1", "the canary may still answer users: it answers 1 %"


@pytest.fixture
def run(rehearsed, tmp_path):
    return quick(rehearsed, tmp_path)


def test_a_ramp_goes_through_every_stage_and_its_journal_says_so(run):
    world = World(run)
    assert through(world).phase is Phase.DONE
    assert world.set_to == [1, 10, 25, 50, 100]
    assert world.judged == [
        "go_plus_30",
        "go_plus_60",
        "t_minus_10",
        "stage_1",
        "stage_10",
        "stage_25",
        "stage_50",
        "stage_100",
        "post_success",
    ]
    assert world.paged == []


def test_an_outside_monitor_that_takes_no_heartbeat_is_told_of_once_and_stops_nothing(run):
    """Its address, which nobody may see, stands in no sentence."""
    run.site.target = run.site.target.model_copy(update={"heartbeat": Heartbeat(url_env="MONITOR_URL")})
    run.site.secret = lambda name: SecretStr("http://127.0.0.1:9/ping/4c1f6f2e")
    world = World(run)

    assert through(world).phase is Phase.DONE
    (said,) = [what for what in world.told if "heartbeat" in what]
    assert "the ramp goes on" in said and "4c1f6f2e" not in said


def test_a_trigger_rolls_back_at_the_look_that_saw_it(run):
    world = World(run)
    world.rolls_back_at = 5
    assert through(world).phase is Phase.ROLLED_BACK
    assert world.looks == 5


def test_a_word_is_heard_at_the_next_look_and_once(run):
    world = World(run, kill=(ordered.AwaitShare, EFFECT))
    say(run.folder, Word.HOLD, "the incident commander")
    say(run.folder, Word.RESUME, "the incident commander")
    assert through(world).phase is Phase.DONE
    heard = [record["word"] for record in read(run.folder) if record["kind"] == "heard"]
    assert heard == ["HOLD", "RESUME"]


@pytest.mark.parametrize("steps", range(1, 33))
def test_a_word_is_heard_whenever_a_conductor_is_killed(run, steps):
    """Twice rather than never."""
    world = World(run, kill=(ordered.AwaitShare, EFFECT))
    assert conducted(world) is None
    say(run.folder, Word.HOLD, "the incident commander")
    world.steps = steps
    assert conducted(world) is None
    world.interrupted_at = world.looks + 2
    assert conducted(world) is None
    happened = [each["event"] for each in read(run.folder) if each["kind"] == "happened"]
    assert "HOLD" in [each["word"] for each in happened if each["what"] == "Said"]


def test_rollback_said_by_somebody_takes_the_canary_back(run):
    world = World(run, kill=(ordered.AwaitShare, EFFECT))
    assert conducted(world) is None
    say(run.folder, Word.ROLLBACK, "the CEO")
    assert through(world).phase is Phase.ROLLED_BACK
    assert (world.weight_pct, world.set_to) == (0, [1])


def test_a_release_file_that_changed_in_the_middle_holds_until_it_is_put_back(run):
    world = World(run, kill=(ordered.AwaitShare, EFFECT))
    assert conducted(world) is None
    run.site.release_file.write_text("another", "utf-8")
    world.kill = (ordered.Page, RESULT)
    assert conducted(world) is None
    assert world.paged == ["release file differ from what the ramp began with"]
    assert world.set_to == [1]
    run.site.release_file.write_text("release", "utf-8")
    assert through(world).phase is Phase.DONE


def test_each_order_stands_in_the_journal_before_it_is_carried_out(run):
    world = World(run, kill=(ordered.SetWeight, UNDER_WAY))
    assert conducted(world) is None
    last = read(run.folder)[-1]
    assert (last["kind"], last["what"], world.set_to) == ("ordered", "SetWeight", [])


@pytest.mark.parametrize("at", range(14, 20))
def test_after_ctrl_c_no_weight_is_set_though_a_conclusion_comes_in_at_the_same_time(run, at):
    """A stage's end is judged beside the looks: that may end during the one in which somebody presses it."""
    world = World(run)
    world.interrupted_at = at
    assert conducted(world) is None
    kinds = [record.get("event", record).get("what") for record in read(run.folder)]
    assert "SetWeight" not in kinds[kinds.index("Interrupted") :]


def test_a_rollback_that_is_heard_after_ctrl_c_is_what_the_ramp_came_to(run):
    world = World(run)
    look, world.interrupted_at = world.driver.look, 5

    def somebody_rolls_back_meanwhile(moment):
        if world.looks == 4:
            say(run.folder, Word.ROLLBACK, "the CEO")
        return look(moment)

    world.driver.look = somebody_rolls_back_meanwhile
    ended = conducted(world)
    assert ended is not None and ended.phase is Phase.ROLLED_BACK


def test_ctrl_c_while_a_rollback_keeps_failing_is_answered_once_with_how_to_do_it_by_hand(run, capsys):
    world = World(run)
    world.rolls_back_at = world.interrupted_at = 1
    world.refuses = 3
    ended = conducted(world)
    assert (ended.phase, ended.attempts, world.weight_pct) == (Phase.ROLLED_BACK, 4, 0)
    said = "the operator interrupted the conductor; the rollback goes on until zero is proven"
    answers = [each for each in world.told if each.startswith(said)]
    assert answers == [f"{said}. By hand, in another terminal: `python -m ramp rollback`"]
    assert capsys.readouterr().err.count(answers[0]) == 1


def test_where_nobody_waits_a_share_that_never_follows_the_weight_ends_the_ramp(run):
    """Else `rehearse --scenario split_stuck` would never end."""
    world = World(run)
    world.follows = False
    ended = conducted(world, waits=False)
    assert (ended.moment, ended.phase) == ("stage_1", Phase.OBSERVING)
    assert Block.SHARE in ended.blocks


@pytest.mark.parametrize(
    ("decided", "phase", "blocks", "came_to"),
    [
        (Action.CONTINUE, Phase.OBSERVING, {Block.SHARE}, Action.HOLD),
        (Action.CONTINUE, Phase.HOLDING, set(), Action.CONTINUE),
        (Action.ROLLBACK, Phase.ROLLED_BACK, {Block.GATE}, Action.ROLLBACK),
        (Action.CONTINUE, Phase.DONE, {Block.GATE}, Action.CONTINUE),
    ],
)
def test_what_keeps_the_ramp_from_going_on_is_no_continue(run, decided, phase, blocks, came_to):
    afternoon = Afternoon(run, [], waits=False)
    afternoon._loop = SimpleNamespace(ramp=SimpleNamespace(phase=phase, blocks=blocks))
    afternoon.conclusions = [SimpleNamespace(decision=SimpleNamespace(action=decided))]
    assert afternoon.came_to is came_to


def test_where_the_disk_is_full_nothing_is_ordered_and_with_room_again_it_goes_on(run, full):
    world = World(run, kill=(ordered.AwaitShare, EFFECT))
    assert conducted(world) is None
    with full(run.folder / "journal.jsonl"), pytest.raises(OSError, match="File too large"):
        conducted(world)
    assert (world.weight_pct, world.set_to, world.judged) == (1, [1], ["go_plus_30", "go_plus_60", "t_minus_10"])
    assert through(world).phase is Phase.DONE
    assert world.set_to == [1, 10, 25, 50, 100]


def test_a_rollback_is_ordered_also_where_nothing_can_be_written(run, full):
    world = World(run)
    rolled_back_on_a_full_disk(world, full)
    assert world.weight_pct == 0
    assert through(world).phase is Phase.ROLLED_BACK


def test_a_rollback_that_fails_on_a_full_disk_is_paged_and_tried_again_until_zero_is_proven(run, full):
    world = World(run)
    world.refuses = 2
    rolled_back_on_a_full_disk(world, full)
    assert (world.refuses, world.weight_pct, world.voided) == (0, 0, 0)
    failed, unproven = (f"{said}; {run.folder} cannot be written: File too large" for said in (REFUSED, UNPROVEN))
    assert world.paged == [failed, unproven] * 2
    assert through(world).phase is Phase.ROLLED_BACK
    assert world.voided == 1


def rolled_back_on_a_full_disk(world, full):
    """The disk fills during the look at which a trigger fires; once the conductor is gone there is room again."""
    look = world.driver.look

    def look_while_the_disk_fills(moment):
        stack.enter_context(full(world.run.folder / "journal.jsonl"))
        return look(moment)

    world.rolls_back_at, world.driver.look = 1, look_while_the_disk_fills
    with ExitStack() as stack, pytest.raises(OSError, match="File too large"):
        conducted(world)
    world.driver.look = look
