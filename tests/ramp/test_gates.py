"""Each gate beyond plain arithmetic: triggers, gaps, earlier stages, the control that is left at 100 %."""

from fractions import Fraction
from pathlib import Path

import pytest
from changed import COLD, COSTLY, FAILING, SLOW, blinded, healthy, until

from ramp import directive
from ramp.evidence import Split
from ramp.gates import GATES
from ramp.verdict import Colour, Grade

PLAN_TEXT = (Path(directive.__file__).parent / "plan.toml").read_text("utf-8")
PERSISTING = [
    ("latency", SLOW, "F1"),
    ("errors", FAILING, "F1"),
    ("cache", COLD, "F1"),
    ("cost", COSTLY | {"cost_usd_squared": 293.0}, "F3"),
    ("database", {"db_cpu_ratio": 0.85}, "F1"),
]


SERIES = {
    "latency": ["latency_s"],
    "errors": ["errors", "requests"],
    "cache": ["cache_hits", "cache_lookups"],
    "cost": ["cost_usd", "users"],
    "database": ["db_cpu_ratio"],
    "payments": ["payments_attempted", "payments_succeeded"],
    "markup": ["ai_requests", "ai_cost_usd", "ai_revenue_usd"],
    "privacy": ["log_lines_scanned", "personal_data_findings"],
    "share": ["split_requests"],
    "synthetics": ["synthetic_runs", "synthetic_failures", "synthetic_wrong_slice", "schema_violations"],
}


@pytest.mark.parametrize(("gate", "change", "trigger"), PERSISTING)
def test_a_breach_that_goes_on_into_the_next_stage_is_red_there_too(ramp_of, verdicts_of, gate, change, trigger):
    """It is older than 15 minutes, whichever stage it began in."""
    seen = ramp_of("stage_10", 4, canary=change, after=ramp_of("stage_1", 15, canary=change))

    assert (verdicts_of(seen)[gate].colour, verdicts_of(seen)[gate].trigger) == (Colour.RED, trigger)


@pytest.mark.parametrize(("gate", "change", "trigger"), PERSISTING)
def test_a_second_breach_persists_as_the_first_did(ramp_of, verdicts_of, gate, change, trigger):
    """That one stage broke already does not excuse a later one, even where both recovered."""
    first = ramp_of("stage_10", 15, after=ramp_of("stage_1", 15, canary=change))
    seen = ramp_of("stage_50", 30, canary=until(20, change, healthy(change)), after=first)

    assert (verdicts_of(seen)[gate].colour, verdicts_of(seen)[gate].trigger) == (Colour.RED, trigger)


@pytest.mark.parametrize(("gate", "change", "trigger"), PERSISTING[:-1])
def test_a_short_gap_in_a_breach_belongs_to_it(ramp_of, verdicts_of, gate, change, trigger):
    """A breach of 16 minutes, one of them unseen, is one of 16. Cost counts from its first whole window on, and every
    window of the database that lacks a look is a gap."""
    seen = ramp_of("stage_1", 20 if gate == "cost" else 16, canary=change)

    for told in (seen, blinded(seen, SERIES[gate], {10})):
        verdict = verdicts_of(told)[gate]
        assert (verdict.colour, verdict.trigger) == (Colour.RED, trigger), verdict.reason


@pytest.mark.parametrize(("gate", "change", "trigger"), PERSISTING)
def test_a_long_gap_in_a_breach_leaves_open_whether_it_persisted(ramp_of, verdicts_of, gate, change, trigger):
    """A breach that nobody saw for longer than a window is no YELLOW that goes on: nobody knows, so it holds."""
    seen = ramp_of("stage_1", 20 if gate == "cost" else 16, canary=change)

    verdict = verdicts_of(blinded(seen, SERIES[gate], {6, 7, 8, 9}))[gate]
    assert (verdict.colour, verdict.trigger) == (Colour.NO_DATA, None), verdict.reason


def test_a_short_gap_in_sound_data_leaves_nothing_open(ramp_of, verdicts_of):
    """Three minutes without data between good looks cannot hide a breach of 15."""
    seen = blinded(ramp_of("stage_50", 30), SERIES["errors"], {11, 12, 13})

    assert verdicts_of(seen)["errors"].colour is Colour.GREEN


@pytest.mark.parametrize("gate", ["latency", "errors", "cache"])
def test_blindness_after_a_breach_that_persisted_is_still_red(ramp_of, verdicts_of, gate):
    """F1 has fired; that the data went away afterwards changes nothing."""
    change = {"latency": SLOW, "errors": FAILING, "cache": COLD}[gate]
    seen = blinded(ramp_of("stage_50", 25, canary=change), SERIES[gate], {24, 25})
    verdict = verdicts_of(seen)[gate]

    assert (verdict.colour, verdict.trigger) == (Colour.RED, "F1")


@pytest.mark.parametrize("gate", sorted(SERIES))
def test_each_gate_counts_the_minutes_for_which_it_was_blind(ramp_of, verdicts_of, gate):
    """15 of them recommend to roll back, whichever gate it is."""
    for names in SERIES[gate]:
        verdict = verdicts_of(blinded(ramp_of("stage_50", 30), [names], range(14, 31)))[gate]

        assert verdict.colour is Colour.NO_DATA
        assert verdict.blind_min >= 15


def test_a_note_that_cannot_be_told_changes_no_colour(ramp_of, verdicts_of):
    """What the pre-warm did is told since T-0: one look without hits at T-0 must not blind the gate for the ramp."""
    seen = ramp_of("stage_10", 15, after=blinded(ramp_of("stage_1", 15), ["cache_hits"], {0}))
    verdict = verdicts_of(seen)["cache"]

    assert verdict.colour is Colour.GREEN, verdict.reason
    assert any("pre-warm efficacy: cache_hits of canary" in note for note in verdict.notes)


def test_a_pause_between_stages_casts_no_doubt_on_the_next(ramp_of, verdicts_of):
    """Between two stages nobody has to look; the second is judged by what was seen of it."""
    seen = ramp_of("stage_10", 15, after=ramp_of("stage_1", 15), pause_min=40)

    assert {gate: verdict.colour for gate, verdict in verdicts_of(seen).items()} == dict.fromkeys(GATES, Colour.GREEN)


def test_a_stage_that_is_held_again_is_held_from_then_on(ramp_of, judged_of):
    """After 15 minutes at 1 %, 5 at 10 % and 3 at 1 % again, 1 % was held for 3 minutes."""
    seen = ramp_of("stage_1", 3, after=ramp_of("stage_10", 5, after=ramp_of("stage_1", 15)))

    assert judged_of(seen, of=()).view.held_min == 3


def test_the_literal_switch_fires_at_the_first_look_over_the_limit(ramp_of, verdicts_of, plan):
    """F3 as written: one look over 5 % is enough, also when the next ones are within it again."""
    literal = directive.parse(PLAN_TEXT.replace('cost_trigger = "persisted"', 'cost_trigger = "literal"'))
    now = ramp_of("stage_50", 8, canary=COSTLY)
    once = ramp_of("stage_50", 20, canary={"cost_usd": lambda minute: 400.0 if minute == 4 else 250.0})

    assert [verdicts_of(seen, plan=plan)["cost"].trigger for seen in (now, once)] == [None, None]
    for seen in (now, once):
        verdict = verdicts_of(seen, plan=literal)["cost"]
        assert (verdict.colour, verdict.trigger) == (Colour.RED, "F3")


def test_squares_that_were_never_summed_prove_no_cost(ramp_of, verdicts_of):
    """A spread of zero would be grade A; where it cannot be, it is no proof."""
    verdict = verdicts_of(ramp_of("stage_50", 30, canary={"cost_usd_squared": 0}, control={"cost_usd_squared": 0}))[
        "cost"
    ]

    assert (verdict.colour, verdict.grade) == (Colour.YELLOW, Grade.C)


def test_no_revenue_at_all_is_an_eroded_markup(ramp_of, verdicts_of):
    """F3: nothing earned at some cost is 0x, which is less than 4x."""
    verdict = verdicts_of(ramp_of("stage_10", 15, canary={"ai_revenue_usd": 0.0}))["markup"]

    assert (verdict.colour, verdict.trigger, verdict.value) == (Colour.RED, "F3", 0)


def test_an_eroded_markup_fires_whatever_control_does(ramp_of, verdicts_of):
    """F3 compares with 4x, not with control, which may be blind or gone."""
    seen = ramp_of("stage_10", 15, canary={"ai_revenue_usd": 39.9})
    alone = [one for one in seen if one.slice == "canary"]

    assert verdicts_of(alone)["markup"].trigger == "F3"


@pytest.mark.parametrize(
    ("revenue_usd", "colour"), [(60.0, Colour.YELLOW), (52.0, Colour.GREEN), (44.0, Colour.YELLOW)]
)
def test_a_margin_off_by_more_than_3_percent_either_way_is_yellow(ramp_of, verdicts_of, revenue_usd, colour):
    """E7: control's margin is 80 %; 83.3 % and 77.3 % are off, 80.8 % is not."""
    verdict = verdicts_of(ramp_of("stage_10", 15, canary={"ai_revenue_usd": revenue_usd}))["markup"]

    assert (verdict.colour, verdict.tag_ceo, verdict.trigger) == (colour, colour is not Colour.GREEN, None)
    assert verdict.page_ceo == verdict.tag_ceo


def test_a_margin_that_chance_puts_off_tags_the_ceo_and_does_not_call_her_but_literally(ramp_of, verdicts_of):
    """H1: one sale is worth a fifth of all that the stage earns."""
    sale = {"ai_revenue_usd": lambda minute: 200.0 if minute == 5 else 50.0}
    ramp = ramp_of("stage_10", 15, canary=sale)
    verdict = verdicts_of(ramp)["markup"]
    assert (verdict.colour, verdict.tag_ceo, verdict.page_ceo) == (Colour.YELLOW, True, False)
    assert any("paged once it is not" in note for note in verdict.notes)
    literal = directive.parse(PLAN_TEXT.replace('margin_page = "beyond_chance"', 'margin_page = "literal"'))
    assert verdicts_of(ramp, plan=literal)["markup"].page_ceo


@pytest.mark.parametrize("canary", [0, 1, 5, 20, 21, 28, 29, 40])
def test_the_share_is_red_outside_its_confidence_sequence(plan, ramp_of, verdicts_of, canary):
    """A1: of 1,000 split requests at 1 %, by as many users."""
    split = {"split_requests": lambda minute: canary if minute == 1 else 0}
    control = {"split_requests": lambda minute: 1000 - canary if minute == 1 else 0}
    of = plan.model_copy(update={"split": plan.split.model_copy(update={"requests_a_user": 1.0})})
    verdict = verdicts_of(ramp_of("stage_1", 15, canary=split, control=control), plan=of, of=("share",))["share"]
    low, high = Split(canary, 1000 - canary, 1.0).interval(0.01, 0.995)

    assert verdict.colour is (Colour.RED if canary in (0, 28, 29, 40) else Colour.GREEN)
    assert (verdict.colour is Colour.GREEN) == (low <= 0.01 <= high)
    assert verdict.trigger is None


def test_a_share_of_none_of_few_is_yellow(ramp_of, verdicts_of):
    """None of 30 agrees with 1 %, and with 0 %."""
    seen = ramp_of("stage_1", 15, canary={"split_requests": 0}, control={"split_requests": 2})

    assert verdicts_of(seen)["share"].colour is Colour.YELLOW


@pytest.mark.parametrize("gate", ["latency", "errors", "cache"])
def test_evidence_below_the_required_grade_is_yellow(ramp_of, verdicts_of, gate):
    """A few dozen requests prove little: within the limit, and not proven."""
    few = {"requests": 10, "slow": 0, "errors": 0, "cache_lookups": 10, "cache_hits": 9}
    verdict = verdicts_of(ramp_of("stage_10", 6, canary=few, control=few))[gate]

    assert (verdict.colour, verdict.trigger) == (Colour.YELLOW, None), verdict.reason
    assert "is required" in verdict.reason


@pytest.mark.parametrize(
    ("gate", "few"),
    [
        ("latency", {"requests": 3, "slow": 0}),
        ("errors", {"requests": 3, "errors": 0, "slow": 0}),
        ("cache", {"cache_lookups": 3, "cache_hits": 3}),
        ("cost", {"users": 3}),
        ("markup", {"ai_requests": 3}),
        ("synthetics", {"synthetic_runs": 0}),
        ("privacy", {"log_lines_scanned": 0}),
        ("payments", {"payments_attempted": 0, "payments_succeeded": 1}),
    ],
)
def test_too_few_samples_are_no_data(ramp_of, verdicts_of, gate, few):
    """Fewer than 20 in the window, or none where none are asked for."""
    assert verdicts_of(ramp_of("stage_1", 15, canary=few))[gate].colour is Colour.NO_DATA


@pytest.mark.parametrize("parts", [("cache_hits", 1001), ("errors", 1001), ("payments_succeeded", 6)])
def test_more_parts_than_the_whole_are_no_data(ramp_of, verdicts_of, parts):
    """1,001 hits in 1,000 lookups are a broken counter, never a good ratio."""
    gate = {"cache_hits": "cache", "errors": "errors", "payments_succeeded": "payments"}[parts[0]]

    assert verdicts_of(ramp_of("stage_10", 15, canary=dict([parts])))[gate].colour is Colour.NO_DATA


@pytest.mark.parametrize("n", [20, 40, 100, 399, 400, 401, 5000])
def test_p95_is_decided_in_whole_numbers(ramp_of, verdicts_of, n):
    """20 * slower <= n exactly at the limit and one beyond it."""
    for slow in (n // 20, n // 20 + 1):
        seen = ramp_of("stage_10", 5, canary={"requests": n, "slow": slow})

        assert verdicts_of(seen, of=["latency"])["latency"].tag_ceo == (Fraction(slow, n) > Fraction(1, 20))


def test_at_100_percent_the_control_of_50_percent_is_compared_with(ramp_of, verdicts_of):
    """Cost and markup find it; the canary's dearer users break the limit against it."""
    at_50, compared = ramp_of("stage_50", 30), ("latency", "errors", "cache", "cost", "markup")
    same, dearer = (verdicts_of(ramp_of("stage_100", 20, canary=cost, after=at_50)) for cost in ({}, COSTLY))

    assert [same[gate].colour for gate in compared] == [Colour.GREEN] * len(compared)
    assert same["cost"].control == pytest.approx(1.0)
    assert "as last seen 20 min ago" in same["cost"].reason
    assert (dearer["cost"].colour, dearer["cost"].trigger) == (Colour.RED, "F3")


def test_at_100_percent_earlier_stages_keep_the_control_of_their_own_time(ramp_of, verdicts_of):
    """Control became cheap at the end of 50 %: the breach is five minutes old, not as old as the stage."""
    at_50 = ramp_of("stage_50", 30, control={"cost_usd": lambda minute: 250.0 if minute <= 25 else 200.0})

    verdict = verdicts_of(ramp_of("stage_100", 1, after=at_50))["cost"]

    assert (verdict.colour, verdict.trigger) == (Colour.YELLOW, None), verdict.reason
