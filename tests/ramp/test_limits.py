"""A plan whose checks could not fail is refused: limits that allow everything, and numbers that nobody said."""

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp import directive
from ramp.allowed import Says
from ramp.quoted import quantities, quantity
from ramp.validation import Invalid

TEXT = (Path(directive.__file__).parent / "plan.toml").read_text("utf-8")
NOTED = 'source = "assumption"\nnote = "As the owner agreed."'


def with_(key, value, section, noted=True):
    """The plan with `key` of `[section]` another, as an assumption where it is `noted`."""
    start = re.search(rf"(?m)^\[{re.escape(section)}\]", TEXT).start()
    end = TEXT.find("\n\n", start)
    row = TEXT[start:end]
    assert re.search(rf"(?m)^{key} = ", row), row
    row = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", row)
    if noted and 'source = "assumption"' not in row:
        row = re.sub(r'(?m)^source = "(.*)"$', NOTED, row)
    return TEXT[:start] + row + TEXT[end:]


def refusal(text):
    with pytest.raises(Invalid) as refused:
        directive.parse(text)
    return "\n".join(refused.value.problems)


@pytest.mark.parametrize(
    ("section", "key", "value", "says"),
    [
        ("gates.errors", "ratio_max", "1.0", "must be at least 1e-05 and at most 0.2"),
        ("gates.errors", "ratio_max", "0.21", "at most 0.2"),
        ("gates.errors", "ratio_max", "60", "it is a ratio, so that 5 % is 0.05"),
        ("gates.errors", "ratio_max", "nan", "finite"),
        ("gates.payments", "success_ratio_min", "0.89", "must be at least 0.9"),
        ("gates.payments", "success_ratio_min", "0", "must be at least 0.9"),
        ("gates.cache", "hit_ratio_min", "0.49", "must be at least 0.5"),
        ("gates.markup", "markup_min", "0.9", "must be at least 1"),
        ("gates.markup", "margin_deviation_ratio_max", "1.0", "at most 0.25"),
        ("probes.telemetry", "markup_min", "0.5", "must be at least 1"),
        ("gates.latency", "quantile_ratio", "0.5", "must be over 0.5 and under 1"),
        ("gates.latency", "quantile_ratio", "1", "must be over 0.5 and under 1"),
        ("gates.latency", "limit_s", "true", "should be a number"),
        ("gates.latency", "limit_s", '"0.12"', "should be a number"),
        (
            "gates.latency",
            "limit_s",
            "0.11",
            "must be one of evidence.latency_bounds_s, they are 0.05, 0.075",
        ),
        ("gates.latency", "limit_s", "1e308", "at most"),
        ("gates.database", "ratio_max", "1.0", "at most 0.95"),
        ("gates.database", "headroom_ratio", "0.81", "headroom_ratio = 0.81 is over ratio_max = 0.8"),
        ("gates.cost", "over_control_ratio_max", "0.51", "at most 0.5"),
        ("gates.synthetics", "failures_max", "1000", "at most 10"),
        ("gates.privacy", "findings_max", "11", "at most 10"),
        ("gates.privacy", "findings_max", "false", "should be a whole number"),
        ("gates.share", "confidence_ratio", "0.999999999", "at most 0.9999"),
        ("gates.load", "achieved_ratio_min", "0.0", "must be at least 0.8"),
        ("reading", "fresh_min", "6", "fresh_min = 6 is over window_min = 5"),
        ("reading", "window_min", "0.5", "window_min = 0.5 is under look_every_min = 1"),
        ("reading", "window_min", "14", "hold_min = 15: must be at least 16"),
        ("reading", "warm_up_min", "20", "hold_min = 15: must be at least 25"),
        ("reading", "samples_min", "1", "must be at least 5"),
        ("reading", "samples_min", "20.0", "should be a whole number"),
        ("reading", "blind_min_max", "1e9", "at most"),
        ("evidence", "yellow_e", "801", "yellow_e = 801 is over red_e = 800"),
        ("evidence", "red_e", "1e308", "at most 100,000"),
        ("evidence", "proof_e", "1.5", "must be at least 10"),
        ("evidence", "errors_margin_ratio", "1", "at most 0.5"),
        ("evidence", "placebo_min", "20", "must rise, they are 30, 20 and 90"),
        ("evidence", "latency_bounds_s", "[]", "should hold at least one"),
        ("evidence", "latency_bounds_s", "[0.12, 0.12]", "must rise"),
        ("evidence", "latency_bounds_s", "[0.05, 0.1]", "limit_s = 0.12: must be one of evidence.latency_bounds_s"),
        ("contradictions", "silence_probability", "1e-300", "must be at least 1e-09"),
        ("contradictions", "alike_looks", "16", "at most 15"),
        ("split", "requests_a_user", "0.5", "must be at least 1"),
        ("split", "requests_a_user", "5000", "with more no share is ever wrong"),
        ("contradictions", "alike_requests_min", "1000000", "at most 10,000"),
        ("contradictions", "over_ratio_max", "1", "at most 0.5"),
        ("persistence", "breach_min", "31", "must be at most 30, the longest hold of a stage"),
        ("rollback", "budget_s", "86400", "at most 1,800"),
        ("probes.restore", "rpo_s_max", "inf", "finite"),
        ("probes.restore", "rto_s_max", "1e300", "at most"),
        ("probes.restore", "moments", "[]", "should hold at least one"),
        ("probes.payments_settle", "count", "0", "must be at least 1"),
        ("domains", "names", "[]", "should hold at least one"),
        ("domains", "names", '["DB", "DB"]', "has DB twice"),
    ],
)
def test_a_limit_that_no_release_could_break_is_refused(section, key, value, says):
    """An assumption of the owner's or not: the sentence names the key, and what is allowed."""
    said = refusal(with_(key, value, section))

    assert says in said, said
    assert key in said


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("gates.latency", "limit_s", "0.15"),
        ("gates.latency", "quantile_ratio", "0.9"),
        ("gates.latency", "quantile_ratio", "0.75"),
        ("gates.payments", "success_ratio_min", "0.99"),
        ("gates.cache", "hit_ratio_min", "0.8"),
        ("gates.database", "ratio_max", "0.9"),
        ("gates.database", "headroom_ratio", "0.8"),
        ("gates.cost", "over_control_ratio_max", "0.1"),
        ("gates.markup", "markup_min", "3"),
        ("gates.markup", "margin_deviation_ratio_max", "0.05"),
        ("gates.synthetics", "failures_max", "1"),
        ("gates.privacy", "findings_max", "1"),
        ("persistence", "breach_min", "20"),
        ("cadence", "card_every_min", "30"),
        ("rollback", "budget_s", "240"),
        ("caps", "count_max", "90"),
        ("caps", "total_cents_max", "100000"),
        ("probes.payments_settle", "count", "3"),
        ("probes.payments_settle", "amount_cents", "200"),
        ("probes.telemetry", "markup_min", "5"),
    ],
)
def test_a_number_that_claims_to_be_the_owners_stands_in_the_owners_sentence(section, key, value):
    """Another may be judged by as an assumption with a note, which the card then shows."""
    said = refusal(with_(key, value, section, noted=False))

    assert f"{section}.{key} = " in said and "the row cites" in said, said
    assert directive.parse(with_(key, value, section)).assumptions[-1]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("traffic_pct = 10\n", "traffic_pct = 15\n"),
        ("traffic_pct = 25\nhold_min = 15", "traffic_pct = 25\nhold_min = 30"),
        ("traffic_pct = 50\nhold_min = 30", "traffic_pct = 50\nhold_min = 15"),
    ],
)
def test_a_stage_of_the_owners_is_held_for_as_long_as_the_owner_says(right, wrong):
    """15 minutes are in that sentence too, but not for 50 %."""
    assert right in TEXT
    said = refusal(TEXT.replace(right, wrong))

    assert "cites A" in said and "Ramp: 1% (15m)" in said, said


def test_what_rows_contradict_is_said_beside_what_is_wrong_in_others():
    """All at once: a limit that allows everything, one that nobody said, one that is missing elsewhere, no number."""
    text = with_("ratio_max", "1.0", "gates.errors")
    for right, wrong in (
        ("hit_ratio_min = 0.85", "hit_ratio_min = 0.7"),
        ("limit_s = 0.120", "limit_s = 0.2"),
        ("success_ratio_min = 0.995", 'success_ratio_min = "99.5 %"'),
        ("hold_min = 30", "hold_min = 6"),
    ):
        assert right in text
        text = text.replace(right, wrong, 1)

    said = refusal(text)

    for part in (
        "gates.errors.ratio_max = 1.0: must",
        "gates.cache.hit_ratio_min = 0.7: the row cites E3",
        "gates.latency.limit_s = 0.2: must be one of",
        "gates.payments.success_ratio_min = '99.5 %': should be",
        "hold_min = 6: must be at least 7",
    ):
        assert part in said, said


def test_where_a_moment_is_wrong_nothing_is_said_of_the_ramp():
    """Its longest hold may be the one that is wrong."""
    said = refusal(TEXT.replace("hold_min = 30", 'hold_min = "30"').replace("breach_min = 15", "breach_min = 20"))

    assert "hold_min = '30': should be a number" in said
    assert "longest hold" not in said


def test_one_number_of_a_sentence_backs_one_limit():
    """A headroom that is the limit itself is not what the owner wrote."""
    assert "gates.database.headroom_ratio = 0.8" in refusal(
        with_("headroom_ratio", "0.8", "gates.database", noted=False)
    )


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("only if P95 ≤120ms", [("quantile", "0.95"), ("s", "0.12")]),
        ("100 tx total, $20 max/tx, $1,500 total.", [("count", "100"), ("usd", "20"), ("usd", "1500")]),
        ("E2E success ≥99.5%;", [("count", "2"), ("ratio", "0.995")]),
        ("1% (15m) → 10% (15m)", [("ratio", "0.01"), ("s", "900"), ("ratio", "0.1"), ("s", "900")]),
        ("a 24-hour freeze, 2 minutes, 7-day", [("s", "86400"), ("s", "120"), ("s", "604800")]),
        ("confirm 4x markup, 5x $1", [("times", "4"), ("times", "5"), ("usd", "1")]),
        ("12 months", [("count", "12")]),
    ],
)
def test_the_numbers_of_a_sentence_are_read_with_their_units(sentence, said):
    assert quantities(sentence) == [(unit, Fraction(number)) for unit, number in said]


@given(st.integers(1, 99_999))
def test_a_number_is_the_same_in_a_file_and_in_a_sentence(thousandths):
    """Whatever binary fractions make of it."""
    ratio = thousandths / 100_000

    assert quantities(f"keep {thousandths / 1000}% of it") == [quantity(Says("ratio"), ratio)]


def test_what_only_all_green_approves_holds_on_yellow():
    assert "must be 'hold', for the row cites A2" in refusal(
        TEXT.replace('on_yellow = "hold"', 'on_yellow = "continue"')
    )


def test_no_stage_is_no_ramp():
    text = re.sub(r"(?m)^(traffic_pct|hold_min|needs_moments) = .*\n", "", TEXT)

    assert "there is no ramp to judge" in refusal(text)


def test_the_placebo_hour_cannot_be_taken_for_a_moment():
    assert "take another id" in refusal(TEXT.replace('id = "post_success"', 'id = "placebo"'))
