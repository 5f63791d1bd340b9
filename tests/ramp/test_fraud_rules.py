"""G2: fraud rules that are not those of T-10 are RED at that look, until they are put back."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ramp.fraud_rules import FraudRules, digest_of, shown
from ramp.observation import NoEvidence, Span
from ramp.probes import judge_coverage
from ramp.recording import Recording
from ramp.signals import FRAUD_RULES_AGREED, FRAUD_RULES_DIGEST, FRAUD_THRESHOLDS_READ
from ramp.verdict import Colour

STRICT, RELAXED = (digest_of(f'{{"block_from_risk_score": {score}}}') for score in (75, 95))


@pytest.fixture
def gate(ramp_of, verdicts_of):
    """The payments gate of a stage whose looks, from T-0 on, read these digests (None: not at all)."""

    def judge(digests, thresholds=1.0, **changes):
        seen = ramp_of("stage_10", len(digests) - 1, **changes)
        ats = sorted({one.at for one in seen})
        return verdicts_of([with_rules(one, digests[ats.index(one.at)], thresholds) for one in seen])["payments"]

    return judge


def with_rules(one, digest, thresholds=1.0):
    if one.slice == "control" or digest is None:
        return one
    return replace(one, gauges=one.gauges | {FRAUD_RULES_DIGEST: digest, FRAUD_THRESHOLDS_READ: thresholds})


def test_rules_that_stay_as_they_were_are_green(gate):
    assert gate([STRICT] * 16).colour is Colour.GREEN


@pytest.mark.parametrize("from_look", [1, 8, 15])
def test_a_threshold_relaxed_in_mid_ramp_is_red_without_a_trigger_and_says_who_must_agree(gate, from_look):
    verdict = gate([STRICT] * from_look + [RELAXED] * (16 - from_look))

    assert (verdict.colour, verdict.trigger, verdict.tag_ceo) == (Colour.RED, None, True)
    assert f"digest {shown(STRICT)} then, {shown(RELAXED)} now" in verdict.reason
    assert "words of the SRE lead and the CEO" in verdict.reason


def test_rules_that_were_put_back_are_no_longer_red(gate):
    assert gate([STRICT] * 5 + [RELAXED] * 5 + [STRICT] * 6).colour is Colour.GREEN


@pytest.mark.parametrize(("agreed", "colour"), [(1.0, Colour.GREEN), (0.0, Colour.RED), (None, Colour.RED)])
def test_relaxed_rules_are_those_of_both_only_where_both_signed_for_them(ramp_of, verdicts_of, agreed, colour):
    """What was signed for before it was relaxed is not known to be what is there."""
    seen = ramp_of("stage_10", 15)
    rules = {one.at: RELAXED if one.at > seen[10].at else STRICT for one in seen}
    told = [with_rules(one, rules[one.at]) for one in seen]
    words = {} if agreed is None else {FRAUD_RULES_AGREED: agreed}
    told = [replace(one, gauges=one.gauges | words) if one.slice == "canary" else one for one in told]

    assert verdicts_of(told)["payments"].colour is colour


def test_nobody_can_sign_for_thresholds_that_are_no_longer_read(ramp_of, verdicts_of):
    seen = ramp_of("stage_10", 15)
    told = [with_rules(one, STRICT, float(one.at < seen[-1].at)) for one in seen]
    told = [replace(one, gauges=one.gauges | {FRAUD_RULES_AGREED: 1.0}) for one in told]

    assert verdicts_of(told)["payments"].colour is Colour.RED


@pytest.mark.parametrize("missing", [[STRICT] * 15 + [None], [None] + [STRICT] * 15, [None] * 5 + [STRICT] * 11])
def test_rules_that_are_not_read_now_or_were_not_by_t0_are_no_data(gate, missing):
    """So that leaving out what they were then makes nothing GREEN."""
    assert gate(missing).colour is Colour.NO_DATA


def test_where_payments_cannot_be_judged_relaxed_rules_are_red_all_the_same(gate):
    nobody_pays = {"payments_attempted": 0, "payments_succeeded": 0}

    assert gate([STRICT] * 10 + [RELAXED] * 6, canary=nobody_pays).colour is Colour.RED
    assert gate([STRICT] * 15 + [None], canary=nobody_pays).colour is Colour.NO_DATA


def test_a_breach_of_success_rolls_back_whatever_is_known_of_the_rules(gate):
    for digests in ([STRICT] * 10 + [RELAXED] * 6, [STRICT] * 15 + [None]):
        assert gate(digests, canary={"payments_succeeded": 4}).trigger == "F4"


def test_thresholds_that_are_no_longer_read_are_red(ramp_of, verdicts_of):
    seen = ramp_of("stage_10", 15)
    told = [with_rules(one, STRICT, float(one.at < seen[-1].at)) for one in seen]

    assert "thresholds are not read alike" in verdicts_of(told)["payments"].reason


def test_what_was_read_at_t_10_counts_and_not_what_t_0_finds(ramp_of, verdicts_of):
    """Relaxed after T-10, and so before the first look of a stage."""
    seen = ramp_of("stage_10", 15)
    first = with_rules(seen[0], STRICT)
    at_t10 = [replace(one, at=one.at - (seen[2].at - seen[0].at), stage="t_minus_10") for one in (first, seen[1])]

    assert verdicts_of([*at_t10, *(with_rules(one, RELAXED) for one in seen)])["payments"].colour is Colour.RED


@pytest.mark.parametrize(
    ("digest", "thresholds", "colour", "says"),
    [
        (STRICT, 1.0, Colour.GREEN, "all 11 gates"),
        (STRICT, 0.0, Colour.YELLOW, "thresholds not read"),
        (None, 0.0, Colour.YELLOW, "[real.fraud_rules]"),
    ],
)
def test_coverage_says_before_t0_where_relaxing_a_threshold_would_not_be_seen(
    limits_only, ramp_of, digest, thresholds, colour, says
):
    seen = [with_rules(one, digest, thresholds) for one in ramp_of("stage_10", 5)]
    recording, whole = Recording(seen, timedelta(minutes=2)), Span(start=seen[0].at, end=seen[-1].at)
    verdict = judge_coverage(limits_only, "t_minus_10", recording, whole)

    assert verdict.colour is colour and says in verdict.why


@given(st.dictionaries(st.text(max_size=8), st.integers(), min_size=1, max_size=6))
def test_the_order_of_keys_and_spaces_change_no_digest_and_a_value_does(rules):
    backwards = dict(reversed(rules.items()))
    changed = {**rules, next(iter(rules)): "relaxed"}

    assert digest_of(json.dumps(rules)) == digest_of(json.dumps(backwards, indent=3))
    assert digest_of(json.dumps(changed)) != digest_of(json.dumps(rules))


@pytest.mark.parametrize("nothing", ["", " \n", "[]", "{}", "null"])
def test_no_rules_at_all_have_no_digest(nothing):
    with pytest.raises(NoEvidence, match="no rule"):
        digest_of(nothing)


@pytest.mark.parametrize("row", [{}, {"file": "rules.json", "argv": ("print-rules",)}])
def test_rules_are_read_from_one_place(row):
    with pytest.raises(ValidationError, match="file and argv"):
        FraudRules(gives="thresholds", **row)
