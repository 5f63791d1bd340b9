"""Verdicts to one word, by the order of the rules."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.decision import Action, Decision, decide, rolled_back
from ramp.verdict import Colour, Trigger, Verdict


def verdicts(plan, moment="stage_50", **colours):
    return {
        check: Verdict(check=check, moment=moment, colour=colours.get(check, Colour.GREEN), why=f"{check} says so")
        for check in plan.required(moment)
    }


def test_all_green_and_held_continues(plan):
    """A2: nobody has to approve."""
    decision = decide(plan, "stage_50", verdicts(plan), 30)

    assert (decision.action, decision.action.exit_code, decision.page) == (Action.CONTINUE, 0, ())
    assert "stage_100" in decision.next_step


def test_how_many_checks_are_green_is_said_in_english(plan):
    reasons = [
        decide(plan, "stage_10", verdicts(plan, "stage_10", **of), 15, required=names).reason.partition(";")[0]
        for names, of in ((["cache", "share"], {}), (["share"], {}), (["markup"], {"markup": Colour.YELLOW}))
    ]
    assert reasons == ["all 2 checks GREEN", "its one check is GREEN", "0 of 1 check GREEN"]


def test_a_trigger_rolls_back_whatever_else_is_missing(plan):
    """F7: no approval, the incident commander is paged, even while another gate is blind."""
    given = verdicts(plan, cache=Colour.NO_DATA)
    given["payments"] = replace(given["payments"], colour=Colour.RED, why="1 failed", trigger=Trigger.F4)

    decision = decide(plan, "stage_50", given, 3)

    assert (decision.action, decision.action.exit_code) == (Action.ROLLBACK, 20)
    assert "incident_commander" in decision.page
    assert decision.because == ("payments",)


@pytest.mark.parametrize("trigger", [Trigger.F4, None])
def test_what_was_rolled_back_already_asks_nobody_to_roll_back(plan, trigger):
    """By a trigger, or by a word: zero is proven by then."""
    given = verdicts(plan)
    given["payments"] = replace(given["payments"], colour=Colour.RED, trigger=trigger)
    before = decide(plan, "stage_50", given, 3)
    after = rolled_back(before, "the CEO said ROLLBACK")

    assert (after.action, after.is_done, before.is_done) == (Action.ROLLBACK, True, False)
    assert (after.reason == before.reason) is bool(trigger) and "rolls back now" not in after.next_step


@pytest.mark.parametrize("colour", [Colour.RED, Colour.NO_DATA])
def test_red_without_a_trigger_and_no_data_hold_and_page(plan, colour):
    """Neither continues, and whoever can mend it hears of it."""
    decision = decide(plan, "stage_10", verdicts(plan, "stage_10", share=colour), 15)

    assert (decision.action, decision.action.exit_code) == (Action.HOLD, 10)
    assert "incident_commander" in decision.page


def test_yellow_continues_tagged_below_50_and_holds_at_50(plan):
    """E7, A3."""
    below = decide(plan, "stage_10", verdicts(plan, "stage_10", markup=Colour.YELLOW), 15)
    at_50 = decide(plan, "stage_50", verdicts(plan, markup=Colour.YELLOW), 30)

    assert (below.action, below.tag) == (Action.CONTINUE, ("ceo",))
    assert (at_50.action, at_50.tag) == (Action.HOLD, ("ceo",))


@pytest.mark.parametrize("held_min", [None, 0, 14, 29, float("nan")])
def test_an_unfinished_hold_holds(plan, held_min):
    """A1: fifteen or thirty minutes are not fourteen or twenty-nine."""
    assert decide(plan, "stage_50", verdicts(plan), held_min).action is Action.HOLD


def test_yellow_is_tagged_while_the_hold_is_unfinished(plan):
    """E7: any YELLOW, not only one that is there at the end."""
    decision = decide(plan, "stage_10", verdicts(plan, "stage_10", errors=Colour.YELLOW), 5)

    assert (decision.action, decision.tag, decision.because, decision.page) == (Action.HOLD, ("ceo",), ("errors",), ())


@pytest.mark.parametrize(("moment", "held_min"), [("stage_10", 15), ("stage_10", 5), ("stage_50", 30)])
def test_a_margin_that_is_off_pages_the_ceo(plan, moment, held_min):
    """H1: during the whole canary window, whether the stage goes on or holds; whichever check it is that says so."""
    given = verdicts(plan, moment, markup=Colour.YELLOW)
    given["markup"] = replace(given["markup"], page_ceo=True)
    decision = decide(plan, moment, given, held_min)

    assert (decision.page, decision.tag) == (("ceo",), ("ceo",))


def test_yellow_before_t_0_holds(plan):
    """Only a stage may go on with a warning."""
    assert decide(plan, "t_minus_10", verdicts(plan, "t_minus_10", prewarm=Colour.YELLOW), None).action is Action.HOLD


def test_a_moment_without_checks_holds(plan):
    """Nothing to prove is nothing proven."""
    assert decide(plan, "go_plus_30", {}, None).action is Action.HOLD


@pytest.mark.parametrize("change", [{"moment": "stage_10"}, {"check": "cache"}])
def test_a_verdict_of_another_moment_or_check_is_none_of_this_one(plan, change):
    """A GREEN of 10 % proves nothing of 50 %."""
    given = verdicts(plan)
    given["latency"] = replace(given["latency"], **change)

    decision = decide(plan, "stage_50", given, 30)

    assert (decision.action, decision.because) == (Action.HOLD, ("latency",))
    assert "no result came back" in decision.reason


def test_a_decision_is_read_back_as_it_was(plan):
    """Through the journal nothing is lost."""
    decision = decide(plan, "stage_50", verdicts(plan, markup=Colour.YELLOW), 30)

    assert Decision.from_record(decision.record()) == decision


def test_nothing_came_back_is_a_hold_that_names_every_check(plan):
    """A crashed run proves nothing."""
    decision = decide(plan, "stage_50", {}, 30)

    assert decision.action is Action.HOLD
    assert set(decision.because) == set(plan.required("stage_50"))


def test_fifteen_blind_minutes_recommend_a_rollback(plan):
    """It stays a HOLD, and says so."""
    given = verdicts(plan, latency=Colour.NO_DATA)
    given["latency"] = Verdict(
        check="latency", moment="stage_50", colour=Colour.NO_DATA, why="nothing seen", blind_min=15
    )

    decision = decide(plan, "stage_50", given, 30)

    assert decision.action is Action.HOLD
    assert "recommend ROLLBACK" in decision.reason


@pytest.mark.parametrize(("minutes", "recommends"), [(14, False), (15, True)])
def test_journeys_that_fail_for_fifteen_minutes_recommend_a_rollback(plan, ramp_of, judged_of, minutes, recommends):
    """They fire no trigger: it stays a HOLD, and says so."""
    looked = judged_of(ramp_of("stage_50", minutes, canary={"synthetic_failures": 1}), of=("synthetics",))
    decision = decide(plan, "stage_50", looked.verdicts(), looked.view.held_min, required=("synthetics",))

    assert decision.action is Action.HOLD
    assert ("synthetics is RED for 15 min: recommend ROLLBACK" in decision.reason) is recommends


def test_journeys_that_failed_for_a_while_recommend_nothing(plan, ramp_of, judged_of):
    """What was RED in an earlier stage does not count towards the fifteen minutes of this one."""
    before = ramp_of("stage_10", 14, canary={"synthetic_failures": 1}, after=ramp_of("stage_1", 15))
    seen = ramp_of("stage_25", 5, canary={"synthetic_failures": lambda minute: minute > 2}, after=before)
    verdicts = judged_of(seen, of=("synthetics",)).verdicts()

    assert verdicts["synthetics"].red_min == 3
    assert "recommend" not in decide(plan, "stage_25", verdicts, 5, required=("synthetics",)).reason


@given(
    st.lists(
        st.tuples(st.sampled_from(Colour), st.sampled_from([None, None, None, *Trigger])), min_size=12, max_size=12
    ),
    st.integers(0, 12),
)
def test_what_is_interrupted_holds_and_a_trigger_that_was_seen_still_rolls_back(plan, found, until):
    """Ctrl-C makes nothing better, and pages only for what was found RED."""
    told = {
        check: Verdict(check=check, moment="stage_50", colour=colour, why="so", trigger=trigger)
        for check, (colour, trigger) in list(zip(plan.required("stage_50"), found, strict=True))[:until]
    }

    decision = decide(plan, "stage_50", told, None, interrupted=True)

    fired = any(verdict.trigger for verdict in told.values())
    red = [check for check, verdict in told.items() if verdict.colour is Colour.RED]
    assert decision.action is (Action.ROLLBACK if fired else Action.HOLD)
    if not fired:
        assert decision.reason.startswith("interrupted by the operator")
        assert list(decision.because) == red and bool(decision.page) == bool(decision.tag) == bool(red)
