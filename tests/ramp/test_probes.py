"""T-10: what each probe brought back, judged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conduct.run import load_release
from ramp import directive
from ramp.caps import Spend
from ramp.gates import GATES
from ramp.observation import Observation, Span
from ramp.probes import (
    Prewarmed,
    Receipt,
    Restored,
    judge_coverage,
    judge_payments_settle,
    judge_prewarm,
    judge_restore,
    judge_telemetry,
    pointers_of,
)
from ramp.recording import Recording
from ramp.signals import FRAUD_THRESHOLDS_READ, SIGNALS
from ramp.verdict import Colour

PROJECT = Path(__file__).parents[2]
T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
SPAN = Span(start=T0, end=T0 + timedelta(minutes=1))
PAID = Receipt(
    key="k",
    amount_cents=100,
    masked_id="pi_***f00d",
    authorized=True,
    captured=True,
    outcome="authorized",
    risk_level="normal",
)
SPENT = Spend(count=5, reserved_cents=0, captured_cents=500)
GOOD = Restored(
    pointer="restore point at 0/1",
    taken_at_utc=T0,
    rows_before_expected=5,
    rows_before=5,
    rows_after=0,
    rpo_s=0.1,
    rto_s=1.0,
    verified=True,
    proven=True,
)


@pytest.mark.parametrize(
    ("change", "colour"),
    [
        ({}, Colour.GREEN),
        ({"captured": False}, Colour.RED),
        ({"authorized": False, "captured": False, "decline_code": "insufficient_funds"}, Colour.RED),
        ({"authorized": False, "captured": False, "problem": "no answer"}, Colour.NO_DATA),
        ({"risk_level": "elevated", "rule_id": "r1"}, Colour.YELLOW),
        ({"risk_level": "highest"}, Colour.YELLOW),
        ({"outcome": "manual_review"}, Colour.YELLOW),
        ({"outcome": "blocked"}, Colour.YELLOW),
        ({"rule_id": "r1"}, Colour.YELLOW),
        ({"rule_id": "r1", "rule_action": "review"}, Colour.YELLOW),
        ({"rule_id": "r1", "rule_action": "allow"}, Colour.GREEN),
        ({"rule_id": "r1", "rule_action": "allow", "risk_level": "elevated"}, Colour.YELLOW),
        ({"risk_level": "not_assessed"}, Colour.NO_DATA),
        ({"risk_level": "unknown"}, Colour.NO_DATA),
        ({"risk_level": None}, Colour.NO_DATA),
        ({"outcome": "Authorized"}, Colour.NO_DATA),
        ({"outcome": "issuer_declined"}, Colour.NO_DATA),
        ({"outcome": None, "rule_id": "r1"}, Colour.NO_DATA),
        ({"captured": False, "in_doubt": True}, Colour.NO_DATA),
        ({"authorized": False, "captured": False, "refused": True}, Colour.RED),
        ({"amount_cents": 101}, Colour.RED),
        ({"outcome": None, "risk_level": None}, Colour.NO_DATA),
    ],
)
def test_one_of_five_payments_decides(plan, change, colour):
    """Four good ones do not outvote the fifth."""
    receipts = [PAID] * 4 + [replace(PAID, **change)]

    assert judge_payments_settle(plan, "t_minus_10", receipts, SPENT).colour is colour


@pytest.mark.parametrize(
    ("livemode", "on_rehearsal", "on_real"),
    [
        (True, Colour.GREEN, Colour.GREEN),
        (False, Colour.GREEN, Colour.YELLOW),
        (None, Colour.GREEN, Colour.NO_DATA),
    ],
)
def test_payments_in_test_mode_are_no_live_ones(plan, livemode, on_rehearsal, on_real):
    """One of five is enough, and the receipt says which."""
    receipts = [replace(PAID, livemode=True)] * 4 + [replace(PAID, livemode=livemode)]

    assert judge_payments_settle(plan, "t_minus_10", receipts, SPENT).colour is on_rehearsal
    verdict = judge_payments_settle(plan, "t_minus_10", receipts, SPENT, live_is_due=True)
    assert verdict.colour is on_real
    assert ("test mode, not live" in verdict.reason) == (livemode is False)
    assert sum("test mode, not live" in note for note in verdict.notes) == (livemode is False)
    assert verdict.tag_ceo == (on_real is Colour.YELLOW)


def test_four_payments_are_not_five(plan):
    """A probe that ended early is no data, and its card line still shows what was done."""
    verdict = judge_payments_settle(plan, "t_minus_10", [PAID] * 4, SPENT)

    assert verdict.colour is Colour.NO_DATA
    assert any("pi_***f00d" in note for note in verdict.notes)


@pytest.mark.parametrize(
    "change",
    [
        {"rows_before": 4},
        {"rows_after": 1},
        {"verified": False},
        {"rows_before_expected": 0, "rows_before": 0},
        {"rpo_s": 301.0},
        {"rto_s": 901.0},
        {"rpo_s": float("nan")},
        {"rto_s": float("nan")},
        {"rpo_s": -1.0},
        {"rows_after": -1},
        {"pointer": ""},
    ],
)
def test_a_restore_that_fell_short_is_red(plan, change):
    """Rows lost, rows too many, unverified, too old or too slow; the good one is GREEN."""
    assert judge_restore(plan, "t_minus_10", GOOD).colour is Colour.GREEN
    assert judge_restore(plan, "t_minus_10", replace(GOOD, **change)).colour is Colour.RED


def test_a_restore_that_only_says_so_is_yellow_and_the_sentence_says_what_to_set(plan):
    """What it says of itself that is bad is believed."""
    verdict = judge_restore(plan, "t_minus_10", replace(GOOD, proven=False))

    assert verdict.colour is Colour.YELLOW and verdict.tag_ceo
    assert "claimed" in verdict.why and "source_dsn_env" in verdict.why
    assert judge_restore(plan, "t_minus_10", replace(GOOD, proven=False, rpo_s=301)).colour is Colour.RED


def test_a_pointer_that_was_told_before_is_no_new_one(plan):
    """Somebody would restore to last week's."""
    earlier = pointers_of([judge_restore(plan, "t_minus_10", GOOD)])

    assert earlier == {GOOD.pointer}
    verdict = judge_restore(plan, "t_minus_10", GOOD, earlier)
    assert verdict.colour is Colour.RED and "its pointer is that of an earlier run" in verdict.why
    assert judge_restore(plan, "t_minus_10", replace(GOOD, pointer="another"), earlier).colour is Colour.GREEN


def test_an_impossible_target_is_red():
    """Nobody restores in a millisecond."""
    text = (PROJECT / "ramp" / "plan.toml").read_text("utf-8").replace("rto_s_max = 900", "rto_s_max = 0.001")

    verdict = judge_restore(directive.parse(text), "t_minus_10", GOOD)

    assert verdict.colour is Colour.RED
    assert "RTO 1.00 s > 1 ms" in verdict.reason


@pytest.mark.parametrize(
    ("page", "hit_ratio", "colour"),
    [
        (Prewarmed(path="/", status=200, hit=True, said="Cache-Status: edge; hit"), 0.9, Colour.GREEN),
        (Prewarmed(path="/", status=200, hit=False, said="Cache-Status: edge; fwd=miss"), 0.9, Colour.RED),
        (Prewarmed(path="/", status=404, hit=True, said="Cache-Status: edge; hit"), 0.9, Colour.RED),
        (Prewarmed(path="/", status=200, hit=False, said=""), 0.9, Colour.NO_DATA),
        (Prewarmed(path="/", status=200, hit=True, said="Cache-Status: edge; hit"), None, Colour.NO_DATA),
    ],
)
def test_a_page_must_be_given_by_the_cache(plan, page, hit_ratio, colour):
    """A miss or an error is RED; a cache that does not say, or a ratio that cannot be read, is NO DATA."""
    assert judge_prewarm(plan, "t_minus_10", [page], hit_ratio).colour is colour


def test_an_empty_prewarm_set_is_no_data(plan):
    """Nothing fetched, nothing proven."""
    assert judge_prewarm(plan, "t_minus_10", [], 0.9).colour is Colour.NO_DATA


def reported(tokens, revenue, **more):
    def seen(minute):
        counters = {
            "ai_tokens": {label: count * minute for label, count in tokens.items()},
            "ai_revenue_usd_by_route": {route: usd * minute for route, usd in revenue.items()},
        }
        counters |= {name: value * minute for name, value in more.items()}
        at = T0 + timedelta(minutes=minute)
        return [
            Observation(at=at, slice=slice, stage="t_minus_10", traffic_pct=0, counters=counters, gauges={})
            for slice in ("canary", "control")
        ]

    return Recording([*seen(0), *seen(1)], timedelta(minutes=2))


TOKENS = {
    "/api/tutor|lumen-small|input": 1e6,
    "/api/tutor|lumen-small|output": 1e6,
    "/api/quiz|lumen-mini|input": 1e6,
    "/api/quiz|lumen-mini|output": 1e6,
}
REVENUE = {"/api/tutor": 10.0, "/api/quiz": 2.5}


@pytest.mark.parametrize(
    ("tokens", "revenue", "colour"),
    [
        (TOKENS, REVENUE, Colour.GREEN),
        (TOKENS, REVENUE | {"/api/quiz": 1.99}, Colour.RED),
        (TOKENS, REVENUE | {"/api/quiz": 0.0}, Colour.RED),
        (TOKENS, {"/api/tutor": 10.0}, Colour.NO_DATA),
        (TOKENS | {"/api/tutor": 5.0}, REVENUE, Colour.NO_DATA),
        (TOKENS | {"/api/tutor|lumen-large|input": 5.0}, REVENUE, Colour.RED),
        (TOKENS | {"/api/tutor|mystery|input": 5.0}, REVENUE, Colour.NO_DATA),
        ({label: count for label, count in TOKENS.items() if "quiz" not in label}, REVENUE, Colour.NO_DATA),
        ({}, REVENUE, Colour.NO_DATA),
    ],
)
def test_every_route_must_report_its_own_model_at_a_known_price(plan, tokens, revenue, colour):
    """4x is kept to the cent; another model is RED, an unknown price or a silent route NO DATA."""
    release = load_release(PROJECT / "release.toml", plan, [])

    assert judge_telemetry(plan, "t_minus_10", release, reported(tokens, revenue), SPAN).colour is colour


def test_no_route_in_the_release_file_is_no_data(plan):
    """Nothing listed, nothing proven."""
    release = load_release(PROJECT / "release.toml", plan, []).model_copy(update={"routes": ()})

    assert judge_telemetry(plan, "t_minus_10", release, reported(TOKENS, REVENUE), SPAN).colour is Colour.NO_DATA


# What each gate reads that looks before load is brought.
WATCHED = {name: kind.reads for name, kind in GATES.items() if name != "load"}


def before_t_0(change=(), named=(1, 0), never=()):
    return Recording(seen_before_t_0(change, named, never), timedelta(minutes=2))


def seen_before_t_0(change=(), named=(1, 0), never=()):
    """What every gate will read, at two looks on both slices, but for what no source has; `change` replaces what the
    second look reads, `named` is whether the pages of canary and control name the release."""
    gauges = {signal.name: 0.4 for signal in SIGNALS if signal.kind == "gauge"} | {FRAUD_THRESHOLDS_READ: 1}
    counted = {"counter": lambda n: n, "labelled": lambda n: {"/api/tutor|lumen-small|output": n}}
    counted["histogram"] = lambda n: {"0.1": 5, "0.12": 6, "+Inf": 7}
    names = {one.name: counted[one.kind] for one in SIGNALS if one.kind in counted and one.reported_by != "load"}

    def at(minute, change):
        both = {**{name: of(5 * minute) for name, of in names.items()}, **gauges, **dict(change)}
        both = {name: value for name, value in both.items() if value is not None and name not in never}
        counters = {name: value for name, value in both.items() if name not in gauges}
        read = {name: value for name, value in both.items() if name in gauges}
        of = {"at": T0 + timedelta(minutes=minute), "stage": "t_minus_10", "traffic_pct": 0, "counters": counters}
        canary, control = (read | {"names_release": names} for names in named)
        canary |= {"instances_apart": 0, "instances_shared": 0}
        return [
            Observation(slice="canary", gauges=canary, **of),
            Observation(slice="control", gauges=control, **of),
        ]

    return [*at(0, ()), *at(1, change)]


def test_a_covered_release_is_green(limits_only):
    """Every gate sees fresh data in the right unit."""
    verdict = judge_coverage(limits_only, "t_minus_10", before_t_0(), SPAN)

    assert (verdict.colour, verdict.value) == (Colour.GREEN, len(WATCHED)), verdict.reason


def test_without_a_placebo_hour_nothing_is_compared_and_that_is_said_before_t_0(plan, limits_only):
    """YELLOW, with what to type; where the plan waives the comparison that is said too."""
    verdict, waived = (judge_coverage(of, "t_minus_10", before_t_0(), SPAN) for of in (plan, limits_only))

    assert verdict.colour is Colour.YELLOW
    assert "no gate will compare the canary with control" in verdict.reason
    assert "python -m ramp observe --moment placebo" in verdict.reason
    assert "by limits only" in waived.reason


@pytest.mark.parametrize(("never", "colour"), [("split_requests", Colour.GREEN), ("origin_requests", Colour.NO_DATA)])
def test_where_the_edge_counts_no_split_requests_are_asked_for_instead(limits_only, never, colour):
    """The share is then theirs; nothing stands in for any other signal."""
    assert judge_coverage(limits_only, "t_minus_10", before_t_0(never={never}), SPAN).colour is colour


@pytest.mark.parametrize(
    ("named", "colour", "says"),
    [
        ((1, 0), Colour.GREEN, "the canary's page names the version or commit of the release"),
        ((0, 0), Colour.YELLOW, "slice not proven"),
        ((0, 1), Colour.NO_DATA, "slices is blind: control's page names the version or commit of the release"),
    ],
)
def test_coverage_asks_before_t_0_whose_pages_they_are(limits_only, named, colour, says):
    """So that they are mended before the ramp begins."""
    verdict = judge_coverage(limits_only, "t_minus_10", before_t_0(named=named), SPAN)

    assert verdict.colour is colour, verdict.reason
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"errors": None}, "errors is blind: errors of canary is stale"),
        ({"db_cpu_ratio": 41.0}, "database is blind: db_cpu_ratio reads 41, which looks like percent"),
        ({"db_io_ratio": None}, "database is blind"),
        ({"latency_s": {"0.1": 5, "0.25": 7, "+Inf": 7}}, "latency is blind"),
        ({"latency_s": {"100": 5, "250": 7, "+Inf": 7}}, "latency is blind"),
        ({"split_requests": None}, "share is blind"),
        ({"schema_violations": None}, "synthetics is blind"),
    ],
)
def test_one_blind_gate_is_enough(plan, change, says):
    """Absent, stale or in the wrong unit, each is said before T-0."""
    verdict = judge_coverage(plan, "t_minus_10", before_t_0(change.items()), SPAN)

    assert verdict.colour is Colour.NO_DATA
    assert f"1 of {len(WATCHED)} gates are blind" in verdict.reason and says in verdict.reason


def test_a_blind_gate_is_named_before_t_0(plan):
    """With nothing but AI counters every other gate is blind, and the verdict says which and why."""
    verdict = judge_coverage(
        plan, "t_minus_10", reported(TOKENS, REVENUE, ai_requests=9, ai_cost_usd=1, ai_revenue_usd=5), SPAN
    )

    assert verdict.colour is Colour.NO_DATA
    blind = [gate for gate, reads in WATCHED.items() if not all(signal.startswith("ai_") for signal in reads)]
    assert f"{len(blind)} of {len(WATCHED)} gates are blind" in verdict.reason
    assert all(f"{gate} is blind" in verdict.reason for gate in blind)
    assert "latency is blind: latency_s of canary is absent" in verdict.reason
