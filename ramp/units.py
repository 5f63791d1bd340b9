"""Units of measured values, when one is beyond a limit, and how people read them."""

import math
from collections.abc import Callable
from enum import StrEnum
from functools import partial

_FULL_MAX = 1.02
_MORE = range(12)


class Unit(StrEnum):
    """The unit of a number; numbers are stored in it and only shown differently."""

    SECONDS = "s"
    RATIO = "ratio"
    TIMES = "x"
    USD = "usd"
    CENTS = "cents"
    COUNT = "count"
    NONE = ""


def beyond(value: float, limit: float) -> bool:
    """Whether `value` is above `limit` by more than sums of floats are off: on a limit is within it."""
    return value > limit and not math.isclose(value, limit, rel_tol=1e-9)


def show(value: float | None, unit: Unit, more: int = 0) -> str:
    """`0.1434 s` reads `143.4 ms`, `0.9951` reads `99.51 %`, with `more` digits than that where they are wanted; a
    missing value reads `-`."""
    if value is None:
        return "-"
    match unit:
        case Unit.SECONDS:
            return show_seconds(value, more)
        case Unit.RATIO:
            return f"{100 * value:.{2 + more}f} %"
        case Unit.TIMES:
            return f"{value:.{2 + more}f}x"
        case Unit.USD:
            return f"${value:,.{4 + more}f}"
        case Unit.CENTS:
            return f"${value / 100:,.{2 + more}f}"
        case Unit.COUNT:
            return f"{value:,.{more}f}"
        case Unit.NONE:
            return f"{value:.{6 + more}g}"


def show_against(value: float, sign: str, limit: float, unit: Unit) -> str:
    """`143.4 ms > 120 ms`, with as many digits as it takes to tell the two apart."""
    return told_apart(value, sign, limit, partial(show, unit=unit))


def told_apart(value: float, sign: str, limit: float, say: Callable[..., str]) -> str:
    """The same, as `say(number, more=digits)` says it: never `x > x`."""
    beyond_it = "=" not in sign
    told = (more for more in _MORE if say(value, more=more) not in (say(limit, more=more), say(limit, more=0)))
    digits = told if beyond_it else iter((0,))
    return f"{say(value, more=next(digits, _MORE[-1]))} {sign} {say(limit, more=0)}"


def looks_like_percent(value: float, unit: Unit) -> str:
    """`reads 41, which looks like percent` of a ratio above 1, beyond what is off in measuring a full one; of any
    other, nothing."""
    if unit is not Unit.RATIO or value <= _FULL_MAX:
        return ""
    return f"reads {value:g}, which looks like percent where a ratio from 0 to 1 is due"


def show_seconds(value_s: float, more: int = 0) -> str:
    """Milliseconds below 10 s (one decimal below 1 s, so that 120.4 ms is not read as 120), then s."""
    if value_s < 1:
        return f"{1000 * value_s:.{1 + more}f}".removesuffix(".0") + " ms"
    return f"{value_s:.{2 + more}f} s" if value_s < 10 else f"{value_s:.{more}f} s"


def show_between(least_s: float, most_s: float) -> str:
    """`between 100 and 250 ms`, `at most 5 ms`, `over 10.00 s`."""
    if math.isinf(most_s):
        return f"over {show_seconds(least_s)}"
    if not least_s:
        return f"at most {show_seconds(most_s)}"
    least, most = show_seconds(least_s), show_seconds(most_s)
    unit = most.rpartition(" ")[2]
    return (
        f"between {least.removesuffix(f' {unit}')} and {most}"
        if least.endswith(f" {unit}")
        else f"between {least} and {most}"
    )


def show_window(window_s: float | None) -> str:
    """`300` reads `5 min`, `12` reads `12 s`."""
    if window_s is None:
        return "-"
    return f"{window_s / 60:.3g} min" if window_s >= 60 else f"{window_s:.3g} s"
