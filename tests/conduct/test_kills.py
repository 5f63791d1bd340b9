"""A conductor that is killed before and after each record of each order goes on to where it must."""

from itertools import product
from random import Random

import pytest

from conduct.lending import LENT
from ramp.conducted import Phase
from ramp.ordered import (
    COMMANDS,
    Answer,
    AskSignOff,
    EndIncident,
    Page,
    PostAgain,
    ProveZero,
    Report,
    ReportAgain,
    RollBack,
    Stop,
    Tell,
    VoidPayments,
)
from tests.conduct.ramp_world import INTENT, POINTS, RESULT, RESULTS, UNDER_WAY, World, conducted, quick, through

IN_A_ROLLBACK = (RollBack, ProveZero, VoidPayments)
OF_A_SIGN_OFF = (AskSignOff, Answer)
ELSEWHERE = {PostAgain, Report, ReportAgain, EndIncident}  # nothing is posted here, so that no card is ever lost
SET = "the canary's weight is 100 % now"
BEFORE = ["go_plus_30", "go_plus_60", "t_minus_10"]
STAGES = [*BEFORE, "stage_1", "stage_10", "stage_25", "stage_50", "stage_100", "post_success"]


@pytest.fixture
def run(rehearsed, tmp_path):
    return quick(rehearsed, tmp_path)


def points():
    every = product([kind for kind in COMMANDS if kind not in ELSEWHERE], POINTS)
    return [(kind, point) for kind, point in every if kind in RESULTS or point in (INTENT, UNDER_WAY)]


def test_each_kind_of_order_but_those_of_cards_is_tried():
    assert {kind for kind, _ in points()} == set(COMMANDS) - ELSEWHERE
    assert set(RESULTS) == {LENT, *COMMANDS} - ELSEWHERE - {Stop}


@pytest.mark.parametrize(("kind", "point"), points(), ids=lambda of: of if isinstance(of, str) else of.__name__)
def test_a_conductor_that_is_killed_at_an_order_goes_on_to_where_it_must(run, kind, point):
    world = World(run, kill=(kind, point))
    world.rolls_back_at = 3 if kind in IN_A_ROLLBACK else None
    world.unread_at = 2 if kind is Page else None
    world.interrupted_at = 2 if kind is Stop else None
    world.signs_at = "stage_50" if kind in OF_A_SIGN_OFF else None
    ended = through(world)
    assert world.died == 1
    must_be_right(world, ended)
    if kind is Page:
        assert "the canary's weight cannot be read: the tool says nothing" in world.paged
    if kind in OF_A_SIGN_OFF:
        assert world.answered[-1] == SET
    if kind in (Tell, *IN_A_ROLLBACK):
        assert any("zero is proven" in said or "is concluded" in said for said in world.told)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("rolls_back_at", [None, 6])
def test_a_conductor_that_is_killed_at_any_moment_goes_on_to_where_it_must(run, seed, rolls_back_at):
    random = Random(seed)  # noqa: S311
    world = World(run, steps=random.randint(1, 250))
    world.rolls_back_at = rolls_back_at
    world.unread_at = random.randint(1, 5)
    ended = through(world)
    must_be_right(world, ended)
    assert any("cannot be read" in said for said in world.paged)


@pytest.mark.parametrize("point", POINTS)
def test_what_came_of_a_sign_off_is_answered_also_after_the_conductor_was_killed_at_that_answer(run, point):
    world = World(run, kill=(Answer, point), after=1)
    world.signs_at = "stage_50"
    must_be_right(world, through(world))
    assert (world.died, world.asked) == (1, [("GATE",)])
    assert SET in world.answered


@pytest.mark.parametrize("by", ["placebo", "drill"])
@pytest.mark.parametrize("point", POINTS)
def test_the_weight_that_a_killed_conductor_had_lent_before_t0_is_put_back(run, by, point):
    world = World(run, kill=(LENT, point), after=["placebo", "drill"].index(by))
    must_be_right(world, through(world))
    assert world.died == 1
    assert not world.paged
    assert len(world.put_back) == (point not in (INTENT, RESULT))
    assert all(f"by its {by}" in said for said in world.put_back)


def test_a_weight_that_the_killed_conductor_did_not_lend_stays_and_the_ramp_goes_on_once_it_is_gone(run):
    world = World(run, kill=(LENT, UNDER_WAY))
    assert conducted(world) is None
    world.weight_pct, world.others_stay = 10.0, 3
    must_be_right(world, through(world))
    assert [said.partition("; ")[2] for said in world.put_back] == [
        "it is 10 % now, which somebody else set and which stays"
    ]
    assert world.paged == ["the canary's weight is 10 %, at go_plus_30 it is to be 0 %"]


def must_be_right(world, ended):
    """Traffic rose a stage at a time and never twice; what was rolled back is at zero, with its payments ended."""
    if world.rolls_back_at:
        assert (ended.phase, world.weight_pct) == (Phase.ROLLED_BACK, 0)
        assert world.voided
        assert world.set_to == [1, 10, 25, 50, 100][: len(world.set_to)]
    else:
        assert (ended.phase, world.voided) == (Phase.DONE, 0)
        assert world.set_to == [1, 10, 25, 50, 100]
        assert set(world.judged) == set(STAGES)
