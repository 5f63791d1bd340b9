"""Whatever lines are missing of a recording, of its placebo hour or of its stages, no stage goes on that would not
have, and none by a gate that became GREEN. What is claimed is about a fault that lasts: a look at which alone something
was seen may be gone, and then nobody saw it."""

from datetime import timedelta
from functools import cache

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from simulated import STAGES, T0, simulated
from test_missing_never_improves import FAULTS, decision

from conduct.run import load_plan
from ramp.decision import Action, decide
from ramp.judge import Judge
from ramp.verdict import Colour, no_data

OF = ("latency", "errors", "cache", "cost", "payments")
PLAN = load_plan()
ENDS = {"stage_1": 15, "stage_10": 30, "stage_25": 45, "stage_50": 75}
RELEASES = {
    "slower within the limit": simulated(3, canary={"fast": (0.50, 0.27, 0.14, 0.044, 0.026, 0.020)}),
    "slower than the limit": simulated(3, canary={"fast": (0.50, 0.26, 0.12, 0.05, 0.04, 0.03)}),
    "more errors within the limit": simulated(3, canary={"failing": 0.006}),
    "more misses within the limit": simulated(3, canary={"missed": 0.13}, bad_from=15),
    "dearer": simulated(3, canary={"cost": 1.3}),
    "no placebo hour": simulated(3, placebo=False),
    "a short placebo hour": simulated(3, stages=(("placebo", 1, 20), *STAGES[1:])),
}


def missing(seen, kind, slices, share, seed):
    """`seen` without some lines: any, whole looks, a stretch or whole stages, of one slice or of both."""
    chance = np.random.default_rng(seed)
    ats, stages = sorted({one.at for one in seen}), sorted({one.stage for one in seen})
    if kind == "any":
        return [one for one in seen if chance.random() > share]
    if kind == "stages":
        without = {stage for stage in stages if chance.random() < 0.4}
        return [one for one in seen if one.stage not in without or one.slice not in slices]
    if kind == "looks":
        gone = {at for at in ats if chance.random() < share}
    elif kind == "every other":
        gone = set(ats[seed % 3 :: 2 + seed % 2])
    else:
        first = int(chance.integers(len(ats)))
        gone = set(ats[first : first + int(chance.integers(1, 40))])
    return [one for one in seen if one.at not in gone or one.slice not in slices]


ways = st.tuples(
    st.sampled_from(["any", "every other", "looks", "stretch", "stages"]),
    st.sampled_from([("canary",), ("control",), ("canary", "control")]),
    st.sampled_from([0.02, 0.1, 0.3, 0.6, 0.9]),
    st.integers(0, 2**32),
)


def at_ends(plan, seen):
    """By stage what was decided at its end and the verdicts, NO DATA where nothing fresh was seen of it."""
    judge, last = Judge(plan, OF), {}
    for looked in (*(judge.add(one) for one in seen), judge.end()):
        if looked:
            last[looked.view.moment.id] = looked
    ends = {}
    for stage, minute in ENDS.items():
        looked = last.get(stage)
        if looked and T0 + timedelta(minutes=minute) - looked.view.as_of <= timedelta(minutes=plan.reading.fresh_min):
            verdicts, held_min = looked.verdicts(), looked.view.held_min
        else:
            verdicts, held_min = {gate: no_data(gate, stage, "nothing was seen") for gate in OF}, None
        ends[stage] = decide(plan, stage, verdicts, held_min, required=OF), verdicts
    return ends


@cache
def whole(name):
    return at_ends(PLAN, RELEASES[name])


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from(list(RELEASES)), way=ways)
@example(name="slower within the limit", way=("stretch", ("canary", "control"), 0.02, 37166))  # all but four minutes
@example(
    name="more errors within the limit", way=("stretch", ("control",), 0.02, 1)
)  # control from one stage to another
def test_lines_that_are_missing_make_no_stage_go_on_by_what_is_green(name, way):
    """By the plan's ruling a stage below 50 % goes on without a comparison, tagged: that alone may take the place of
    evidence, as YELLOW, where too little is left of the placebo hour. A gate that weighed only the last minutes may be
    GREEN where all of them prove more; its stage is held then, for it was not held to its end, or not seen."""
    fewer = at_ends(PLAN, missing(RELEASES[name], *way))

    for stage, (before, verdicts) in whole(name).items():
        after, found = fewer[stage]
        for gate in OF:
            became_green = verdicts[gate].colour and not found[gate].colour
            said = f"{verdicts[gate].reason}\n{found[gate].reason}\n{after.reason}"
            assert not became_green or after.action is not Action.CONTINUE, said
        if before.action is not Action.CONTINUE and after.action is Action.CONTINUE:
            uncompared = [gate for gate in before.because if "not compared with control" in found[gate].reason]
            assert stage != "stage_50" and after.tag == ("ceo",), f"{before.reason}\n{after.reason}"
            assert uncompared == list(before.because), f"{before.reason}\n{after.reason}"


@settings(max_examples=60, deadline=None)
@given(fault=st.sampled_from(FAULTS[1:]), stage=st.sampled_from(["stage_1", "stage_10", "stage_50"]), way=ways)
def test_lines_that_are_missing_of_any_gate_make_no_stage_go_on(
    ramp_of, judged_of, verdicts_of, plan, fault, stage, way
):
    """Every gate, a fault through the whole of a stage, lines of it and of the stage before."""
    before = ramp_of("stage_25" if stage == "stage_50" else "stage_1", 15) if stage != "stage_1" else []
    seen = ramp_of(stage, 30 if stage == "stage_50" else 15, canary=fault, after=before)
    fewer, as_of = missing(seen, *way), seen[-1].at

    if decision(plan, judged_of, verdicts_of, seen, stage, as_of) is not Action.CONTINUE:
        assert decision(plan, judged_of, verdicts_of, fewer, stage, as_of) is not Action.CONTINUE


def test_sound_minutes_before_a_window_do_not_thin_out_a_breach_where_looks_are_missing(ramp_of, verdicts_of):
    """A breach that is open at the end is open whatever looks are missing at the window's beginning."""
    cold = {"cache_hits": lambda minute: 845 if 10 <= minute <= 15 else 950}
    seen = ramp_of("stage_1", 15, canary=cold)
    ats = sorted({one.at for one in seen})
    gone = {ats[9], ats[10]}

    for looks in (seen, [one for one in seen if one.at not in gone]):
        assert verdicts_of(looks, "stage_1", as_of=ats[-1], of=("latency", "cache"))["cache"].colour is Colour.YELLOW
