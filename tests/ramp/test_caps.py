"""Payment caps: whatever is asked for in whatever order, the rules never let more through than the caps allow."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.caps import (
    CapExceeded,
    Caps,
    Entry,
    Event,
    IllegalMove,
    KeyConflict,
    Spend,
    State,
    admit,
    follow,
    move,
    net,
    recount,
    reserve,
    whole_cents,
)

CAPS = Caps(count_max=6, amount_cents_max=2000, total_cents_max=6000)
AT = datetime(2026, 1, 5, 8, tzinfo=UTC)

# The directive's table, said once more and independently: where each state may go, and whether it counts.
MOVES = {
    "RESERVED": "SENT RELEASED",
    "SENT": "AUTHORIZED DECLINED UNKNOWN VOIDED CAPTURED REJECTED",
    "UNKNOWN": "AUTHORIZED CAPTURED DECLINED VOIDED REJECTED",
    "AUTHORIZED": "CAPTURE_SENT VOIDED CAPTURED",
    "CAPTURE_SENT": "CAPTURED UNKNOWN VOIDED",
    "CAPTURED": "REFUNDED",
}
COUNTED_IN_NUMBER_ONLY = ("DECLINED", "VOIDED")
CAPTURED = ("CAPTURED", "REFUNDED")

amounts = st.integers(-1, 2100) | st.sampled_from([0, 1, 1999, 2000, 2001])
steps = st.lists(st.tuples(amounts, st.integers(0, 5), st.sampled_from(State)), max_size=60)


def naive_spend(payments):
    counted = [(state, cents) for state, cents in payments if state not in ("RELEASED", "REJECTED")]
    held = [(state, cents) for state, cents in counted if state not in COUNTED_IN_NUMBER_ONLY]
    captured_cents = sum(cents for state, cents in held if state in CAPTURED)
    return Spend(len(counted), sum(cents for _, cents in held) - captured_cents, captured_cents)


def grouped(payments):
    return [(state, 1, cents) for state, cents in payments]


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_a_payment_moves_along_the_table_and_nowhere_else(before, after):
    entry = Entry("a", 100, before)
    if after in MOVES.get(before, "").split():
        assert before.may_become(after)
        assert move(entry, after) == replace(entry, state=after)
    elif after is before:
        assert move(entry, after) is entry
    else:
        assert not before.may_become(after)
        with pytest.raises(IllegalMove, match=f"a is {before}, from where it cannot become {after}"):
            move(entry, after)


@given(st.lists(st.tuples(st.sampled_from(State), st.integers(1, 2000))))
def test_spend_is_what_a_naive_count_finds(payments):
    assert recount(grouped(payments)) == naive_spend(payments)
    assert recount(grouped(payments)).total_cents == naive_spend(payments).reserved_cents + (
        naive_spend(payments).captured_cents
    )


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
            entry = reserve(CAPS, recount(grouped(payments)), None, "a", amount_cents)
        except CapExceeded:
            assert not fits
        else:
            assert fits
            assert entry == Entry("a", amount_cents, State.RESERVED)
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


@pytest.mark.parametrize("state", State)
def test_a_known_key_is_its_payment_whatever_became_of_it_or_a_conflict(state):
    """A full ledger does not matter to it: nothing new is spent."""
    known = Entry("a", 100, state)
    assert reserve(CAPS, Spend(6, 6000, 0), known, "a", 100) is known
    with pytest.raises(KeyConflict, match="100 cents, not 101"):
        reserve(CAPS, Spend(0, 0, 0), known, "a", 101)
    with pytest.raises(TypeError):
        reserve(CAPS, Spend(0, 0, 0), known, "a", 100.0)


def test_a_payment_keeps_the_id_that_it_has_at_the_processor():
    authorised = move(Entry("a", 100, State.SENT), State.AUTHORIZED, payment_id="pi_1")
    unsure = move(move(authorised, State.CAPTURE_SENT), State.UNKNOWN)
    assert unsure.payment_id == "pi_1"
    for entry in (authorised, unsure):
        with pytest.raises(KeyConflict, match="another payment"):
            move(entry, State.AUTHORIZED, payment_id="pi_2")


@pytest.mark.parametrize("cap", ["count_max", "amount_cents_max", "total_cents_max"])
@pytest.mark.parametrize(
    ("value", "error"), [(-1, ValueError), (2**63, ValueError), (True, TypeError), (1.5, TypeError), ("9", TypeError)]
)
def test_caps_that_make_no_sense_are_an_error(cap, value, error):
    with pytest.raises(error, match=f"the cap {cap} is a whole number"):
        replace(CAPS, **{cap: value})


@pytest.mark.parametrize("cap", ["count_max", "amount_cents_max", "total_cents_max"])
def test_a_cap_of_nothing_lets_nothing_pass(cap):
    with pytest.raises(CapExceeded) as refused:
        admit(replace(CAPS, **{cap: 0}), Spend(0, 0, 0), 1)
    assert (refused.value.cap, refused.value.left) == (cap, 0)


def test_caps_are_given_in_their_order():
    assert Caps(1, 2, 3) == Caps(count_max=1, amount_cents_max=2, total_cents_max=3)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3), st.sampled_from(State)), max_size=30))
def test_following_the_events_leads_to_where_each_payment_stands(steps):
    entries, events = {}, []
    for key, cents, after in steps:
        stood = entries.get(key)
        if stood is None and after is State.RESERVED:
            entries[key] = Entry(key, cents, State.RESERVED)
        elif stood and after is not stood.state and stood.state.may_become(after):
            entries[key] = move(stood, after, payment_id=stood.payment_id or f"pi_{key}")
        else:
            continue
        now = entries[key]
        events.append(Event(AT, key, now.amount_cents, stood and stood.state, after, now.payment_id))
    assert follow(events) == entries
    flows = net((event.before, event.after, 1, event.amount_cents) for event in events)
    assert recount(flows) == naive_spend([(entry.state, entry.amount_cents) for entry in entries.values()])


RESERVED = Event(AT, "a", 100, None, State.RESERVED)
SENT = Event(AT, "a", 100, State.RESERVED, State.SENT)
AUTHORIZED = Event(AT, "a", 100, State.SENT, State.AUTHORIZED, "pi_1")


@pytest.mark.parametrize(
    "edited",
    [
        [replace(RESERVED, after=State.SENT)],
        [replace(RESERVED, payment_id="pi_1")],
        [RESERVED, RESERVED],
        [RESERVED, replace(SENT, after=State.CAPTURED)],
        [RESERVED, AUTHORIZED],
        [RESERVED, replace(SENT, amount_cents=10)],
        [RESERVED, SENT, AUTHORIZED, Event(AT, "a", 100, State.AUTHORIZED, State.CAPTURED, "pi_2")],
        [RESERVED, SENT, AUTHORIZED, Event(AT, "a", 100, State.AUTHORIZED, State.CAPTURED, None)],
        [SENT],
    ],
)
def test_events_that_do_not_follow_from_each_other_are_found_out(edited):
    with pytest.raises(IllegalMove):
        follow(edited)


def test_events_that_give_one_payment_to_two_keys_lead_nowhere():
    events = []
    for key in ("a", "b"):
        events += [Event(AT, key, 100, None, State.RESERVED), Event(AT, key, 100, State.RESERVED, State.SENT)]
        events.append(Event(AT, key, 100, State.SENT, State.AUTHORIZED, "pi_1"))
    assert follow(events[:3])["a"].payment_id == "pi_1"
    with pytest.raises(IllegalMove, match="payment b cannot go from SENT to AUTHORIZED"):
        follow(events)
