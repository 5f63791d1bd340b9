"""Load is ordered below its ceiling, judged by what came of it, and never fine for want of evidence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp import release as releases
from ramp.brought import Brought, Stretch
from ramp.load import in_brief, not_fine, observed, order_for, summary
from ramp.observation import Malformed, NoEvidence
from ramp.order import AIMS, Order, outcome
from ramp.plan import Plan
from ramp.tally import Tally
from ramp.target import LoadAllowed, ScrapeEndpoint, Target
from ramp.validation import Invalid
from ramp.verdict import Colour

T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
SOUND = Stretch(
    seconds_s=15.0,
    ordered_s=15.0,
    due=dict.fromkeys(AIMS, 1000),
    answered=dict.fromkeys(AIMS, 990),
    fine=dict.fromkeys(AIMS, 985),
    wrong_slice=dict.fromkeys(AIMS, 0),
    saturated=0,
    lost=0,
    lag={"0.005": 2800.0, "0.01": 2970.0, "0.02": 2990.0, "+Inf": 3000.0},
)


@pytest.fixture
def release(plan: Plan):
    file = Path(__file__).parents[2] / "release.toml"
    return releases.parse(file.read_text("utf-8"), file.name, plan, [])


def target(per_s_max=None):
    allowed = per_s_max and LoadAllowed(arrivals_per_s_max=per_s_max)
    return Target(edge_url="http://edge", scrapes=(ScrapeEndpoint(url="http://edge/metrics"),), load=allowed)


# Ordering


def test_load_above_the_ceiling_is_refused_with_both_numbers(plan, release):
    """Who reads it at night sees what was asked for and what is allowed."""
    with pytest.raises(Invalid, match=r"237\.5 requests a second .* ceiling of 50 "):
        order_for(plan, release, target(50), hold_s=60)


def test_without_a_ceiling_no_load_is_brought(plan, release):
    """A release file that says nothing of load allows none."""
    with pytest.raises(Invalid, match=r"no \[real\.load\]"):
        order_for(plan, release, target(), hold_s=60)


def test_a_rate_of_ones_own_keeps_the_plans_proportions(plan, release):
    """And comes back whole from its text."""
    order = order_for(plan, release, target(50), hold_s=60, total_per_s=47.5)

    assert order.per_s == pytest.approx({"canary": 18, "control": 13.5, "split": 16})
    assert order.users == {"canary": 24, "control": 18, "split": 22}
    assert order.pages == release.prewarm.paths
    assert [path for path, _ in order.asks] == [route.path for route in release.routes]
    assert Order.from_text(order.text()) == order


def test_more_load_comes_from_more_users(plan, release):
    """Each sends as often as before: a few users who cannot keep up would not bring it."""
    order = order_for(plan, release, target(1000), hold_s=60, total_per_s=475)

    assert order.users == {"canary": 48, "control": 36, "split": 44}


# Judging an answer


@pytest.mark.parametrize(
    ("aim", "status", "version", "worth"),
    [
        ("canary", 200, "v2", "fine"),
        ("canary", 200, "v1", "wrong_slice"),
        ("canary", 200, None, "wrong_slice"),
        ("control", 200, "v1", "fine"),
        ("control", 200, "v2", "wrong_slice"),
        ("control", 200, None, "wrong_slice"),
        ("split", 200, "v1", "fine"),
        ("split", 200, "v2", "fine"),
        ("split", 200, None, "wrong_slice"),
        ("canary", 0, None, "no_answer"),
        ("canary", 500, "v2", "error"),
        ("canary", 502, None, "error"),
        ("canary", 404, "v2", "error"),
        ("canary", 302, "v2", "error"),
        ("canary", 402, "v2", "error"),
    ],
)
def test_an_answer_is_worth_what_its_status_and_version_prove(aim, status, version, worth):
    """A fine answer of another slice proves nothing of this one."""
    assert outcome(aim, status, version, "v2") == worth


def test_a_declined_card_is_an_answer():
    """402 of a checkout is how a shop says so."""
    assert outcome("canary", 402, "v2", "v2", may_decline=True) == "fine"


# Judging the load

DOUBTS = {
    "no load was due for control": {"due": {"canary": 1000, "split": 1000}},
    "only 940 of 1,000 requests due for canary": {"answered": SOUND.answered | {"canary": 940}},
    "1 answers to load for control came from the wrong slice": {"wrong_slice": {"control": 1}},
    "only 19 answers to load for split were no error": {"fine": SOUND.fine | {"split": 19}},
    "used more than 90 % of its core": {"saturated": 1},
    "1 of the load's workers went missing": {"lost": 1},
    "load flowed for 12 s of the 15 s that were ordered": {"seconds_s": 12.0},
    "no load was ordered for any of this time": {"ordered_s": 0.0},
    "itself sent 5.1% of its requests more than 10 ms late (at most 5% may be)": {"lag": {"0.01": 949.0, "+Inf": 1e3}},
}


def test_sound_load_is_believed(plan):
    """Late by less than 5 %, with few errors: those are for the gate `errors`. One request in a hundred left late."""
    SOUND.must_be_believable(plan.gates.load, 20)


def test_what_is_not_told_yet_is_not_missed(plan):
    """A line comes every second: in a short stage of a rehearsal the last is not there yet."""
    replace(SOUND, seconds_s=3.1, ordered_s=5.0).must_be_believable(plan.gates.load, 20)


def test_load_that_is_over_must_have_lasted_to_the_end():
    """Then nothing is still to be told."""
    Brought(seconds_s=60.2, ordered_s=60.0).must_have_lasted()

    with pytest.raises(NoEvidence, match=r"load flowed for 2\.80 s of the 3\.00 s that were ordered"):
        Brought(seconds_s=2.8, ordered_s=3.0).must_have_lasted()


@pytest.mark.parametrize("reason", DOUBTS)
def test_load_that_proves_nothing_says_why(plan, reason):
    """In one sentence with the numbers."""
    with pytest.raises(NoEvidence) as missing:
        replace(SOUND, **DOUBTS[reason]).must_be_believable(plan.gates.load, 20)

    assert reason in missing.value.reason


counts = st.fixed_dictionaries({aim: st.integers(0, 1200) for aim in AIMS})


doubtful = st.fixed_dictionaries(
    {
        "due": counts,
        "answered": counts,
        "fine": counts,
        "wrong_slice": st.fixed_dictionaries({aim: st.integers(0, 2) for aim in AIMS}),
        "saturated": st.integers(0, 2),
        "lost": st.integers(0, 2),
        "seconds_s": st.floats(0, 20),
        "ordered_s": st.floats(0, 20),
        "lag": st.integers(0, 100).map(lambda late: {"0.01": 1000.0 - late, "+Inf": 1000.0}),
    }
)


@given(changed=st.dictionaries(st.sampled_from(list(vars(SOUND))), st.none(), max_size=2), drawn=doubtful)
def test_no_load_is_believed_that_breaks_any_of_the_rules(plan, changed, drawn):
    """Whatever the numbers, believed means: to the end, all on time, enough of them fine, none astray, and no generator
    in doubt."""
    load = replace(SOUND, **{name: drawn[name] for name in changed})
    missing_s = load.ordered_s - load.seconds_s
    holds = (
        all(
            load.due[aim]
            and load.answered[aim] >= 0.95 * load.due[aim]
            and load.fine[aim] >= 20
            and not load.wrong_slice[aim]
            for aim in AIMS
        )
        and not (load.saturated or load.lost)
        and load.ordered_s > 0
        and (missing_s <= 2 or load.seconds_s >= 0.95 * load.ordered_s)
        and load.lag["0.01"] >= 0.95 * load.lag["+Inf"]
    )

    try:
        load.must_be_believable(plan.gates.load, 20)
    except NoEvidence:
        assert not holds
    else:
        assert holds


# The gate


def line(due=90, latency_s=0.03, outcome="fine", answered=None, at_s=0.0, lag_s=0.0008, **more):
    """A second of a recorder, the same for every aim."""
    tally = Tally()
    for _ in range(due if answered is None else answered):
        tally.add(outcome, latency_s, latency_s, lag_s)
    cells = [[aim, "GET /", tally.record()] for aim in AIMS]
    came = 0 if outcome == "no_answer" else tally.requests
    said = {
        "seconds_s": 1.0,
        "due": dict.fromkeys(AIMS, due),
        "answered": dict.fromkeys(AIMS, came),
        "cells": cells,
        "payments": {"paid": 1},
    }
    return said | {"saturated": 0, "lost": 0, "at_s": at_s} | more


def observed_from(plan, lines, stage="stage_10"):
    """What was observed of a stage from the recorder's lines, one a minute."""
    numbered = [
        one | {"at_s": 60.0 * number, "seconds_s": 60 * one["seconds_s"]} for number, one in enumerate(lines, 1)
    ]
    hold_s = 60.0 * len(lines)
    return list(observed(numbered, plan.moment(stage), lambda at_s: T0 + timedelta(seconds=at_s), 60.0, hold_s))


def under_load(plan, verdicts_of, lines):
    return verdicts_of(observed_from(plan, lines))


def test_load_on_time_is_green_with_its_rates_and_both_latencies(plan, verdicts_of):
    """The notes say what was brought, and how late it was served as due and as sent."""
    verdict = under_load(plan, verdicts_of, [line() for _ in range(15)])["load"]

    assert (verdict.colour, verdict.value, verdict.n) == (Colour.GREEN, 1.0, 15 * 270)
    assert "canary 1.5 of 1.5" in verdict.notes[0]
    assert "canary P95 29.9 ms from when each request was due" in verdict.notes[1]
    assert "15 paid" in verdict.notes[-1]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"answered": 60}, "only 1,050 of 1,350 requests due for canary were answered (77.8%"),
        ({"outcome": "wrong_slice"}, "came from the wrong slice"),
        ({"saturated": 1}, "more than 90 % of its core"),
        ({"lost": 1}, "workers went missing"),
        ({"due": 0}, "no load was due"),
        ({"seconds_s": 1 / 3}, "load flowed for 500 s of the 900 s that were ordered"),
        ({"lag_s": 0.0101}, "more than 10 ms late"),
    ],
)
def test_load_in_doubt_is_no_data(plan, verdicts_of, bad, reason):
    """Never GREEN, and never RED: the generator is in doubt, not the release."""
    lines = [line() for _ in range(5)] + [line(**bad) for _ in range(10)] if "due" not in bad else [line(**bad)] * 15
    verdict = under_load(plan, verdicts_of, lines)["load"]

    assert verdict.colour is Colour.NO_DATA
    assert reason in verdict.reason


def test_journeys_that_go_on_without_paying_are_said(plan, verdicts_of):
    """Caps that are used up stop payments, not the load."""
    verdict = under_load(plan, verdicts_of, [line(payments={"paid": 0, "unpaid": 7})] * 15)["load"]

    assert verdict.colour is Colour.GREEN
    assert "105 unpaid" in verdict.notes[-2]
    assert "without paying" in verdict.notes[-1]


@pytest.mark.parametrize(
    "gone",
    [
        "load_s", "load_ordered_s", "load_due", "load_answered", "load_fine", "load_wrong_slice", "load_saturated",
        "load_workers_lost", "load_lag_s",
    ],
)  # fmt: skip
def test_a_counter_of_the_load_that_goes_missing_is_no_data(plan, verdicts_of, gone):
    """A source that falls silent cannot make load look better."""
    seen = observed_from(plan, [line()] * 15)
    last = [
        replace(one, counters={name: count for name, count in one.counters.items() if name != gone})
        for one in seen[-2:]
    ]

    verdict = verdicts_of([*seen[:-2], *last])["load"]

    assert verdict.colour is Colour.NO_DATA


def test_a_release_may_stand_on_its_own_traffic(ramp_of, verdicts_of):
    """Where nobody ordered load, there has to be enough of the users' own."""
    green = verdicts_of(ramp_of("stage_10", 15))["load"]
    too_few = verdicts_of(ramp_of("stage_10", 15, canary={"requests": 1, "slow": 0, "cache_lookups": 1}))["load"]

    assert (green.colour, green.n) == (Colour.GREEN, 15_000)
    assert too_few.colour is Colour.NO_DATA


# As observations


def test_what_load_measured_is_judged_like_any_observation(plan, verdicts_of):
    """A P95 of 124.4 ms reads 124.4 and is a breach, from nothing but the recorder's lines."""
    verdict = under_load(plan, verdicts_of, [line(latency_s=0.1244)] * 15)["latency"]

    assert verdict.colour is Colour.RED
    assert verdict.value == pytest.approx(0.1244, abs=0.0005)


def test_errors_and_silence_count_as_errors(plan, verdicts_of):
    """A request without an answer is one that failed."""
    verdict = under_load(plan, verdicts_of, [line(), line(outcome="no_answer")] * 8)["errors"]

    assert verdict.value == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    "damage", [{"cells": 3}, {"due": {"canary": -1}}, {"due": None}, {"lost": "many"}, {"seconds_s": "x"}]
)
def test_a_damaged_line_adds_nothing(damage):
    """Not even its sound half."""
    brought = Brought()

    with pytest.raises(Malformed):
        brought.add(line() | damage)

    assert brought == Brought()


def test_a_summary_has_every_aim_and_route():
    """Counts and quantiles, in brief for a line of progress."""
    brought = Brought()
    brought.add(line(latency_s=0.0451))

    assert summary(brought)["aims"]["control"]["p95_corrected_s"] == pytest.approx(0.0451)
    assert summary(brought)["routes"]["split GET /"]["requests"] == 90
    assert in_brief(brought) == "270.0/s, 0 errors, P95 canary 45.1 ms, control 45.1 ms, split 45.1 ms"


def test_answers_of_a_placebo_hour_are_no_errors_of_what_follows():
    """Control answers for the canary in it, which the line of progress must not tell as errors of the stage."""
    brought = Brought()
    brought.add(line(outcome="wrong_slice"))
    in_placebo = not_fine(brought)
    brought.add(line())

    assert in_placebo > 0
    assert f" {in_placebo} errors" in in_brief(brought) and " 0 errors" in in_brief(brought, in_placebo)
