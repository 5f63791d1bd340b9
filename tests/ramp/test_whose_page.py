"""Whose page a slice is judged by: what proves it, what shows that it is another's, and a slice that nothing proves."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ramp import directive
from ramp.decision import Action
from ramp.observation import Observation
from ramp.recording import Recording
from ramp.replay import replay
from ramp.verdict import Colour
from ramp.whose_page import moved_before_t0

PLAN_TEXT = (Path(directive.__file__).parent / "plan.toml").read_text("utf-8")
FRESH = timedelta(minutes=2)


def before_t0(first, *, canary, control, sent=20, sent_control=80):
    """Two looks before T-0 and what both slices counted between them; `first` is what is seen after them."""
    seen = []
    counted = {"canary": (canary, sent), "control": (control, sent_control)}
    for seconds in (20, 10):
        for slice, (requests, keyed) in counted.items():
            grown = {"requests": 100 + requests, "keyed_requests": 7 + keyed} if seconds == 10 else None
            counters = grown or {"requests": 100, "keyed_requests": 7}
            at = first.at - timedelta(seconds=seconds)
            seen.append(Observation(at=at, slice=slice, stage="keyed", traffic_pct=0, counters=counters, gauges={}))
    return seen


def unnamed(seen):
    return [replace(one, gauges={k: v for k, v in one.gauges.items() if k != "names_release"}) for one in seen]


def with_gauge(seen, slice, name, value):
    return [replace(one, gauges={**one.gauges, name: value}) if one.slice == slice else one for one in seen]


def after(seen, **moved):
    """The ramp `seen`, after requests with the canary's key moved the counters so; without any other proof."""
    return [*before_t0(seen[0], **moved), *unnamed(seen)]


@pytest.mark.parametrize(
    ("moved", "colour", "said"),
    [
        ({"canary": 20, "control": 80}, Colour.GREEN, "20 requests with the canary's key and 80 with control's moved"),
        ({"canary": 16, "control": 5070}, Colour.GREEN, "its counter by 16, control's by 5,070"),
        ({"canary": 80, "control": 20}, Colour.NO_DATA, "are the pages of canary and control exchanged?"),
        ({"canary": 5080, "control": 20}, Colour.NO_DATA, "are the pages of canary and control exchanged?"),
        ({"canary": 100, "control": 100}, Colour.NO_DATA, "is one page read for both?"),
        ({"canary": 5100, "control": 5100}, Colour.NO_DATA, "is one page read for both?"),
        ({"canary": 20, "control": 20}, Colour.YELLOW, "slice not proven"),
        ({"canary": 0, "control": 5000}, Colour.YELLOW, "slice not proven"),
        ({"canary": 300, "control": 5000}, Colour.YELLOW, "slice not proven"),
        ({"canary": 19, "control": 80, "sent": 19}, Colour.YELLOW, "slice not proven"),
        ({"canary": 20, "control": 20, "sent_control": 20}, Colour.YELLOW, "slice not proven"),
    ],
)
def test_requests_with_the_canarys_key_prove_whose_page_it_is(ramp_of, verdicts_of, moved, colour, said):
    """They move the canary's counter by about their number, and not control's."""
    verdict = verdicts_of(after(ramp_of("stage_1", 15), **moved))["slices"]

    assert verdict.colour is colour, verdict.reason
    assert said in verdict.reason


@settings(max_examples=100, deadline=None)
@given(
    sent=st.integers(20, 200),
    lost=st.floats(0, 0.24),
    others=st.integers(0, 12_000),
    page=st.sampled_from(["own", "exchanged", "one"]),
)
def test_a_slice_is_proven_exactly_where_its_page_is_its_own(plan, ramp_of, sent, lost, others, page):
    """Whatever gets lost of the requests, and however many users control has."""
    canary, control = sent - int(lost * sent), 4 * sent - int(lost * 4 * sent) + others
    if page == "exchanged":
        canary, control = control, canary
    elif page == "one":
        canary = control = canary + control
    seen = before_t0(ramp_of("stage_1", 1)[0], canary=canary, control=control, sent=sent, sent_control=4 * sent)
    told = moved_before_t0(plan, Recording(seen, FRESH)).proof()

    assert bool(told.by) == (page == "own")
    assert bool(told.wrong) == (page != "own")


def test_what_comes_after_the_proof_blurs_it_no_more(plan, ramp_of, verdicts_of):
    """Load that is brought before T-0 goes to both slices, and some of it is answered by the cache."""
    first, *_ = seen = ramp_of("stage_1", 15)
    proven = before_t0(first, canary=20, control=80)
    last = {one.slice: one for one in proven}
    load = [
        replace(one, at=first.at - timedelta(seconds=5), counters={name: n + 500 for name, n in one.counters.items()})
        for one in last.values()
    ]

    assert verdicts_of([*proven, *load, *unnamed(seen)])["slices"].colour is Colour.GREEN


@pytest.mark.parametrize(
    ("slice", "gauge", "value", "colour", "said"),
    [
        ("canary", "names_release", 1, Colour.GREEN, "the canary's page names the version or commit of the release"),
        ("control", "names_release", 1, Colour.NO_DATA, "is it the canary's?"),
        ("canary", "instances_apart", 1, Colour.GREEN, "are told by other processes"),
        ("canary", "instances_apart", 0, Colour.YELLOW, "slice not proven"),
        ("canary", "instances_shared", 1, Colour.NO_DATA, "by a process that tells control's too"),
        ("canary", "db_cpu_ratio", 0.4, Colour.YELLOW, "run T-10 with the canary at weight 0"),
    ],
)
def test_a_version_or_processes_of_its_own_prove_it_too(ramp_of, verdicts_of, slice, gauge, value, colour, said):
    verdict = verdicts_of(with_gauge(unnamed(ramp_of("stage_1", 15)), slice, gauge, value))["slices"]

    assert verdict.colour is colour, verdict.reason
    assert said in verdict.reason


def test_a_page_that_is_anothers_makes_every_gate_that_reads_it_no_data(plan, ramp_of):
    """A broken canary behind control's page: exchanged, its users' errors would be control's."""
    seen = after(ramp_of("stage_1", 15), canary=80, control=20)
    outcome = replay(plan, seen, ["errors"])

    assert outcome.decision is Action.HOLD
    assert "exchanged? (error rate 0.10 % <= 1.00 %" in outcome.reason


def test_at_100_percent_control_may_run_the_release(ramp_of, verdicts_of):
    """Once all traffic is the canary's, the old version is replaced."""
    seen = ramp_of("stage_100", 15, after=ramp_of("stage_50", 30))
    old = [one for one in seen if one.slice == "control"]
    upgraded = replace(old[-1], at=seen[-1].at, stage="stage_100", gauges={"names_release": 1})

    assert verdicts_of([*seen, upgraded])["errors"].colour is Colour.GREEN


def test_a_slice_that_nothing_proves_may_be_waived_and_says_so(ramp_of, verdicts_of):
    waived = directive.parse(PLAN_TEXT.replace('proof = "required"', 'proof = "waived"'))
    verdict = verdicts_of(unnamed(ramp_of("stage_1", 15)), plan=waived)["slices"]

    assert verdict.colour is Colour.GREEN
    assert "slice not proven" in verdict.why and "which the plan waives ([gates.slices] proof)" in verdict.why
