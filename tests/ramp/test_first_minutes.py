"""Latency's first minutes at a stage: a canary that warms up is not RED for it, one that goes on being slower is."""

import math
from dataclasses import replace

import pytest
from simulated import STAGES, T0, simulated

from conduct.run import PLAN_FILE
from ramp import directive
from ramp.decision import Action, decide
from ramp.judge import Judge
from ramp.verdict import Colour

WARMS_UP = {"fast": (0.50, 0.29, 0.13, 0.045, 0.02, 0.015)}  # P95 some 15 % higher, within its limit
SUDDEN = {"fast": (0.20, 0.20, 0.25, 0.31, 0.02, 0.02)}
SEEDS = range(6)


def by_minute(plan, seen, gate="latency"):
    """What `gate` finds at each minute since T-0."""
    judge = Judge(plan, (gate,))
    looks = [*(judge.add(one) for one in seen), judge.end()]
    return {round((one.view.as_of - T0).total_seconds() / 60): one.findings[gate] for one in filter(None, looks)}


def reds(found):
    return [minute for minute, finding in found.items() if finding.colour is Colour.RED]


def slow_for(minutes, seed, stages=STAGES[:2]):
    return simulated(seed, stages=stages, canary=WARMS_UP, bad_until=minutes)


def test_a_canary_that_is_slower_for_its_first_minutes_only_is_yellow_and_then_green(plan):
    """Where evidence would be RED it is YELLOW and an open breach, and says what may explain it."""
    found = [by_minute(plan, slow_for(6, seed)) for seed in SEEDS]

    assert [reds(one) for one in found] == [[]] * len(SEEDS)
    suspected = [finding for one in found for finding in one.values() if "may be the first" in reason(finding)]
    assert len(suspected) >= 4
    assert {(finding.colour, finding.open_breach) for finding in suspected} == {(Colour.YELLOW, True)}
    assert "RED as soon as it goes on after them" in reason(suspected[0])
    assert {one[15].colour for one in found} == {Colour.GREEN}


@pytest.mark.parametrize("seed", [2, 12, 17])
def test_so_is_one_whose_cache_fills_in_its_first_minutes(plan, seed):
    """Which one bar for all minutes has RED."""
    seen = simulated(seed, stages=STAGES[:2], canary={"missed": 0.13}, bad_until=6)

    assert reds(by_minute(plan, seen, "cache")) == []
    assert reds(by_minute(with_one_bar(plan), seen, "cache"))


def reason(finding):
    return finding.facts.words()["why"]


def test_without_the_bar_of_the_first_minutes_what_warms_up_is_red(plan):
    """At the bar of all other minutes."""
    assert sum(bool(reds(by_minute(with_one_bar(plan), slow_for(6, seed)))) for seed in SEEDS) >= 4


def with_one_bar(plan):
    bars = dict.fromkeys(("sudden_e", "latency_settling_e", "cache_settling_e"), plan.evidence.red_e)
    return plan.model_copy(update={"evidence": plan.evidence.model_copy(update=bars)})


def test_a_canary_that_goes_on_being_slower_is_red_and_stays_red(plan):
    for seed in SEEDS:
        found = reds(by_minute(plan, slow_for(15, seed)))
        assert found == list(range(found[0], 16))
        assert found[0] <= 9


@pytest.mark.parametrize("after", [15, 30])
def test_at_a_later_stage_it_is_red_too_where_it_goes_on(plan, after):
    seen = simulated(5, canary=WARMS_UP, bad_from=after)

    assert after + 7 <= reds(by_minute(plan, seen))[0] <= after + 9


def test_a_canary_that_is_much_slower_at_once_is_red_at_once(plan):
    seen = simulated(3, stages=STAGES[:2], canary=SUDDEN)

    assert reds(by_minute(plan, seen))[0] == 3


@pytest.mark.parametrize(("first", "last"), [(3, 6), (5, 7), (6, 9)])
def test_where_looks_are_missing_all_that_was_lost_counts(plan, first, last):
    """Nobody saw that it was over with the first minutes: RED wherever it would be without a bar of theirs."""
    for seed in SEEDS:
        seen = [one for one in slow_for(6, seed) if not first <= (one.at - T0).total_seconds() / 60 <= last]
        found, strict = (by_minute(of, seen) for of in (plan, with_one_bar(plan)))
        if last > plan.reading.settling_min:
            assert [one for one in reds(found) if one > last] == [one for one in reds(strict) if one > last]
        assert all(found[minute].colour >= Colour.YELLOW for minute in reds(strict))


SLOWER_YET = {3: 9, 4: 9, 5: 9, 6: 9, 9: 10, 10: 2}
SLOWER = SLOWER_YET | {3: 5, 4: 5, 5: 5, 6: 5}


def slower(seen, by_minute):
    """With so many requests more of the canary above 100 ms in those minutes since T-0."""

    def counted(one):
        many = sum(more for minute, more in by_minute.items() if minute <= (one.at - T0).total_seconds() / 60)
        part = {"0.05": 0.7, "0.075": 1.0, "0.1": 1.0}
        return {bound: count - many * part.get(bound, 0) for bound, count in one.counters["latency_s"].items()}

    return [
        replace(one, counters=one.counters | {"latency_s": counted(one)})
        if one.slice == "canary" and one.at > T0
        else one
        for one in seen
    ]


def test_a_canary_that_loses_more_in_its_first_minutes_is_red_no_later_and_held_as_long(plan):
    """What goes on after them is the same; the clock of the stage stands for as long."""
    seen = simulated(7, stages=STAGES[:2])
    less, more = (looked_at(plan, slower(seen, by)) for by in (SLOWER, SLOWER_YET))

    assert reds({minute: one.findings["latency"] for minute, one in less.items()})[0] == 9
    for minute in less:
        assert more[minute].findings["latency"].colour >= less[minute].findings["latency"].colour
    assert action(plan, less[15]) is action(plan, more[15]) is Action.HOLD


def looked_at(plan, seen):
    judge = Judge(plan, ("latency",))
    looks = [*(judge.add(one) for one in seen), judge.end()]
    return {round((one.view.as_of - T0).total_seconds() / 60): one for one in filter(None, looks)}


def action(plan, one):
    return decide(plan, one.view.moment.id, one.verdicts(), one.held_min, required=("latency",)).action


def test_evidence_that_can_no_longer_be_weighed_is_red(plan):
    """The canary began anew after those minutes, without a bucket that was bet on: nobody sees that it goes on."""
    for seed in SEEDS:
        seen = slow_for(15, seed)
        then = next(one for one in seen if one.slice == "canary" and minute_of(one) == 6)
        fewer = [began_anew(one, then) if one.slice == "canary" and minute_of(one) > 6 else one for one in seen]
        found, strict = (reds(by_minute(of, fewer)) for of in (plan, with_one_bar(plan)))

        assert [minute for minute in found if minute > 6] == [minute for minute in strict if minute > 6]
        if seed in (0, 3, 4, 5):
            assert found[-1] == 15


def began_anew(one, then):
    counted = {name: value - then.counters[name] for name, value in one.counters.items() if name != "latency_s"}
    buckets = {at: count - then.counters["latency_s"][at] for at, count in one.counters["latency_s"].items()}
    del buckets["0.05"]
    return replace(one, counters=counted | {"latency_s": buckets})


def minute_of(one):
    return (one.at - T0).total_seconds() / 60


def test_a_stage_that_ends_in_its_first_minutes_goes_on_with_no_open_breach_for_them():
    """Nobody would see it go on after them, where the plan lets a stage go on all the same."""
    text = PLAN_FILE.read_text("utf-8")
    for row, instead in (
        ("traffic_pct = 1\n", 'traffic_pct = 1\non_open_breach = "continue"\n'),
        ("\nsettling_min = 6 ", "\nsettling_min = 15 "),
    ):
        assert text.count(row) == 1
        text = text.replace(row, instead)
    hasty = directive.parse(text)
    proven = 0
    for seed in SEEDS:
        end = looked_at(hasty, slow_for(10, seed))[15]
        if end.findings["latency"].facts.log_worse >= math.log(hasty.evidence.red_e):
            proven += 1
            assert action(hasty, end) is Action.HOLD
    assert proven >= 2
