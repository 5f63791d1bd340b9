"""How long a stage has been held."""

from hypothesis import given
from hypothesis import strategies as st

from ramp.hold_clock import HoldClock

MINUTES = st.floats(0, 100)


@given(MINUTES, MINUTES, MINUTES)
def test_no_minute_that_was_red_in_another_stage_shortens_or_lengthens_a_hold(red_min, at_min, after_min):
    clock = HoldClock()
    clock.share_seen("stage_1", 0.0)
    clock.looked("stage_1", red_min)
    clock.share_seen("stage_10", at_min)
    clock.looked("stage_10", 0.0)
    assert clock.held_min("stage_10", at_min + after_min) == clock.elapsed_min("stage_10", at_min + after_min)
    assert abs(clock.held_min("stage_10", at_min + after_min) - after_min) < 1e-9


def test_the_clock_stands_while_a_gate_is_red_and_what_was_red_before_the_share_was_seen_takes_nothing():
    clock = HoldClock()
    clock.looked("stage_1", 2.0)
    clock.share_seen("stage_1", 10.0)
    clock.looked("stage_1", 5.0)
    assert (clock.elapsed_min("stage_1", 20.0), clock.held_min("stage_1", 20.0)) == (10.0, 7.0)


def test_a_stage_that_is_come_back_to_has_been_held_for_as_long_as_it_was():
    clock = HoldClock()
    clock.share_seen("stage_1", 0.0)
    clock.looked("stage_10", 0.0)
    assert clock.held_min("stage_1", 16.0) == 16.0


def test_nothing_is_held_before_the_share_was_seen():
    clock = HoldClock()
    assert (clock.elapsed_min("stage_1", 9.0), clock.held_min("stage_1", 9.0)) == (0.0, 0.0)
