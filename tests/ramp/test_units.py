"""How people read numbers."""

import pytest

from ramp.units import Unit, show, show_window


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
