"""A stage that is held again may begin its evidence anew: what was won is gone, what was lost stays lost, and what
fired stays fired."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from math import exp, log

import pytest
from simulated import STAGES, T0, simulated

from conduct.run import load_plan
from ramp.decision import Action, decide
from ramp.evidence.cost_per_user import CostEvidence, Spending
from ramp.evidence.process import Process
from ramp.gates.learning import learning
from ramp.judge import Judge
from ramp.observation import Malformed, Observation
from ramp.verdict import Colour, Trigger

SLOWER = {"fast": (0.46, 0.30, 0.155, 0.05, 0.02, 0.015)}
ALL_OF_IT = ("latency", "errors", "cache", "cost")
HELD_TWICE = (STAGES[0], ("stage_1", 1, 30))


def marked(seen, *minutes):
    """`seen`, whose evidence begins anew at these minutes after T-0: each look says so until the stage is over."""
    begun = [T0 + timedelta(minutes=minute) for minute in minutes]
    stages = {one.at: one.stage for one in seen}
    return [
        replace(one, evidence_anew=max((at for at in begun if at <= one.at and stages[at] == one.stage), default=None))
        for one in seen
    ]


def looks(plan, seen, of=ALL_OF_IT):
    """Every look by its minute since T-0."""
    judge = Judge(plan, of)
    found = [*(judge.add(one) for one in seen), judge.end()]
    return {round(looked.minute): looked for looked in found if looked}


def test_a_mended_canary_is_green_at_the_end_of_the_stage_held_again_which_the_old_evidence_would_hold(plan):
    """RED at minute 15; held again to minute 30 the stage is 15 minutes old, and goes on."""
    seen = simulated(7, canary=SLOWER, bad_until=15, stages=HELD_TWICE)
    went_on, anew = looks(plan, seen)[30], looks(plan, marked(seen, 16))

    assert anew[15].findings["latency"].colour is Colour.RED
    assert went_on.findings["latency"].colour is not Colour.GREEN
    assert anew[30].findings["latency"].colour is Colour.GREEN
    assert (anew[30].view.held_min, went_on.view.held_min) == (15, 30)
    decision = decide(plan, "stage_1", anew[30].verdicts(), anew[30].view.held_min, required=ALL_OF_IT)
    assert decision.action is Action.CONTINUE


def test_the_same_fault_is_found_again(plan):
    """Nothing was mended: RED again before the stage is over."""
    seen = marked(simulated(7, canary=SLOWER, stages=HELD_TWICE), 16)

    assert looks(plan, seen)[30].findings["latency"].colour is Colour.RED


def test_50_percent_then_needs_the_ceos_word(plan):
    """All four gates say so, where the same ramp without the mark goes on."""
    seen = simulated(7, stages=(STAGES[0], ("stage_1", 1, 30), *STAGES[2:]))
    for of, action in ((seen, Action.CONTINUE), (marked(seen, 16), Action.HOLD)):
        at_50 = looks(plan, of)[90]
        verdicts = at_50.verdicts()
        decision = decide(plan, "stage_50", verdicts, at_50.view.held_min, required=ALL_OF_IT)

        assert decision.action is action, decision.reason

    assert {verdict.colour for verdict in verdicts.values()} == {Colour.YELLOW}
    assert all("evidence was begun anew at 08:16Z: the CEO decides" in verdict.why for verdict in verdicts.values())
    some_lost = [one for one in marked(seen, 16) if not 16 <= (one.at - T0) / timedelta(minutes=1) < 20]
    assert looks(plan, some_lost)[90].findings["latency"].colour is Colour.YELLOW


def test_what_fired_before_it_stays_fired(plan):
    """1.5 % errors for 15 minutes are F1, which a new beginning of the same stage does not take back."""
    seen = simulated(7, canary={"failing": 0.015}, bad_until=17, stages=HELD_TWICE)

    for of in (seen, marked(seen, 18)):
        found = looks(plan, of)[30].findings["errors"]
        assert (found.colour, found.trigger) == (Colour.RED, Trigger.F1)


def test_a_ramp_has_it_twice(plan):
    """The third mark changes nothing, nor does one while a stage is held for the first time."""
    stages = (STAGES[0], ("stage_1", 1, 60))
    seen = simulated(7, stages=stages)
    began = [looked.view.start for looked in looks(plan, marked(seen, 16, 31, 46), ("errors",)).values()]
    first = looks(plan, marked(simulated(7, stages=STAGES[:3]), 1, 16), ("errors",))

    assert sorted(set(began)) == [T0 + timedelta(minutes=minute) for minute in (0, 15, 30)]
    assert not first[30].view.anew


def test_the_mark_is_in_the_recording_and_nothing_else_is_one():
    """It is read back as it was written; anything but an instant in its place cannot be trusted."""
    (seen,) = marked(simulated(7, placebo=False, stages=(("stage_1", 1, 1),))[2:3], 1)
    assert seen.evidence_anew and Observation.from_record(seen.record()) == seen
    assert "evidence_anew" not in replace(seen, evidence_anew=None).record()

    for wrong in ("yes", 1, None, True, "2026-01-05T08:16:00"):
        with pytest.raises(Malformed):
            Observation.from_record(seen.record() | {"evidence_anew": wrong})


def begun_anew(process):
    process.begin_anew()


def at_one_again(process):
    """What would be too cheap."""
    process.__init__()


@pytest.mark.parametrize(("begin", "is_fair"), [(begun_anew, True), (at_one_again, False)])
def test_it_costs_what_keeps_the_error_rate_of_a_ramp(begin, is_fair):
    """Over every outcome of ten fair bets, begun anew twice where that looks best: E is worth 1 on average still, and
    reaches 4 in at most a quarter of them. Begun at 1 each time it would be worth more."""
    worth, reached = 0.0, 0
    for outcome in product((log(1.8), log(0.2)), repeat=10):
        process, left, most = Process(), 2, 0.0
        for minute, log_e in enumerate(outcome):
            process.bet([log_e], "stage_1")
            most = max(most, exp(process.log_e))
            if left and process.log_e < 0 and minute < 9:
                begin(process)
                left -= 1
        worth += exp(process.log_e) / 2**10
        reached += most >= 4

    assert (worth <= 1 + 1e-9) is is_fair
    assert reached <= 2**10 / 4 or not is_fair


def test_cost_gives_its_winnings_away_too():
    """Dearer users are forgotten, and a canary that was cheaper does not begin at 1 again."""
    for over, before_anew in ((1.5, lambda log_e: log_e > 5), (0.8, lambda log_e: log_e < -0.1)):
        equal = Spending(3000, 3000, 8000)
        evidence = CostEvidence([(equal, equal)] * 30, over_ratio=0.05, learning=learning(load_plan()))
        for _ in range(10):
            evidence.add(Spending(3000, 3000 * over, 8000), equal, "stage_1")
        before = evidence.log_worse
        assert before_anew(before)

        evidence.begin_anew()

        assert evidence.log_worse == min(before, 0.0)
        assert not evidence.is_over(0.95)
