"""B5 in the payments gate: all that is at the processor, against the caps and against the ledger."""

from dataclasses import replace

import pytest

from ramp.reconciliation import FINDINGS, TOTALS
from ramp.verdict import Colour

AT_THE_CAPS = {"processor_payments": 100, "processor_cents": 150_000, "processor_largest_cents": 2000}
AT_THE_CAPS |= dict.fromkeys(FINDINGS.values(), 0)


@pytest.fixture
def gate(ramp_of, verdicts_of):
    """The payments gate of a stage whose looks saw `at_processor`, but for the looks in `unseen`."""

    def judge(at_processor, unseen=(), **changes):
        seen = ramp_of("stage_10", 15, **changes)
        ats = sorted({one.at for one in seen})
        gone = {ats[number] for number in unseen}
        told = [
            replace(one, gauges=one.gauges | at_processor) if one.slice == "canary" and one.at not in gone else one
            for one in seen
        ]
        return verdicts_of(told)["payments"]

    return judge


def test_payments_up_to_the_caps_are_green(gate):
    verdict = gate(AT_THE_CAPS)

    assert verdict.colour is Colour.GREEN
    assert any("100 payments, $1,500.00 in all, at most $20.00 each" in note for note in verdict.notes)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"processor_payments": 101}, "101 payments at the processor > 100"),
        ({"processor_cents": 150_001}, "$1,500.01 at the processor > $1,500.00"),
        ({"processor_largest_cents": 2001}, "a payment of $20.01 at the processor > $20.00"),
        *(({name: 1}, f"do not agree: 1 {kind.in_words}") for kind, name in FINDINGS.items()),
    ],
)
def test_one_more_than_a_cap_and_each_difference_is_red_without_a_trigger(gate, change, says):
    """The directive names no rollback for it: the ramp holds, and people are paged."""
    verdict = gate(AT_THE_CAPS | change)

    assert (verdict.colour, verdict.trigger, verdict.tag_ceo) == (Colour.RED, None, True)
    assert says in verdict.reason


def test_a_breach_of_success_fires_whatever_is_at_the_processor(gate):
    verdict = gate(AT_THE_CAPS | {"payments_orphan": 1}, canary={"payments_succeeded": 4})

    assert (verdict.colour, verdict.trigger) == (Colour.RED, "F4")
    assert "success 80.00 % < 99.50 %" in verdict.reason and "1 orphan" in verdict.reason


@pytest.mark.parametrize("name", [*TOTALS, *FINDINGS.values()])
def test_a_total_that_cannot_be_read_any_more_is_no_data(gate, name):
    """Seen at every look but the last."""
    assert gate(AT_THE_CAPS, unseen=[15]).colour is Colour.NO_DATA
    partly = {other: value for other, value in AT_THE_CAPS.items() if other != name}
    assert gate(partly).colour is Colour.NO_DATA


def test_a_recording_that_never_told_of_the_processor_says_so(gate):
    """An older recording is judged by success alone; a live look leaves the payments out instead."""
    verdict = gate({})

    assert verdict.colour is Colour.GREEN
    assert "caps: the recording does not tell what is at the processor" in verdict.notes
