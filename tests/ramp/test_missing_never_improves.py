"""Whatever is taken away or made worse, no verdict gets better and no stage goes on that would not have."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ramp.decision import Action, decide
from ramp.gates import GATES
from ramp.observation import NoEvidence
from ramp.verdict import Colour

SOUND = {"slow": 20, "errors": 1, "cache_hits": 950, "cost_usd": 250.0, "cost_usd_squared": 251.0}
SOUND |= {"ai_revenue_usd": 50.0, "payments_succeeded": 5, "synthetic_failures": 0, "personal_data_findings": 0}
SOUND |= {"personal_data_suspected": 0, "secrets_found": 0}
SOUND |= {"db_cpu_ratio": 0.4, "db_io_ratio": 0.2}
FAULTS = (
    {},
    {"slow": 51},
    {"slow": 60, "cache_hits": 845},
    {"errors": 11},
    {"cache_hits": 845},
    {"cost_usd": 264.0, "cost_usd_squared": 280.0},
    {"ai_revenue_usd": 41.0},
    {"ai_revenue_usd": 39.5},
    {"payments_succeeded": 4},
    {"db_cpu_ratio": 0.82},
    {"db_cpu_ratio": 0.82, "db_io_ratio": 0.81},
    {"synthetic_failures": 1},
    {"personal_data_findings": 1},
    {"personal_data_suspected": 1},
    {"secrets_found": 1},
)  # each just beyond its limit, so that little is needed to be within it
faults = st.sampled_from(FAULTS)
stages = st.sampled_from(["stage_1", "stage_10", "stage_50"])
# Minutes of trouble in a row: what persists and what recovers are both likely.
spells = st.lists(st.tuples(st.integers(1, 18), faults), min_size=1, max_size=3)


def changing(spells, worse_from=99, worse=()):
    """What each minute adds: one spell after the other, sound afterwards; from some minute on the worse of two."""
    minutes = [SOUND | change for length, change in spells for _ in range(length)]
    worst = dict(worse)

    def added(name):
        def of(minute):
            value = (minutes[minute - 1] if 0 < minute <= len(minutes) else SOUND)[name]
            if minute < worse_from or name not in worst:
                return value
            return min(value, worst[name]) if worst[name] < SOUND[name] else max(value, worst[name])

        return of

    return {name: added(name) for name in SOUND}


def no_better(before, after):
    """What was RED or NO DATA is neither GREEN nor YELLOW now, what was YELLOW is not GREEN."""
    for gate in GATES:
        was, now = before[gate], after[gate]
        assert now.colour >= Colour.NO_DATA or now.colour >= was.colour, f"{was.reason}\n{now.reason}"


def decision(plan, judged_of, verdicts_of, seen, stage, as_of):
    try:
        held_min = judged_of(seen, stage, as_of=as_of, of=()).view.held_min
    except NoEvidence:
        held_min = None
    return decide(plan, stage, verdicts_of(seen, stage, as_of=as_of), held_min).action


@settings(max_examples=80, deadline=None)
@given(stage=stages, spells=spells, minutes=st.integers(3, 30), data=st.data())
def test_names_that_go_missing_here_and_there_make_nothing_better(ramp_of, verdicts_of, stage, spells, minutes, data):
    """Some counters and gauges of either slice, at some looks or at all of them."""
    seen = ramp_of(stage, minutes, canary=changing(spells))
    slice = data.draw(st.sampled_from(["canary", "control"]))
    names = {name for one in seen if one.slice == slice for name in (*one.counters, *one.gauges)}
    gone = data.draw(st.sets(st.sampled_from(sorted(names)), min_size=1, max_size=4))
    ats = sorted({one.at for one in seen})
    when = data.draw(st.just(set(ats)) | st.sets(st.sampled_from(ats), min_size=1, max_size=4))

    def kept(values):
        return {name: value for name, value in values.items() if name not in gone}

    fewer = [
        replace(one, counters=kept(one.counters), gauges=kept(one.gauges))
        if one.slice == slice and one.at in when
        else one
        for one in seen
    ]

    no_better(verdicts_of(seen), verdicts_of(fewer, stage, as_of=seen[-1].at))


@settings(max_examples=80, deadline=None)
@given(stage=stages, fault=faults, minutes=st.integers(14, 32), data=st.data())
def test_observations_that_go_missing_make_no_stage_go_on(
    ramp_of, judged_of, verdicts_of, plan, stage, fault, minutes, data
):
    """Whole observations of one slice or of both, at any times: what held or rolled back does not continue."""
    seen = ramp_of(stage, minutes, canary=fault)
    as_of = seen[-1].at
    gone = data.draw(st.sets(st.integers(0, len(seen) - 1), min_size=1, max_size=12))
    fewer = [one for number, one in enumerate(seen) if number not in gone]

    if decision(plan, judged_of, verdicts_of, seen, stage, as_of) is not Action.CONTINUE:
        assert decision(plan, judged_of, verdicts_of, fewer, stage, as_of) is not Action.CONTINUE


@settings(max_examples=80, deadline=None)
@given(stage=stages, spells=spells, minutes=st.integers(3, 30), worse_from=st.integers(1, 30), worse=faults)
def test_what_gets_worse_from_some_minute_on_makes_nothing_better(
    ramp_of, verdicts_of, stage, spells, minutes, worse_from, worse
):
    """More errors, slower answers, dearer users, a fuller database: in the order of colours, no gate climbs."""
    before = verdicts_of(ramp_of(stage, minutes, canary=changing(spells)))
    after = verdicts_of(ramp_of(stage, minutes, canary=changing(spells, worse_from, worse.items())))

    for gate in GATES:
        assert after[gate].colour >= before[gate].colour, f"{before[gate].reason}\n{after[gate].reason}"


@settings(max_examples=40, deadline=None)
@given(first=st.integers(2, 12), length=st.integers(1, 3), how=st.sampled_from(["errors unseen", "fell", "left out"]))
def test_a_breach_that_persisted_fires_whatever_short_gap_there_is_in_it(ramp_of, judged_of, first, length, how):
    """In a breach from the first minute on: looks without errors, a restart of one of two pods of which the observer
    knows nothing, or lines that are gone."""
    before = ramp_of("stage_1", 15)
    # Windows that begin where nothing was seen are blind, too: the breach is to be seen at the last look.
    seen = ramp_of("stage_10", 15 if how == "fell" else 18, canary={"errors": 50}, after=before)
    gone = {before[-1].at + timedelta(minutes=minute) for minute in range(first, first + length)}

    def changed(one):
        if one.slice == "control" or one.at < min(gone):
            return one
        if how == "fell":
            return replace(one, counters=one.counters | {"requests": one.counters["requests"] - 9000})
        fewer = {name: value for name, value in one.counters.items() if name != "errors"}
        return replace(one, counters=fewer) if one.at in gone else one

    kept = [changed(one) for one in seen if how != "left out" or one.at not in gone]

    assert judged_of(kept, of=("errors",)).trigger == "F1"


def test_a_breach_that_begins_unseen_began_after_the_last_look_within_the_limit(ramp_of, judged_of):
    """A pod restarted and the observer was another at the very look at which the errors began."""
    before = ramp_of("stage_1", 15)
    seen = ramp_of("stage_10", 15, canary={"errors": 50}, after=before)
    half = [
        replace(one, counters=one.counters | {"requests": one.counters["requests"] - 9000})
        if one.slice == "canary" and one.stage == "stage_10"
        else one
        for one in seen
    ]

    assert judged_of(seen, of=("errors",)).trigger == judged_of(half, of=("errors",)).trigger == "F1"
    assert judged_of(half[:-2], of=("errors",)).trigger is None
