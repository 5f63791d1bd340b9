"""How people read numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.units import Unit, beyond, looks_like_percent, show, show_against, show_window


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.1434, Unit.SECONDS, "143.4 ms"),
        (0.1204, Unit.SECONDS, "120.4 ms"),
        (0.12, Unit.SECONDS, "120 ms"),
        (1.5, Unit.SECONDS, "1.50 s"),
        (734.4, Unit.SECONDS, "734 s"),
        (0.9951, Unit.RATIO, "99.51 %"),
        (4.0, Unit.TIMES, "4.00x"),
        (0.0123, Unit.USD, "$0.0123"),
        (150_000, Unit.CENTS, "$1,500.00"),
        (12345, Unit.COUNT, "12,345"),
        (0.5, Unit.NONE, "0.5"),
        (None, Unit.SECONDS, "-"),
    ],
)
def test_a_value_is_shown_in_its_unit(value, unit, shown):
    """Just over a limit does not read as the limit."""
    assert show(value, unit) == shown


@pytest.mark.parametrize(("window_s", "shown"), [(300, "5 min"), (12, "12 s"), (90, "1.5 min"), (None, "-")])
def test_a_window_is_shown_in_minutes_or_seconds(window_s, shown):
    """As plan time."""
    assert show_window(window_s) == shown


@given(st.sampled_from(list(Unit)), st.floats(1e-3, 5e3), st.integers(1, 40))
def test_no_sentence_says_that_a_number_is_above_itself(unit, limit, steps):
    """Never `80.00 % > 80.00 %`, as little as the one may be over the other."""
    value = limit * (1 + 10.0**-9 * 1.7**steps)
    said, beside = show_against(value, ">", limit, unit).split(" > ")

    assert said != beside


@given(st.floats(1e-3, 1e6), st.integers(-3, 3))
def test_on_a_limit_is_within_it(limit, ulps):
    """By as much as a sum of floats may be off."""
    value = limit
    for _ in range(abs(ulps)):
        value = math.nextafter(value, math.inf if ulps > 0 else 0)

    assert not beyond(value, limit)
    assert beyond(limit * 1.000001, limit)
    assert not beyond(limit, limit * 1.000001)


@pytest.mark.parametrize(("value", "looks"), [(0.85, False), (1, False), (1.01, False), (1.1, True), (85, True)])
def test_a_ratio_above_one_looks_like_percent(value, looks):
    """But for what is measured of something full."""
    assert bool(looks_like_percent(value, Unit.RATIO)) is looks
    assert not looks_like_percent(value, Unit.COUNT)
