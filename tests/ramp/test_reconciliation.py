"""Processor against ledger, both ways: what differs is found, and what is only on its way is not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.caps import Spend, State
from ramp.reconciliation import (
    FINDINGS,
    AtProcessor,
    Entered,
    Kind,
    Totals,
    beside,
    counted,
    counting,
    reconcile,
    totals,
)

PAID = AtProcessor(
    id="pi_3QxYz1234f00d",
    key="key-1",
    purpose="probe",
    amount_cents=100,
    received_cents=100,
    currency="usd",
    status="succeeded",
)
CUSTOMERS = replace(PAID, id="pi_3QxYz1234cafe", key="order-1", purpose=None, amount_cents=4999, received_cents=4999)
ENTERED = Entered(
    key="key-1", amount_cents=100, before=State.CAPTURED, after=State.CAPTURED, payment_id="pi_3QxYz1234f00d"
)
OPEN = (State.SENT, State.UNKNOWN, State.AUTHORIZED, State.CAPTURE_SENT)


def kinds(payments, entries):
    return [finding.kind for finding in reconcile(payments, entries)]


def standing(state, **changes):
    return replace(ENTERED, before=state, after=state, **changes)


def test_what_agrees_is_no_finding():
    assert reconcile([PAID], [ENTERED]) == []
    assert reconcile([], []) == []


@pytest.mark.parametrize(
    ("payments", "entries", "kind", "says"),
    [
        ([PAID], [], Kind.ORPHAN, "orphan: pi_***f00d of $1.00 is at the processor and not in the ledger"),
        ([replace(PAID, key=None)], [], Kind.ORPHAN, "not in the ledger"),
        ([PAID], [standing(State.RESERVED)], Kind.ORPHAN, "key-1 in the ledger is RESERVED"),
        ([replace(PAID, purpose="load")], [], Kind.ORPHAN, "not in the ledger"),
        ([PAID], [standing(State.REJECTED)], Kind.ORPHAN, "key-1 in the ledger is REJECTED"),
        ([PAID], [standing(State.RELEASED)], Kind.ORPHAN, "key-1 in the ledger is RELEASED"),
        ([], [ENTERED], Kind.MISSING, "missing: key-1 of $1.00 is CAPTURED in the ledger"),
        ([], [standing(State.AUTHORIZED)], Kind.MISSING, "processor does not have it"),
        ([replace(PAID, amount_cents=101)], [ENTERED], Kind.AMOUNT, "wrong amount: pi_***f00d of $1.01"),
        ([replace(PAID, received_cents=99)], [ENTERED], Kind.AMOUNT, "$0.99 received"),
        ([replace(PAID, currency="eur")], [ENTERED], Kind.CURRENCY, "is in eur, not in usd"),
        ([PAID], [replace(ENTERED, payment_id="pi_0000000other")], Kind.DUPLICATE, "pi_***ther in the ledger"),
        ([replace(PAID, status="canceled")], [ENTERED], Kind.STATE, "is canceled, and key-1 in the ledger CAPTURED"),
        ([PAID], [standing(State.VOIDED)], Kind.STATE, "is succeeded, and key-1 in the ledger VOIDED"),
        ([PAID], [standing(State.DECLINED)], Kind.STATE, "is succeeded"),
        ([replace(PAID, status="requires_capture")], [standing(State.VOIDED)], Kind.STATE, "is requires_capture"),
        ([replace(PAID, status="requires_action")], [ENTERED], Kind.STATE, "is requires_action"),
    ],
)
def test_each_difference_is_one_sentence_with_masked_ids(payments, entries, kind, says):
    (finding,) = reconcile(payments, entries)

    assert finding.kind is kind
    assert says in finding.sentence
    assert "pi_3QxYz" not in finding.sentence


def test_a_customers_payment_is_no_finding_and_counts_only_with_the_release_as_scope():
    assert reconcile([PAID, CUSTOMERS], [ENTERED]) == []
    assert counting([PAID, CUSTOMERS], {"key-1"}, "suite") == [PAID]
    assert counting([PAID, CUSTOMERS], {"key-1"}, "release") == [PAID, CUSTOMERS]
    assert beside([PAID, CUSTOMERS], {"key-1"}, "suite") == Spend(0, 0, 0)
    assert beside([PAID, CUSTOMERS], {"key-1"}, "release") == Spend(1, 0, 4999)
    assert beside([PAID, CUSTOMERS], set(), "suite") == Spend(1, 0, 100)


def test_a_payment_under_a_key_of_the_ledger_is_the_suites_whether_it_says_so_or_not():
    unmarked = replace(PAID, purpose=None)

    assert counting([unmarked], {"key-1"}, "suite") == [unmarked]
    assert kinds([replace(unmarked, amount_cents=101)], [ENTERED]) == [Kind.AMOUNT]


def test_a_capture_that_only_a_person_vouches_for_is_not_missed():
    assert kinds([], [replace(ENTERED, payment_id=None)]) == []


def test_a_declined_payment_that_was_cancelled_since_agrees():
    assert kinds([replace(PAID, status="canceled")], [standing(State.DECLINED)]) == []


def test_two_payments_of_one_key_are_both_named():
    again = replace(PAID, id="pi_3QxYz1234beef")

    assert kinds([PAID, again], [replace(ENTERED, payment_id=None)]) == [Kind.DUPLICATE, Kind.DUPLICATE]


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("status", ["succeeded", "requires_capture", "canceled"])
def test_a_payment_on_its_way_is_no_finding(state, status):
    """Ledger and processor are read at different instants."""
    assert kinds([replace(PAID, status=status)], [standing(state)]) == []


@pytest.mark.parametrize(
    "state", [State.RESERVED, State.SENT, State.UNKNOWN, State.DECLINED, State.RELEASED, State.VOIDED]
)
def test_absence_is_a_finding_only_of_what_was_known_to_be_there(state):
    assert kinds([], [standing(state)]) == []


@pytest.mark.parametrize(
    ("before", "status", "after"),
    [
        (None, "succeeded", State.CAPTURED),
        (State.AUTHORIZED, "requires_capture", State.CAPTURED),
        (State.SENT, "requires_capture", State.CAPTURED),
        (State.SENT, "canceled", State.VOIDED),
        (State.UNKNOWN, "requires_payment_method", State.DECLINED),
    ],
)
def test_a_payment_that_moved_while_it_was_read_is_no_finding(before, status, after):
    assert kinds([replace(PAID, status=status)], [replace(ENTERED, before=before, after=after)]) == []


def test_an_entry_made_after_the_list_was_read_is_not_missing():
    assert kinds([], [replace(ENTERED, before=None)]) == []


def test_totals_count_every_payment_and_the_money_that_is_captured_or_held():
    """A refund leaves a payment captured; a cancelled or declined one counts in number only."""
    held = replace(PAID, status="requires_capture", amount_cents=2000, received_cents=0)
    other = replace(PAID, status="processing", amount_cents=300, received_cents=0)
    gone = [replace(PAID, status=status, received_cents=0) for status in ("canceled", "requires_payment_method")]

    assert totals([PAID, held, other, *gone]) == Totals(payments=5, cents=2400, largest_cents=2000)
    assert totals([]) == Totals(payments=0, cents=0, largest_cents=0)


@given(st.lists(st.builds(AtProcessor, id=st.just("pi_x"), key=st.sampled_from(["a", "b", None]),
                          purpose=st.sampled_from(["probe", "load"]),
                          amount_cents=st.integers(1, 3000), received_cents=st.integers(0, 3000),
                          currency=st.sampled_from(["usd", "eur"]),
                          status=st.sampled_from(["succeeded", "requires_capture", "canceled", "odd"]))))  # fmt: skip
def test_whatever_the_processor_has_is_found_when_the_ledger_is_empty(payments):
    """Nobody's payment is overlooked, and every kind has a number for the recording."""
    found = reconcile(payments, [])

    assert len(found) == len(payments)
    assert counted(found) == dict.fromkeys(Kind, 0) | {Kind.ORPHAN: len(payments)}
    assert len(set(FINDINGS.values())) == len(Kind)
