"""The judge of a stream: verdicts as at a stage's end, in memory that does not grow; evidence against control."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import STAGES, simulated

from conduct.run import load_plan
from ramp.decision import Action, decide
from ramp.finding import explain
from ramp.gates import GATES
from ramp.judge import Judge, judged_at
from ramp.replay import DEFAULT_GATES, replay
from ramp.verdict import Colour

PLAN = load_plan()
SLOWER = (0.55, 0.265, 0.12, 0.04, 0.015, 0.010)
TO_10 = STAGES[:3]


def last(observations, of=DEFAULT_GATES):
    """Every gate's verdict at the last look of a stream."""
    judge = Judge(PLAN, of)
    looked = [look for observation in observations if (look := judge.add(observation))]
    return (judge.end() or looked[-1]).verdicts()


def at_the_end(observations):
    """The same as checks judge it: from the whole recording."""
    moment = PLAN.moment(observations[-1].stage)
    return judged_at(PLAN, observations, moment, observations[-1].at, DEFAULT_GATES).verdicts()


@pytest.mark.parametrize("canary", [None, {"fast": SLOWER}, {"failing": 0.03}, {"missed": 0.2}, {"cost": 1.2}])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_stream_is_judged_as_its_recording_is(canary, seed):
    """Sentence by sentence, at the end of a stage."""
    seen = simulated(seed, stages=TO_10, canary=canary)

    assert last(seen) == at_the_end(seen)


def test_memory_does_not_grow_with_the_ramp():
    """After a hold of ten hours hardly more is kept than after one of two."""
    kept = []
    for minutes in (120, 600):
        judge = Judge(PLAN, DEFAULT_GATES)
        for observation in simulated(1, stages=(*STAGES[:1], ("stage_1", 1, minutes))):
            judge.add(observation)
        kept.append(len(judge._recording.frames("canary")))

    assert kept[1] <= 2 * (PLAN.evidence.placebo_min_max + 20)


def test_a_stage_held_for_ten_hours_is_judged_from_its_beginning():
    """What is forgotten of a stream does not blind it: the whole stage is still read from its warm-up on."""
    verdict = last(simulated(1, stages=(*STAGES[:1], ("stage_1", 1, 600))))["errors"]

    assert verdict.colour is Colour.GREEN, verdict.reason


def test_worse_than_control_within_the_slo_is_red_and_holds():
    """P95 stays under 120 ms, yet the canary is slower than control: RED, no trigger, HOLD."""
    verdict = last(simulated(3, stages=TO_10, canary={"fast": SLOWER}))["latency"]
    decision = decide(PLAN, "stage_10", {"latency": verdict}, 15.0, required=["latency"])

    assert (verdict.colour, verdict.trigger) == (Colour.RED, None), verdict.reason
    assert "worse than control by E " in verdict.reason
    assert "<= 120 ms" in verdict.reason
    assert decision.action is Action.HOLD


def test_likely_worse_is_yellow():
    """Between the two bars the gate warns."""
    colours = {}
    for minute in range(3, 16):
        seen = simulated(3, stages=(STAGES[0], ("stage_1", 1, minute)), canary={"fast": SLOWER})
        verdict = last(seen)["latency"]
        if verdict.log_e is not None and 4.39 <= verdict.log_e < 6.68:
            colours[verdict.colour] = verdict.reason

    assert set(colours) == {Colour.YELLOW}, colours


def test_without_a_placebo_hour_evidence_is_off_and_says_so():
    """Its dispersion would be a guess."""
    verdict = last(simulated(3, placebo=False, stages=TO_10, canary={"fast": SLOWER}))["latency"]

    assert verdict.colour is Colour.YELLOW
    assert verdict.log_e is None
    assert any("evidence against control is off: 0 min of a placebo hour" in note for note in verdict.notes)


def test_a_green_says_what_it_would_have_seen():
    """The smallest regression of that stage, from its own traffic."""
    verdicts = last(simulated(1, stages=STAGES[:2]))

    assert "sees >= +" in verdicts["latency"].reason
    assert " at 1 %" in verdicts["latency"].reason
    assert "sees >= " in verdicts["errors"].reason
    assert "sees <= " in verdicts["cache"].reason
    assert "sees <= " in verdicts["payments"].reason


def test_a_cost_that_is_proven_higher_rolls_back_before_its_fifteen_minutes():
    """F3: over 5 % and proven."""
    seen = simulated(5, stages=(*TO_10, ("stage_25", 25, 12)), canary={"cost": 1.3}, bad_from=30)
    outcome = replay(PLAN, seen)

    assert (outcome.decision, outcome.trigger) == (Action.ROLLBACK, "F3"), outcome.reason
    assert outcome.minute is not None
    assert outcome.minute < 45


def test_a_breach_of_the_slo_that_is_proven_is_red_before_it_persisted():
    """Ten percent of errors need no fifteen minutes; F1 does."""
    verdict = last(simulated(1, stages=(STAGES[0], ("stage_1", 1, 8)), canary={"failing": 0.10}))["errors"]

    assert (verdict.colour, verdict.trigger) == (Colour.RED, None), verdict.reason
    assert "proven over it by E " in verdict.reason


def test_a_fault_that_fired_and_recovered_in_a_stage_is_not_forgotten():
    """F4 has no second chance: a payment that failed is RED at the stage's end, whatever succeeded since."""
    seen = simulated(1, stages=STAGES[:2])
    one_failed = [
        _with(o, payments_succeeded=o.counters["payments_succeeded"] - 1) if _in(o, 5, 9, seen) else o for o in seen
    ]
    verdict = last(one_failed)["payments"]

    assert (verdict.colour, verdict.trigger) == (Colour.RED, "F4"), verdict.reason
    assert "F4 fired at " in verdict.reason


def _in(observation, first, until, seen):
    t0 = seen[0].at + timedelta(minutes=60)
    return observation.slice == "canary" and timedelta(minutes=first) <= observation.at - t0 <= timedelta(minutes=until)


def _with(observation, **counters):
    return type(observation)(**vars(observation) | {"counters": {**observation.counters, **counters}})


@settings(max_examples=25, deadline=None)
@given(
    change=st.sampled_from([{}, {"fast": SLOWER}, {"failing": 0.006}, {"missed": 0.12}, {"cost": 1.3}]),
    seed=st.integers(0, 50),
    gone=st.sets(st.integers(128, 149) | st.integers(158, 178), max_size=20),
)
def test_looks_that_go_missing_let_no_release_go_on(change, seed, gone):
    """Inside a stage, evidence reads the time that nobody looked at with the next look: what was RED does not go on."""
    seen = simulated(seed, stages=TO_10, canary=change)
    of = ("latency", "errors", "cache")
    fewer = [one for number, one in enumerate(seen) if number not in gone]
    before, after = replay(PLAN, seen, of), replay(PLAN, fewer, of)

    if "RED" in before.reason:
        assert after.decision is not Action.CONTINUE


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 50), worse=st.sampled_from(["failing", "missed", "fast"]))
def test_a_canary_that_is_worse_is_found_no_later(seed, worse):
    """The same requests, some of which turn bad: E can only rise."""
    seen = simulated(seed, stages=STAGES[:2])
    spoilt, extra = [], 0
    for one in seen:
        extra += one.slice == "canary" and one.stage == "stage_1"
        spoilt.append(_spoilt(one, worse, extra) if one.slice == "canary" and one.stage == "stage_1" else one)
    gate = {"failing": "errors", "missed": "cache", "fast": "latency"}[worse]
    before, after = last(seen)[gate], last(spoilt)[gate]

    assert after.log_e >= before.log_e
    assert after.colour >= before.colour


def _spoilt(one, worse, extra):
    counters = dict(one.counters)
    if worse == "failing":
        counters["errors"] += extra
    elif worse == "missed":
        counters["cache_hits"] -= extra
    else:
        cells = dict(counters["latency_s"])
        for bound, faster in pairwise(reversed(list(cells))):
            cells[faster] = max(cells[faster] - extra, 0) if bound != "0.05" else cells[faster]
        counters["latency_s"] = cells
    return _with(one, **counters)


def test_a_gate_that_crashes_is_no_data_and_blinds_no_other(monkeypatch, ramp_of, judged_of):
    """Its place is named; what the others see fire still rolls back."""

    class Broken:
        def look(self, view, others):
            return 1 / 0

    monkeypatch.setitem(GATES, "cost", GATES["cost"]._replace(make=lambda plan: Broken()))
    looked = judged_of(ramp_of("stage_10", 15, canary={"personal_data_findings": 1}))

    assert looked.trigger == "F2"
    assert looked.verdicts()["cost"].reason.startswith(
        "cost NO DATA at stage_10: the gate crashed with ZeroDivisionError at test_judge.py, line "
    )


def test_a_mistake_in_a_sentence_costs_the_sentence_only(ramp_of, judged_of):
    """The trigger fires whatever becomes of the words."""

    class Speechless:
        def words(self):
            raise KeyError("value")

    finding = judged_of(ramp_of("stage_10", 15, canary={"slow": 60})).findings["latency"]
    verdict = explain(finding._replace(facts=Speechless()))

    assert (verdict.colour, verdict.trigger) == (Colour.RED, "F1")
    assert verdict.why == "its numbers could not be put into words (KeyError); the colour stands"


def test_a_cache_that_is_cold_while_latency_is_only_unproven_does_not_roll_back(ramp_of, verdicts_of):
    """Few requests are no slow ones: F5 asks for latency that users see."""
    few = {"requests": 25, "slow": 0, "cache_lookups": 100}
    cold = {"cache_hits": lambda minute: 70 if minute < 6 else 99}
    seen = ramp_of("stage_10", 15, canary=few | cold, control=few | {"cache_hits": 95})

    assert verdicts_of(seen)["cache"].trigger is None, verdicts_of(seen)["cache"].reason


def test_a_cache_that_was_cold_with_slow_answers_rolls_back_at_the_stages_end_too(ramp_of, verdicts_of):
    """F5 fired; that both recovered changes nothing."""
    cold = {"cache_hits": lambda minute: 700 if minute < 8 else 960, "slow": lambda minute: 80 if minute < 8 else 10}
    verdict = verdicts_of(ramp_of("stage_10", 15, canary=cold))["cache"]

    assert (verdict.colour, verdict.trigger) == (Colour.RED, "F5"), verdict.reason
    assert "F5 fired at " in verdict.reason
