"""E0: a card at T-0, at T+10, ten minutes before the CEO's gate, and never more than 15 minutes and a look apart."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from conduct.run import load_plan
from ramp.cadence import Cards, Due, due, late_min, next_utc

PLAN = load_plan()
BEGAN = datetime(2026, 11, 24, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def cards(last_min: float | None = 0, told: frozenset[Due] = frozenset(Due), **of: float | None) -> Cards:
    at = {name: None if minute is None else BEGAN + minute * MINUTE for name, minute in of.items()}
    last = None if last_min is None else BEGAN + last_min * MINUTE
    begun = {"t0_utc": None, "gate_ends_utc": None} | at
    return Cards(began_utc=BEGAN, last_utc=last, told=told, **begun)


def at(minute: float) -> datetime:
    return BEGAN + minute * MINUTE


def test_the_first_users_are_told_of_at_once() -> None:
    assert due(PLAN, cards(told=frozenset(), t0_utc=1.0), at(1)) is Due.T0


def test_ten_minutes_after_t0_the_cache_is_told_of_once() -> None:
    told = frozenset({Due.T0})
    assert due(PLAN, cards(1, told, t0_utc=1.0), at(10.9)) is None
    assert due(PLAN, cards(1, told, t0_utc=1.0), at(11)) is Due.T_PLUS_10
    assert due(PLAN, cards(11, told | {Due.T_PLUS_10}, t0_utc=1.0), at(12)) is None


def test_the_ceo_is_told_ten_minutes_before_the_gate() -> None:
    told = frozenset({Due.T0, Due.T_PLUS_10})
    assert due(PLAN, cards(70, told, t0_utc=0.0, gate_ends_utc=90.0), at(79)) is None
    assert due(PLAN, cards(70, told, t0_utc=0.0, gate_ends_utc=90.0), at(80)) is Due.BEFORE_GATE


def test_a_card_comes_every_15_minutes_and_one_that_was_not_accepted_is_no_card() -> None:
    assert due(PLAN, cards(0), at(14)) is None
    assert due(PLAN, cards(0), at(15)) is Due.CADENCE
    assert due(PLAN, cards(None), at(15)) is Due.CADENCE


def test_a_card_is_late_once_it_is_over_15_minutes_and_a_look() -> None:
    assert late_min(PLAN, cards(0), at(16)) == 0
    assert late_min(PLAN, cards(0), at(18)) == 2
    assert late_min(PLAN, cards(18), at(18)) == 0


@given(st.lists(st.booleans(), min_size=200, max_size=200), st.floats(0, 0.4))
def test_with_a_room_that_accepts_no_gap_is_over_15_minutes_and_a_look(accepts: list[bool], jitter: float) -> None:
    """Where it refuses, a card is due at every look until it accepts one, and late from then on, if not before."""
    state = cards(None, frozenset(), t0_utc=3.0, gate_ends_utc=100.0)
    for minute, accepted in enumerate(accepts):
        now = at(minute + (jitter if minute % 2 else -jitter))
        why = due(PLAN, state, now)
        assert why or now < next_utc(PLAN, state)
        if why and accepted:
            state = Cards(
                began_utc=BEGAN,
                last_utc=now,
                told=state.told | {why},
                t0_utc=state.t0_utc,
                gate_ends_utc=state.gate_ends_utc,
            )
            assert late_min(PLAN, state, now) == 0
        elif accepted:
            assert late_min(PLAN, state, now) == 0
