"""Units of measured values and how people read them."""

from enum import StrEnum

_RATIO_MAX = 2


class Unit(StrEnum):
    """The unit of a number; numbers are stored in it and only shown differently."""

    SECONDS = "s"
    RATIO = "ratio"
    TIMES = "x"
    USD = "usd"
    CENTS = "cents"
    COUNT = "count"
    NONE = ""


def show(value: float | None, unit: Unit) -> str:
    """`0.1434 s` reads `143 ms`, `0.9951` reads `99.51 %`; a missing value reads `-`."""
    if value is None:
        return "-"
    match unit:
        case Unit.SECONDS:
            return show_seconds(value)
        case Unit.RATIO:
            return f"{100 * value:.2f} %"
        case Unit.TIMES:
            return f"{value:.2f}x"
        case Unit.USD:
            return f"${value:,.4f}"
        case Unit.CENTS:
            return f"${value / 100:,.2f}"
        case Unit.COUNT:
            return f"{value:,.0f}"
        case Unit.NONE:
            return f"{value:g}"


def looks_like_percent(value: float, unit: Unit) -> str:
    """`reads 41, which looks like percent` of a ratio that can be nothing else; of any other, nothing."""
    if unit is not Unit.RATIO or value <= _RATIO_MAX:
        return ""
    return f"reads {value:g}, which looks like percent where a ratio from 0 to 1 is due"


def show_seconds(value_s: float) -> str:
    """Milliseconds below 10 s (one decimal below 1 s, so that 120.4 ms is not read as 120), then s."""
    if value_s < 1:
        return f"{1000 * value_s:.1f}".removesuffix(".0") + " ms"
    return f"{value_s:.2f} s" if value_s < 10 else f"{value_s:.0f} s"


def show_window(window_s: float | None) -> str:
    """`300` reads `5 min`, `12` reads `12 s`."""
    if window_s is None:
        return "-"
    return f"{window_s / 60:.3g} min" if window_s >= 60 else f"{window_s:.3g} s"
