"""Traffic rises once what a stage needs was concluded, and while none of that was said to be worse since."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp import directive
from ramp.decision import Action, Decision, decide
from ramp.order_of_moments import in_order, lacking
from ramp.validation import Invalid
from ramp.verdict import Colour, Verdict

BEFORE_T0 = ("go_plus_30", "go_plus_60", "t_minus_10")
NO_CHECK_YET = "no check yet for D3 of go_plus_30, D3 of go_plus_60"


def verdicts(plan, moment, **colours):
    return [
        Verdict(check=check, moment=moment, colour=colours.get(check, Colour.GREEN), why="-")
        for check in plan.required(moment)
    ]


def concluded(plan, moment, **colours):
    """What checks said at `moment`, and the decision."""
    told = verdicts(plan, moment, **colours)
    return [*told, decide(plan, moment, {each.check: each for each in told}, plan.moment(moment).hold_min)]


def all_before_t0(plan):
    return [each for moment in BEFORE_T0 for each in concluded(plan, moment)]


def test_nothing_that_was_not_concluded_stands(plan):
    """With all that those moments need in turn; what nothing checks yet needs no conclusion."""
    assert list(lacking(plan, "t_minus_10", [])) == ["go_plus_30", "go_plus_60"]
    assert list(lacking(plan, "stage_25", [])) == [*BEFORE_T0, "stage_1", "stage_10"]
    assert list(lacking(plan, "stage_100", [])) == [*BEFORE_T0, "stage_1", "stage_10", "stage_25", "stage_50"]
    for alone in ("go_plus_30", "go_plus_60", "caps", "post_success"):
        assert lacking(plan, alone, []) == {}


def test_what_was_concluded_in_order_lacks_nothing(plan):
    """Each stage stands on those before it."""
    told = all_before_t0(plan)
    for stage in plan.stages:
        assert lacking(plan, stage.id, told) == {}
        told += concluded(plan, stage.id)


def test_lines_that_no_check_serves_yet_are_said_and_do_not_block(unproven):
    """GO+30 ends in HOLD for them, whatever its checks prove."""
    plan = unproven
    assert concluded(plan, "go_plus_30")[-1].action is Action.HOLD
    decision = concluded(plan, "t_minus_10")[-1]
    said = in_order(plan, decision, lacking(plan, "t_minus_10", all_before_t0(plan)), is_rehearsed=False, raises=True)

    assert (said.action, said.next_step, said.before) == (Action.CONTINUE, "go on to stage_1", (NO_CHECK_YET,))


@pytest.mark.parametrize("colour", [Colour.YELLOW, Colour.NO_DATA, Colour.RED])
@pytest.mark.parametrize(("moment", "check"), [("go_plus_30", "caps_target"), ("t_minus_10", "restore")])
def test_a_moment_that_ended_in_hold_does_not_stand_until_it_is_run_again(plan, moment, check, colour):
    """Whatever it holds for but checks that are to come."""
    told = [*all_before_t0(plan), *concluded(plan, moment, **{check: colour})]

    assert list(lacking(plan, "stage_1", told)) == [moment]
    assert f"{check} {colour.word} at {moment}: -" in lacking(plan, "stage_1", told)[moment]
    assert lacking(plan, "stage_1", [*told, *concluded(plan, moment)]) == {}


@pytest.mark.parametrize("colour", [Colour.YELLOW, Colour.NO_DATA, Colour.RED])
def test_a_later_worse_verdict_of_the_same_confirmation_withdraws_a_pass(plan, colour):
    """Also from another moment, and from one that never came to its end. A better one gives nothing back."""
    for moment, check in (("caps", "caps_target"), ("go_plus_30", "caps_target")):
        worse = Verdict(check=check, moment=moment, colour=colour, why="$20.01 went through")
        told = [*all_before_t0(plan), worse, replace(worse, colour=Colour.GREEN)]

        assert lacking(plan, "stage_1", told) == {"go_plus_30": f"is withdrawn: {worse.reason}"}
        assert lacking(plan, "stage_1", [*told, *concluded(plan, "go_plus_30")]) == {}


def test_a_gate_of_another_stage_withdraws_nothing(plan):
    """What is slow at 10 % was not slow at 1 %."""
    slow = Verdict(check="latency", moment="stage_10", colour=Colour.RED, why="-")
    told = [*all_before_t0(plan), *concluded(plan, "stage_1"), slow]

    assert lacking(plan, "stage_1", told) == {}
    assert list(lacking(plan, "stage_25", told)) == ["stage_10"]


def test_a_verdict_that_is_no_worse_withdraws_nothing(plan):
    """A stage that went on with a warning still stands when it is said again."""
    told = [*all_before_t0(plan), *concluded(plan, "stage_1", markup=Colour.YELLOW)]
    again = Verdict(check="markup", moment="stage_1", colour=Colour.YELLOW, why="-")

    assert lacking(plan, "stage_10", [*told, again]) == {}
    assert list(lacking(plan, "stage_10", [*told, replace(again, colour=Colour.NO_DATA)])) == ["stage_1"]


def test_a_decision_without_all_its_verdicts_is_no_pass(plan):
    """Another plan has fewer checks, and lines of a journal may be gone."""
    told = [each for each in all_before_t0(plan) if getattr(each, "check", "") != "restore"]

    assert lacking(plan, "stage_1", told) == {"t_minus_10": "was concluded without restore"}


def test_people_are_told_what_comes_first_and_the_suite_does_not_go_on(plan):
    """A rehearsal goes on, and says it."""
    decision = concluded(plan, "stage_1")[-1]
    told = [*concluded(plan, "go_plus_60"), *concluded(plan, "t_minus_10", restore=Colour.RED)]
    lacks = lacking(plan, "stage_1", told)
    missing = ("go_plus_30 not concluded for this release", "t_minus_10 ended in HOLD: restore RED at t_minus_10: -")

    rehearsed = in_order(plan, decision, lacks, is_rehearsed=True, raises=True)
    by_hand = in_order(plan, decision, lacks, is_rehearsed=False, raises=False)
    acting = in_order(plan, decision, lacks, is_rehearsed=False, raises=True)

    assert rehearsed == replace(decision, before=("go_plus_30 not concluded in this run", missing[1]))
    assert (by_hand.action, by_hand.before[:2]) == (Action.CONTINUE, missing)
    assert by_hand.next_step == "go on to stage_10 once go_plus_30, t_minus_10 are concluded"
    assert (acting.action, acting.page) == (Action.HOLD, ("incident_commander",))
    assert acting.reason == f"traffic does not rise out of order: {'; '.join(missing)}"
    assert acting.next_step == "run what is missing first: pytest -m go_plus_30, pytest -m t_minus_10"
    assert Decision.from_record(acting.record()) == acting


@pytest.mark.parametrize("action", [Action.HOLD, Action.ROLLBACK])
def test_what_is_missing_before_changes_no_hold_and_no_rollback(plan, action):
    """A trigger that fired needs no order."""
    decision = replace(concluded(plan, "stage_1")[-1], action=action)
    said = in_order(plan, decision, {"t_minus_10": "is withdrawn: -"}, is_rehearsed=False, raises=True)

    assert replace(said, before=()) == decision and "t_minus_10 is withdrawn: -" in said.before


PARTS = st.tuples(st.sampled_from(["go_plus_30", "t_minus_10", "caps", "stage_1"]), st.sampled_from(list(Colour)))


@given(st.lists(PARTS, max_size=8), st.data())
def test_taking_away_what_is_fine_never_makes_a_moment_stand(plan, parts, data):
    """And no verdict by itself does: only a decision passes."""
    told = [each for moment, colour in parts for each in _ended(plan, moment, colour)]
    before = lacking(plan, "stage_1", told)
    fine = [at for at, each in enumerate(told) if isinstance(each, Decision) or each.colour is Colour.GREEN]
    gone = set(data.draw(st.lists(st.sampled_from(fine), max_size=3))) if fine else set()
    passed = {at for at in gone if isinstance(told[at], Verdict) or told[at].action is Action.CONTINUE}
    more = Verdict(check="restore", moment="t_minus_10", colour=data.draw(st.sampled_from(list(Colour))), why="-")

    assert lacking(plan, "stage_1", [each for at, each in enumerate(told) if at not in passed]).keys() >= before.keys()
    assert lacking(plan, "stage_1", [*told, more]).keys() >= before.keys()


def _ended(plan, moment, colour):
    check = plan.required(moment)[0]
    return concluded(plan, moment, **{check: colour})


TEXT = (Path(__file__).parents[2] / "ramp" / "plan.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        (
            'needs_moments = ["stage_1"]',
            'needs_moments = ["stage_2"]',
            "stage_10.needs_moments: no such moment 'stage_2'",
        ),
        ('needs_moments = ["stage_1"]', 'needs_moments = ["stage_10"]', "'stage_10': does not come before stage_10"),
        ('needs_moments = ["stage_1"]', 'needs_moments = ["post_success"]', "does not come before stage_10"),
        ('needs_moments = ["stage_1"]\n', "", "a stage says needs_moments"),
        ('source = "D1"\n', 'source = "D1"\nneeds_moments = []\n', "any other moment does not"),
    ],
)
def test_an_order_that_cannot_be_kept_is_refused(right, wrong, says):
    """Traffic could never be set."""
    with pytest.raises(Invalid) as refused:
        directive.parse(TEXT.replace(right, wrong, 1))

    assert len(refused.value.problems) == 1 and says in str(refused.value)


def test_a_plan_may_need_no_moment_and_one_out_of_order(plan):
    """A plan of gates alone has none; the caps may be asked for whenever one likes."""
    for needs in ("[]", '["caps"]'):
        own = directive.parse(TEXT.replace('needs_moments = ["stage_1"]', f"needs_moments = {needs}"))
        assert list(own.needed_before("stage_10")) == (["caps"] if needs != "[]" else [])
