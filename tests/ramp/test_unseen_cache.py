"""F5 at looks that saw neither hit ratio nor latency stays open, unless the hit ratio cannot have been low at them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from changed import blinded

from ramp.verdict import Colour

BOTH = ["cache_hits", "latency_s"]
PAGE = ["requests", "errors", "cache_hits", "cache_lookups", "latency_s"]


def cache_of(verdicts_of, seen, **of):
    verdict = verdicts_of(seen, **of)["cache"]
    return verdict.colour, verdict.trigger, "so F5 may have fired" in verdict.why


OPEN = (Colour.NO_DATA, None, True)


def test_looks_that_saw_nothing_since_the_stage_before_stay_open_in_this_one(ramp_of, verdicts_of):
    """The first of them was before this stage; at its third minute F5 would have fired."""
    before = ramp_of("stage_1", 15)
    low = {"cache_hits": lambda minute: 500 if minute <= 3 else 950, "slow": lambda minute: 400 if minute <= 3 else 20}
    whole = ramp_of("stage_10", 7, canary=low, after=before)
    seen = blinded(blinded(whole, BOTH, {12}), ["cache_hits"], range(13, 17))

    assert cache_of(verdicts_of, whole)[1] == "F5"
    assert cache_of(verdicts_of, seen) == OPEN


def test_a_look_in_doubt_is_not_forgotten_for_one_of_the_stage_before(ramp_of, verdicts_of):
    """The hit ratio was low at 08:18, where latency was not seen; at the last look before the stage nothing was."""
    before = ramp_of("stage_1", 15, canary={"cache_hits": lambda minute: 600 if minute == 14 else 950})
    low = {"cache_hits": lambda minute: 600 if minute == 3 else 950, "slow": lambda minute: 400 if minute == 3 else 20}
    whole = ramp_of("stage_10", 4, canary=low, after=before)
    seen = blinded(blinded(whole, BOTH, {12, 15, 16}), ["latency_s"], {18})

    assert cache_of(verdicts_of, whole)[1] == "F5"
    assert cache_of(verdicts_of, seen) == OPEN


def test_looks_whose_window_is_what_came_after_a_gap_stay_open(ramp_of, verdicts_of, limits_only):
    """What was sound before the gap thins out nothing of them."""
    reading = limits_only.reading.model_copy(update={"warm_up_min": 4.0})
    plan = limits_only.model_copy(update={"reading": reading})
    low = {"cache_hits": lambda minute: 560 if minute == 7 else 990, "slow": lambda minute: 700 if minute == 7 else 10}
    seen = ramp_of("stage_10", 10, canary=low)
    fewer = [one for one in seen if one.at not in {seen[0].at + timedelta(minutes=minute) for minute in (2, 3)}]

    assert cache_of(verdicts_of, fewer, plan=plan)[1] == "F5"
    assert cache_of(verdicts_of, blinded_at(fewer, BOTH, seen[0].at + timedelta(minutes=7)), plan=plan) == OPEN


def without(seen, *minutes):
    """As `seen`, but at those minutes neither slice was."""
    return [one for one in seen if one.at not in {seen[0].at + timedelta(minutes=minute) for minute in minutes}]


def test_a_gap_in_which_no_lookup_was_lost_leaves_nothing_open(ramp_of, verdicts_of):
    """Five minutes later a look has no window, for it would begin in the gap; too few misses were counted over all."""
    whole = ramp_of("stage_50", 20, canary={"cache_hits": 990})
    low = ramp_of("stage_50", 20, canary={"cache_hits": lambda minute: 400 if minute == 5 else 990})

    assert verdicts_of(without(whole, 3, 4, 5))["cache"].colour is Colour.GREEN
    assert verdicts_of(without(whole, 3, 4, 5, 8))["cache"].colour is Colour.GREEN
    assert cache_of(verdicts_of, without(low, 3, 4, 5)) == OPEN


def test_a_gap_in_which_lookups_were_lost_stays_open(ramp_of, verdicts_of):
    """Whatever began anew there forgot its misses."""
    few = {"cache_lookups": lambda minute: 300 if minute == 5 else 1000, "requests": 1000}
    few |= {"cache_hits": lambda minute: 295 if minute == 5 else 990}

    assert cache_of(verdicts_of, without(ramp_of("stage_50", 20, canary=few), 3, 4, 5)) == OPEN


def blinded_at(seen, names, *ats):
    def kept(one):
        return {name: value for name, value in one.counters.items() if name not in names}

    return [replace(one, counters=kept(one)) if one.slice == "canary" and one.at in ats else one for one in seen]


@pytest.mark.parametrize("again", [9.5, 9.9])
def test_what_began_anew_while_nobody_saw_it_stays_open(ramp_of, verdicts_of, again):
    """The misses that it had counted since it was last seen are lost."""
    low = {"cache_hits": lambda minute: 300 if minute in (8, 9) else 950}
    low |= {"slow": lambda minute: 400 if minute in (8, 9) else 20}
    seen = ramp_of("stage_10", 20, canary=low)
    at = {number: seen[0].at + timedelta(minutes=number) for number in (8, 9, 10)}
    lost = next(one.counters for one in seen if one.slice == "canary" and one.at == at[9])
    left = 10 - again

    def began_anew(one):
        if one.slice == "control" or one.at < at[10]:
            return one
        then = next(o.counters for o in seen if o.slice == "canary" and o.at == at[10])
        changed = {name: one.counters[name] - then[name] + left * (then[name] - lost[name]) for name in PAGE[:4]}
        late = {
            bound: one.counters["latency_s"][bound]
            - then["latency_s"][bound]
            + left * (then["latency_s"][bound] - lost["latency_s"][bound])
            for bound in then["latency_s"]
        }
        return replace(one, counters=one.counters | changed | {"latency_s": late})

    whole = [began_anew(one) for one in seen]
    assert cache_of(verdicts_of, whole)[1] == "F5"
    assert cache_of(verdicts_of, blinded_at(whole, PAGE, at[8], at[9])) == OPEN
