"""Payment caps: whatever is asked for in whatever order, the rules never let more through than the caps allow."""

import pickle
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.caps import CapExceeded, Caps, IllegalMove, Spend, State, admit, follow, recount, whole_cents

CAPS = Caps(count_max=6, amount_cents_max=2000, total_cents_max=6000)

# The directive's table, said once more and independently: where each state may go, and whether it counts.
MOVES = {
    "RESERVED": "SENT RELEASED",
    "SENT": "AUTHORIZED DECLINED UNKNOWN VOIDED CAPTURED",
    "UNKNOWN": "AUTHORIZED CAPTURED DECLINED VOIDED",
    "AUTHORIZED": "CAPTURE_SENT VOIDED CAPTURED",
    "CAPTURE_SENT": "CAPTURED UNKNOWN VOIDED",
    "CAPTURED": "REFUNDED",
}
COUNTED_IN_NUMBER_ONLY = ("DECLINED", "VOIDED")
CAPTURED = ("CAPTURED", "REFUNDED")

amounts = st.integers(-1, 2100) | st.sampled_from([0, 1, 1999, 2000, 2001])
steps = st.lists(st.tuples(amounts, st.integers(0, 5), st.sampled_from(State)), max_size=60)


def naive_spend(payments):
    counted = [(state, cents) for state, cents in payments if state != "RELEASED"]
    held = [(state, cents) for state, cents in counted if state not in COUNTED_IN_NUMBER_ONLY]
    captured_cents = sum(cents for state, cents in held if state in CAPTURED)
    return Spend(len(counted), sum(cents for _, cents in held) - captured_cents, captured_cents)


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_a_payment_moves_along_the_table_and_nowhere_else(before, after):
    assert before.may_become(after) == (after in MOVES.get(before, "").split())


@given(st.lists(st.tuples(st.sampled_from(State), st.integers(1, 2000))))
def test_spend_is_what_a_naive_count_finds(payments):
    assert recount(payments) == naive_spend(payments)
    assert recount(payments).total_cents == recount(payments).reserved_cents + recount(payments).captured_cents


@given(steps)
def test_no_sequence_of_reservations_and_moves_exceeds_a_cap(steps):
    payments = []
    for amount_cents, which, after in steps:
        before = naive_spend(payments)
        fits = (
            1 <= amount_cents <= 2000
            and before.count < 6
            and before.reserved_cents + before.captured_cents + amount_cents <= 6000
        )
        try:
            admit(CAPS, recount(payments), amount_cents)
        except CapExceeded:
            assert not fits
        else:
            assert fits
            payments.append((State.RESERVED, amount_cents))
        if which < len(payments) and payments[which][0].may_become(after):
            payments[which] = (after, payments[which][1])
        now = naive_spend(payments)
        assert now.count <= 6
        assert now.reserved_cents + now.captured_cents <= 6000


@pytest.mark.parametrize(
    ("spend", "amount_cents", "cap", "left"),
    [
        (Spend(0, 0, 0), 2001, "amount_cents_max", 2000),
        (Spend(0, 0, 0), 0, "amount_cents_max", 2000),
        (Spend(0, 0, 0), -500, "amount_cents_max", 2000),
        (Spend(6, 600, 0), 1, "count_max", 0),
        (Spend(4, 3000, 2000), 1001, "total_cents_max", 1000),
        (Spend(4, 6000, 2000), 1, "total_cents_max", 0),
    ],
)
def test_a_refusal_says_which_cap_and_how_much_is_left(spend, amount_cents, cap, left):
    with pytest.raises(CapExceeded) as refused:
        admit(CAPS, spend, amount_cents)
    assert (refused.value.cap, refused.value.left) == (cap, left)
    copy = pickle.loads(pickle.dumps(refused.value))  # noqa: S301 (it crosses processes)
    assert (copy.cap, copy.left, str(copy)) == (cap, left, str(refused.value))
    assert str(amount_cents) in str(copy)


def test_the_last_payment_and_the_last_cent_still_fit():
    admit(CAPS, Spend(5, 4000, 0), 2000)
    admit(CAPS, Spend(0, 0, 5999), 1)


@pytest.mark.parametrize("amount", [True, 1.0, 100.5, "100", None])
def test_an_amount_that_is_no_whole_number_is_an_error(amount):
    with pytest.raises(TypeError, match="whole number of cents"):
        admit(CAPS, Spend(0, 0, 0), amount)
    with pytest.raises(TypeError):
        whole_cents(amount)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3), st.sampled_from(State)), max_size=30))
def test_following_the_moves_leads_to_where_each_payment_stands(steps):
    payments, moves = {}, []
    for key, cents, after in steps:
        before, known_cents = payments.get(key, (None, cents))
        if before.may_become(after) if before else after is State.RESERVED:
            payments[key] = (after, known_cents)
            moves.append((key, known_cents, before, after))
    assert follow(moves) == payments


@pytest.mark.parametrize(
    "edited",
    [
        [("a", 100, None, State.SENT)],
        [("a", 100, None, State.RESERVED), ("a", 100, None, State.RESERVED)],
        [("a", 100, None, State.RESERVED), ("a", 100, State.RESERVED, State.CAPTURED)],
        [("a", 100, None, State.RESERVED), ("a", 100, State.SENT, State.CAPTURED)],
        [("a", 100, None, State.RESERVED), ("a", 10, State.RESERVED, State.SENT)],
        [("a", 100, State.RESERVED, State.SENT)],
    ],
)
def test_moves_that_do_not_follow_from_each_other_are_found_out(edited):
    with pytest.raises(IllegalMove):
        follow(edited)
