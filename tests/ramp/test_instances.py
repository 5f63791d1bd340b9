"""What control's instances do apart is noise that the canary's may have too. It is proof only where all are there, and
what is missing of them never helps."""

import math
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import BOUNDS, FAST, T0

from conduct.run import load_plan
from ramp.evidence import BetweenInstances, Lasting, LatencyEvidence, Tempered
from ramp.gates.learning import learning
from ramp.judge import Judge
from ramp.observation import Observation
from ramp.verdict import Colour

PLAN = load_plan()
LASTING = Lasting(block_min=20, least=4, clip=0.3, minutes=6, half_life_min=20)
STAGES = (("placebo", 1, 32), ("stage_1", 1, 15), ("stage_10", 10, 8))
LABELS = [f"{bound:g}" for bound in BOUNDS] + ["+Inf"]
BY_INSTANCE = "latency_s_by_instance"


def fleet(seed, *, sd=0.0, memory=0.97, canary=1, control=4, slower=1.0, stages=STAGES):
    """A placebo hour, of one of control's instances as canary, and some stages. The slow answers of each instance drift
    by themselves, by a log-sd of `sd`; those of the canary are `slower` as many."""
    draw, seen, minute = np.random.default_rng(seed), [], -stages[0][2]
    names = ["placebo", *(f"canary-{i}" for i in range(canary)), *(f"control-{i}" for i in range(control))]
    drift, totals = dict.fromkeys(names, 0.0), {name: np.zeros(6, int) for name in names}
    drift = {name: sd * float(draw.standard_normal()) for name in names}
    seen += [observed(slice, stages[0], minute, totals) for slice in ("canary", "control")]
    for stage in stages:
        for _ in range(stage[2]):
            minute += 1
            for name in names:
                drift[name] = memory * drift[name] + math.sqrt(1 - memory**2) * sd * float(draw.standard_normal())
            for slice, share in (("canary", stage[1] / 100), ("control", 1 - stage[1] / 100)):
                those = of_slice(names, slice, stage[0])
                for name in those:
                    times = math.exp(drift[name]) * (slower if name.startswith("canary") else 1.0)
                    slow = min(times * (1 - FAST[0]), 0.9)
                    cells = [1 - slow, *(slow * cell / (1 - FAST[0]) for cell in FAST[1:])]
                    totals[name] = totals[name] + draw.multinomial(round(12_000 * share / len(those)), cells)
                seen.append(observed(slice, stage, minute, totals))
    return seen


def of_slice(names, slice, stage):
    playing = ["placebo"] if stage == "placebo" else [name for name in names if name.startswith("canary")]
    return playing if slice == "canary" else [name for name in names if name.startswith("control")]


def observed(slice, stage, minute, totals):
    mine = {name: of for name, of in totals.items() if (name.startswith("control")) == (slice == "control")}
    summed = np.cumsum(sum(mine.values())).tolist()
    by_instance = {
        f"{name}|{le}": int(n) for name, of in mine.items() for le, n in zip(LABELS, of.cumsum(), strict=True)
    }
    counters = {"requests": summed[-1], "latency_s": dict(zip(LABELS, summed, strict=True)), BY_INSTANCE: by_instance}
    at = T0 + timedelta(minutes=minute)
    return Observation(at=at, slice=slice, stage=stage[0], traffic_pct=stage[1], counters=counters, gauges={})


def looks(seen):
    judge = Judge(PLAN, ("latency",))
    return [looked.verdicts()["latency"] for looked in [*(judge.add(one) for one in seen), judge.end()] if looked]


def without(one, *labels):
    """`one` without its instances, or without those whose name begins with one of `labels`."""
    by_instance = {
        label: n for label, n in one.counters[BY_INSTANCE].items() if labels and not label.startswith(labels)
    }
    counters = {name: of for name, of in one.counters.items() if name != BY_INSTANCE}
    return replace(one, counters=counters | ({BY_INSTANCE: by_instance} if labels else {}))


def red(verdicts):
    return any(verdict.colour is Colour.RED for verdict in verdicts)


LONGER = (("placebo", 1, 60), ("stage_1", 1, 15), ("stage_10", 10, 15), ("stage_25", 25, 15))


def test_slow_drift_of_an_instance_is_told_from_a_regression_where_instances_are_known():
    """Of eight healthy ramps whose instances drift by themselves some are RED without instances, and none with."""
    seen = [fleet(seed, sd=0.2, canary=2, control=6, stages=LONGER) for seed in range(8)]
    alone = sum(red(looks([without(one) for one in ramp])) for ramp in seen)
    told = sum(red(looks(ramp)) for ramp in seen)
    assert alone >= 3 and told == 0, (alone, told)


def test_a_regression_beyond_what_instances_do_is_found_all_the_same():
    for seed in range(4):
        assert red(looks(fleet(seed, slower=1.35)))
        assert red(looks(fleet(seed, sd=0.05, slower=1.9, stages=LONGER)))


def test_what_instances_tell_stands_in_the_sentence_and_says_less_is_seen():
    seen = fleet(3, sd=0.25, canary=2, control=6, stages=LONGER)
    told, alone = looks(seen)[-1], looks([without(one) for one in seen])[-1]
    assert "; in 20 min instances of control drifted apart " in told.reason and "drifted apart" not in alone.reason
    assert "instances: 7 of control tell what one does by itself for 20 min" in told.notes
    quiet = looks(fleet(3))[-1]
    assert "drifted apart" not in quiet.reason and any(note.startswith("instances: 5 of ") for note in quiet.notes)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (without, "not reported of both slices"),
        (lambda one: without(one, "control-0"), "those of control had "),
        (lambda one: without(one, "canary-0") if one.stage == "stage_10" else one, "is stale"),
        (lambda one: without(one, "placebo") if one.stage == "placebo" else one, "those of canary had 0 of its "),
        (lambda one: renamed(one, "canary-0", "control-1"), "control-1 is of both slices"),
        (lambda one: renamed(one, "placebo", "control-1"), "control-1 was of both slices in the placebo hour"),
        (lambda one: renamed(one, "control-0|0.1", "control-0|x"), "has the label 'control-0|x', where instance|bound"),
        (lambda one: without(one, "control-0|0.1"), "an instance of control lacks a boundary"),
    ],
)
def test_instances_that_are_not_all_there_are_said_and_left_out(change, why):
    whole = fleet(2, sd=0.25)
    verdicts = looks([change(one) for one in whole])

    said = [note for note in verdicts[-1].notes if note.startswith("instances: ")]
    assert len(said) == 1 and why in said[0], verdicts[-1].notes
    assert said[0].endswith("so that noise of half an hour looks like a regression")
    blind = [[one.colour is Colour.NO_DATA for one in of] for of in (looks(whole), verdicts)]
    assert blind[0] == blind[1]


def renamed(one, before, after):
    by_instance = {label.replace(before, after): n for label, n in one.counters[BY_INSTANCE].items()}
    return replace(one, counters=one.counters | {BY_INSTANCE: by_instance})


def test_an_instance_that_came_since_the_placebo_hour_leaves_them_out():
    """Nobody knows where it drifted from. One that goes is only not counted any more."""
    seen, at_t0 = fleet(2, sd=0.25), {}
    for number, one in enumerate(seen):
        by_instance = one.counters[BY_INSTANCE]
        if one.slice == "control" and one.stage == "placebo":
            at_t0 = {label: n for label, n in by_instance.items() if label.startswith("control-0")}
        elif one.slice == "control":
            came = {label.replace("control-0", "new"): by_instance[label] - n for label, n in at_t0.items()}
            seen[number] = replace(one, counters=one.counters | {BY_INSTANCE: {**by_instance, **at_t0, **came}})
    assert any("instances: new of control came since the placebo hour" in note for note in looks(seen)[-1].notes)


def test_too_few_instances_are_said():
    said = looks(fleet(2, control=1))[-1].notes
    assert any("instances: control had 2 in the placebo hour, and 4 are needed" in note for note in said), said


def test_a_look_that_is_missed_leaves_instances_out():
    """What was left out may have shown something else."""
    seen = [one for one in fleet(2, sd=0.25) if one.at != T0 + timedelta(minutes=12)]
    assert any("instances: a look was missed" in note for note in looks(seen)[-1].notes)


gone = st.tuples(st.sampled_from(["all", "canary", "control-0", "control-2", "placebo"]), st.integers(0, 109))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 50),
    sd=st.sampled_from([0.1, 0.3]),
    slower=st.sampled_from([1.0, 1.2, 1.5]),
    taken=st.lists(gone, min_size=1, max_size=4),
    for_good=st.booleans(),
)
def test_taking_instances_away_never_improves_a_verdict(seed, sd, slower, taken, for_good):
    """Whichever are taken, of whichever lines, or from there on."""
    whole = fleet(seed, sd=sd, slower=slower)
    fewer = list(whole)
    for what, index in taken:
        for at in range(index, len(fewer) if for_good else index + 1):
            if BY_INSTANCE in fewer[at].counters:
                fewer[at] = without(fewer[at], *(() if what == "all" else (what,)))

    for before, after in zip(looks(whole), looks(fewer), strict=True):
        assert after.colour >= before.colour, f"{before.reason}\n{after.reason}"
        assert (after.log_e or 0.0) >= (before.log_e or 0.0) - 1e-9


shares = st.floats(0.005, 0.3)
a_minute = st.tuples(st.lists(shares, min_size=5, max_size=5), shares, st.integers(0, 200))


@settings(max_examples=60, deadline=None)
@given(minutes=st.lists(a_minute, min_size=17, max_size=24), n=st.sampled_from([200, 1200]))
def test_a_regression_of_the_canary_never_raises_the_dispersion_in_use(minutes, n):
    """Whatever instances did, and whatever more of the canary's requests are slow, at any minutes."""

    def dispersions(worse):
        evidence, found = tempered(), []
        for number, (controls, canary, more) in enumerate(minutes):
            slow = min(round(canary * n) + worse * more, n)
            told = {f"{i}": {0.1: 2000 - round(2000 * share), math.inf: 2000} for i, share in enumerate(controls)}
            control = {"0.1": sum(of[0.1] for of in told.values()), "+Inf": 10_000}
            stage = "stage_1" if number < 10 else "stage_10"
            evidence.add({"0.1": n - slow, "+Inf": n}, control, stage, 0.02, told=(told, {"canary": n}))
            found.append(evidence.dispersions[0.1].at(50.0))
        return found

    for before, after in zip(dispersions(0), dispersions(1), strict=True):
        assert after <= before * (1 + 1e-9)


def tempered(least=4):
    hour = [{f"{i}": {0.1: 1900.0, math.inf: 2000.0} for i in range(5)}] * 30
    plain = LatencyEvidence(
        [({"0.1": 95.0, "+Inf": 100.0}, {"0.1": 9500.0, "+Inf": 10_000.0})] * 30,
        bounds_s=(0.1,),
        limit_s=0.1,
        limit_ratio=0.05,
        learning=learning(PLAN),
    )
    return Tempered(plain, BetweenInstances(hour, (0.1,), replace(LASTING, least=least)))


def variance(slow_of, canary=(1000,), minutes=30, instances=10):
    """After so many minutes of which `slow_of(minute)` gives each instance's slow of 20,000 requests; 1,000 before."""
    hour = [{f"{i}": {0.1: 19_000.0, math.inf: 20_000.0} for i in range(instances)}] * 30
    of = BetweenInstances(hour, (0.1,), LASTING)
    for minute in range(minutes):
        told = {f"{i}": {0.1: 20_000.0 - slow, math.inf: 20_000.0} for i, slow in enumerate(slow_of(minute))}
        of.add(told, dict(enumerate(canary)))
    return of.variance[0.1]


def test_only_what_lasts_and_several_instances_do_is_noise():
    """Not what all do alike, nor what one of them does, nor what comes and goes within minutes."""
    lasting = variance(lambda minute: [800, 1200] * 5)
    assert lasting > 0.1
    assert variance(lambda minute: [1000 + 40 * minute] * 10) == 0
    assert variance(lambda minute: [3000] + [1000] * 9) == 0
    assert variance(lambda minute: [800, 1200] * 5 if minute % 2 else [1200, 800] * 5) == 0


def test_noise_of_the_canary_is_scaled_by_how_many_instances_it_has():
    """One beside ten has six times as much as thirty alike would leave, whatever they are called."""
    one, ten = (variance(lambda minute: [800, 1200] * 5, canary=(1000,) * many) for many in (1, 10))
    assert one / ten == pytest.approx((1 + 1 / 10) / (2 / 10), rel=1e-6)
    uneven = variance(lambda minute: [800, 1200] * 5, canary=(1000, 1))
    assert one >= uneven > 0.99 * one, "one that gets hardly any requests is none"


def test_a_minute_does_not_say_by_what_its_own_evidence_is_divided():
    """The noise in use was learned from the minutes before, so that the bet stays fair."""
    evidence = tempered()
    for minute in range(20):
        slow = [80, 120, 80, 120, 80] if minute < 19 else [40, 200, 40, 200, 40]
        told = {f"{i}": {0.1: 2000.0 - n, math.inf: 2000.0} for i, n in enumerate(slow)}
        known = evidence.dispersions[0.1].at(50.0)
        both = ({"0.1": 950.0, "+Inf": 1000.0}, {"0.1": 9500.0, "+Inf": 10_000.0})
        other = deepcopy(evidence)
        evidence.add(*both, "stage_1", 0.0, told=(told, {"c": 1000.0}))
        other.add(*both, "stage_1", 0.0, told=({f"{i}": {0.1: 1900.0, math.inf: 2000.0} for i in range(5)}, {"c": 1.0}))
        assert evidence.log_worse == other.log_worse
    assert evidence.dispersions[0.1].at(50.0) != known
