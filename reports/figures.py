"""A verdict's numbers as people read them, the same in every report."""

from dataclasses import dataclass

from ramp.units import show, show_window
from ramp.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Each number with its unit; a missing one reads `-`."""

    value: str
    control: str
    limit: str
    n: str
    window: str
    interval: str
    grade: str


def figures(verdict: Verdict) -> Figures:
    """The numbers of `verdict` in its own unit."""
    unit = verdict.unit
    return Figures(
        value=show(verdict.value, unit),
        control=show(verdict.control, unit),
        limit=show(verdict.limit, unit),
        n="-" if verdict.n is None else f"{verdict.n:,}",
        window=show_window(verdict.window_s),
        interval=" to ".join(show(bound, unit) for bound in verdict.interval) if verdict.interval else "-",
        grade=verdict.grade.value if verdict.grade else "-",
    )


def headline(verdict: Verdict) -> str:
    """One line that says it all: `RED latency 143 ms (limit 120 ms)`."""
    shown = figures(verdict)
    value = f" {shown.value}" if verdict.value is not None else ""
    limit = f" (limit {shown.limit})" if verdict.limit is not None else ""
    return f"{verdict.colour.word} {verdict.check}{value}{limit}"
