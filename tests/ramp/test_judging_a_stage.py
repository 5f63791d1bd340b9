"""A whole stage judged from a recording: literal arithmetic, persistence, triggers, what missing data may not do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conduct.run import load_plan
from ramp.decision import Action, decide
from ramp.gates import GATES
from ramp.judge import judged_at
from ramp.observation import NoEvidence, Observation
from ramp.verdict import Colour, no_data

PLAN = load_plan()
# These ramps have no placebo hour.
PLAN = PLAN.model_copy(update={"evidence": PLAN.evidence.model_copy(update={"comparison": "limits_only"})})
T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
BOUNDS = ("0.05", "0.075", "0.1", "0.12", "0.15", "+Inf")
CANARY_ONLY = {
    "payments_attempted": 50,
    "payments_succeeded": 50,
    "synthetic_runs": 3,
    "synthetic_failures": 0,
    "synthetic_wrong_slice": 0,
    "schema_violations": 0,
}
LABELLED = {
    "ai_requests_by_route": {"/api/tutor": 500},
    "ai_cost_usd_by_route": {"/api/tutor": 10.0},
    "ai_revenue_usd_by_route": {"/api/tutor": 50.0},
    "ai_tokens": {"/api/tutor|small|input": 300_000, "/api/tutor|small|output": 125_000},
}
PAYMENTS = ("payments_attempted", "payments_succeeded")


def minute(**changes):
    """What one minute adds to a slice's counters: 1,000 requests, 2 % slow, 0.1 % errors, 95 % hits, markup 5x."""
    added = {
        "requests": 1000,
        "keyed_requests": 500,
        "slow": 20,
        "errors": 1,
        "cache_lookups": 1000,
        "cache_hits": 950,
        "origin_requests": 50,
        "users": 250,
        "cost_usd": 250.0,
        "cost_usd_squared": 251.0,
        "ai_requests": 500,
        "ai_cost_usd": 10.0,
        "ai_revenue_usd": 50.0,
        "split_requests": 500,
        "log_lines_scanned": 100,
        "personal_data_findings": 0,
    }
    return added | changes


def recorded(stage="stage_50", minutes=30, canary=None, control=None, gauges=None, canary_from=0):
    """Observations a minute apart; `canary` and `control` change what each minute adds, the canary's after a minute."""
    seen = []
    totals = {"canary": {}, "control": {}}
    for number in range(minutes + 1):
        for slice, changes in (("canary", canary), ("control", control)):
            changed = (changes or {}) if slice == "control" or number > canary_from else {}
            added = minute(**{name: value for name, value in changed.items() if name not in CANARY_ONLY})
            if number:
                for name, value in added.items():
                    totals[slice][name] = totals[slice].get(name, 0) + value
            else:
                totals[slice] = dict.fromkeys(added, 0)
            counters = {name: value for name, value in totals[slice].items() if name != "slow"}
            counters |= {name: {label: n * number for label, n in of.items()} for name, of in LABELLED.items()}
            fast, slow = totals[slice]["requests"] - totals[slice]["slow"], totals[slice]["requests"]
            quick = fast - number * (slice == "control")  # no two slices answer alike to the request
            counters["latency_s"] = dict(zip(BOUNDS, (quick, fast, fast, fast, slow, slow), strict=True))
            if slice == "canary":
                fixed = CANARY_ONLY | {name: value for name, value in (canary or {}).items() if name in CANARY_ONLY}
                counters |= {n: v * min(number, 1) if n in PAYMENTS else v * number for n, v in fixed.items()}
            ratios = {
                "db_cpu_ratio": 0.4,
                "db_io_ratio": 0.2,
                "db_connections_ratio": 0.3,
                "db_utilization_ratio": 0.1,
            } | (gauges or {})
            ratios["names_release"] = float(slice == "canary")
            at = T0 + timedelta(minutes=number)
            pct = PLAN.moment(stage).traffic_pct
            seen.append(Observation(at=at, slice=slice, stage=stage, traffic_pct=pct, counters=counters, gauges=ratios))
    return seen


def judged(observations, stage="stage_50", as_of=None):
    """Every gate's verdict, as checks would settle it."""
    try:
        return judged_at(PLAN, observations, PLAN.moment(stage), as_of or observations[-1].at, tuple(GATES)).verdicts()
    except NoEvidence as missing:
        return {gate: no_data(gate, stage, missing.reason) for gate in GATES}


def test_a_healthy_stage_is_green_in_every_gate_and_continues():
    """The builder's stage is sound, so every other test's colour comes from what it changed."""
    verdicts = judged(recorded())

    assert {gate: verdict.colour for gate, verdict in verdicts.items()} == dict.fromkeys(GATES, Colour.GREEN)
    assert decide(PLAN, "stage_50", verdicts, 30.0).action is Action.CONTINUE


@pytest.mark.parametrize(
    ("gate", "change", "trigger"),
    [
        ("latency", {"slow": 60}, "F1"),
        ("errors", {"errors": 20}, "F1"),
        ("cache", {"cache_hits": 800}, "F1"),
        ("cost", {"cost_usd": 270.0, "cost_usd_squared": 292.0}, "F3"),
    ],
)
def test_a_breach_is_yellow_for_fourteen_minutes_and_red_at_the_fifteenth(gate, change, trigger):
    """F1 and F3 count looks: 15 in a row, no sooner."""
    young = judged(recorded(minutes=19, canary=change, canary_from=5))[gate]
    lasted = judged(recorded(minutes=30, canary=change))[gate]

    assert (young.colour, young.trigger) == (Colour.YELLOW, None), young.reason
    assert (lasted.colour, lasted.trigger) == (Colour.RED, trigger), lasted.reason


@pytest.mark.parametrize("n", range(1, 101))
def test_payments_are_literal_for_every_count(n):
    """Success below 99.5 % is RED with F4, at or above it GREEN, for every k of n up to 100."""
    for failed in range(n + 1):
        seen = recorded(minutes=1, canary={"payments_attempted": n, "payments_succeeded": n - failed})
        verdict = judged_at(PLAN, seen, PLAN.moment("stage_50"), seen[-1].at, ["payments"]).verdicts()["payments"]

        assert (verdict.colour is Colour.RED) == (1000 * (n - failed) < 995 * n)
        assert (verdict.trigger == "F4") == (verdict.colour is Colour.RED)


@pytest.mark.parametrize(
    ("gate", "at_the_limit", "beyond"),
    [
        ("latency", {"slow": 50}, {"slow": 51}),
        ("errors", {"errors": 10}, {"errors": 11}),
        ("cache", {"cache_hits": 850}, {"cache_hits": 849}),
    ],
)
def test_the_limit_itself_is_within(gate, at_the_limit, beyond):
    """5 % slow, 1 % errors and 85 % hits are in bounds; one more is a breach."""
    assert judged(recorded(canary=at_the_limit))[gate].colour is not Colour.RED
    assert judged(recorded(canary=beyond))[gate].colour is Colour.RED


def test_a_low_cache_with_latency_that_users_see_fires_at_once():
    """F5 needs no persistence."""
    verdict = judged(recorded(minutes=8, canary={"cache_hits": 800, "slow": 80}, canary_from=2))["cache"]

    assert (verdict.colour, verdict.trigger) == (Colour.RED, "F5")


@pytest.mark.parametrize(
    ("gauges", "colour", "trigger"),
    [
        ({"db_cpu_ratio": 0.80}, Colour.GREEN, None),
        ({"db_cpu_ratio": 0.85}, Colour.RED, "F1"),
        ({"db_cpu_ratio": 0.85, "db_connections_ratio": 0.9}, Colour.RED, "F6"),
    ],
)
def test_database_saturation(gauges, colour, trigger):
    """80 % is in bounds; over it persists to RED; two measures over it are spillover risk at once."""
    verdict = judged(recorded(gauges=gauges))["database"]

    assert (verdict.colour, verdict.trigger) == (colour, trigger)


@pytest.mark.parametrize(
    ("gate", "change", "colour", "trigger"),
    [
        ("markup", {"ai_revenue_usd": 40.0}, Colour.YELLOW, None),
        ("markup", {"ai_revenue_usd": 39.9}, Colour.RED, "F3"),
        ("privacy", {"personal_data_findings": 1}, Colour.RED, "F2"),
        ("share", {"split_requests": 50}, Colour.RED, None),
        ("synthetics", {"synthetic_wrong_slice": 1}, Colour.RED, None),
        ("synthetics", {"schema_violations": 1}, Colour.RED, None),
    ],
)
def test_gates_that_need_no_persistence(gate, change, colour, trigger):
    """At 4x the markup holds though the margin is off; personal data, a wrong share or slice are RED at once."""
    verdict = judged(recorded(canary=change))[gate]

    assert (verdict.colour, verdict.trigger) == (colour, trigger), verdict.reason


def without(observations, slice, names):
    def stripped(values):
        return {name: value for name, value in values.items() if name not in names}

    return [
        replace(seen, counters=stripped(seen.counters), gauges=stripped(seen.gauges)) if seen.slice == slice else seen
        for seen in observations
    ]


@pytest.mark.parametrize(
    ("gate", "name"),
    [
        ("latency", "latency_s"),
        ("errors", "errors"),
        ("errors", "requests"),
        ("payments", "payments_attempted"),
        ("payments", "payments_succeeded"),
        ("cache", "cache_lookups"),
        ("cache", "cache_hits"),
        ("database", "db_cpu_ratio"),
        ("database", "db_connections_ratio"),
        ("cost", "users"),
        ("cost", "cost_usd"),
        ("markup", "ai_revenue_usd"),
        ("markup", "ai_cost_usd"),
        ("synthetics", "synthetic_runs"),
        ("synthetics", "schema_violations"),
        ("share", "split_requests"),
        ("privacy", "log_lines_scanned"),
        ("privacy", "personal_data_findings"),
    ],
)
def test_each_series_that_a_gate_needs_makes_it_no_data_by_its_absence(gate, name):
    """Absence is never a number."""
    assert judged(without(recorded(), "canary", {name}))[gate].colour is Colour.NO_DATA


@pytest.mark.parametrize("gate", ["latency", "errors", "cache", "cost", "markup", "share"])
def test_a_missing_control_is_no_data_where_the_canary_is_compared(gate):
    """Before 100 % a gate without its comparison is blind."""
    canary_only = [seen for seen in recorded() if seen.slice == "canary"]

    assert judged(canary_only)[gate].colour is Colour.NO_DATA


def test_at_100_percent_limits_are_judged_and_the_missing_comparison_is_said():
    """No control is left there: alone, cost is NO DATA and latency says so beside its verdict."""
    alone = judged([seen for seen in recorded(stage="stage_100", minutes=15) if seen.slice == "canary"], "stage_100")

    assert alone["latency"].colour is Colour.GREEN
    assert "control NO DATA" in alone["latency"].reason
    assert alone["cost"].colour is Colour.NO_DATA


@settings(max_examples=60, deadline=None)
@given(
    change=st.sampled_from([{}, {"slow": 60}, {"errors": 20}, {"cache_hits": 700}, {"ai_revenue_usd": 41.0}]),
    data=st.data(),
)
def test_taking_data_away_never_makes_a_verdict_or_the_decision_better(change, data):
    """Whatever is removed, no gate turns GREEN that was not, and a stage that did not continue does not begin to."""
    seen = recorded(minutes=20, canary=change)
    before = judged(seen)
    names = sorted(set(minute()) - {"slow"} | {"latency_s"} | set(CANARY_ONLY))
    slice = data.draw(st.sampled_from(["canary", "control"]))
    fewer = without(seen, slice, data.draw(st.sets(st.sampled_from(names), max_size=4)))
    gone = data.draw(st.sets(st.integers(0, len(fewer) - 1), max_size=10))
    fewer = [one for number, one in enumerate(fewer) if number not in gone]

    after = judged(fewer, as_of=seen[-1].at)

    for gate, verdict in after.items():
        if verdict.colour is Colour.GREEN:
            assert before[gate].colour is Colour.GREEN, (before[gate].reason, verdict.reason)
    if decide(PLAN, "stage_50", before, 30.0).action is not Action.CONTINUE:
        assert decide(PLAN, "stage_50", after, 30.0).action is not Action.CONTINUE


@settings(max_examples=100, deadline=None)
@given(missing=st.sets(st.sampled_from(list(GATES)), min_size=1))
def test_an_incomplete_set_of_verdicts_never_continues(missing):
    """The decision walks the plan's required checks, not the results that came back."""
    given_back = {gate: verdict for gate, verdict in judged(recorded(minutes=3)).items() if gate not in missing}

    assert decide(PLAN, "stage_50", given_back, 30.0).action is not Action.CONTINUE
