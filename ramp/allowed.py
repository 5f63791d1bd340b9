"""The numbers that a file may hold: each kind with its unit, its range, and why nothing outside of it can be meant.

A limit that no release can break is none: what would make a check unable to fail is outside of its range.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator


@dataclass(frozen=True)
class Says:
    """How an owner's sentence says such a number: one of it is `scale` of `unit` there. P95 is a quantile."""

    unit: Literal["s", "ratio", "usd", "times", "quantile", "count"]
    scale: str = "1"


def allowed(
    because: str,
    *,
    over: float | None = None,
    least: float | None = None,
    most: float | None = None,
    under: float | None = None,
) -> AfterValidator:
    """Refuses a number out of this range with the range and `because`, the reason for it."""
    ends = {"over": over, "at least": least, "at most": most, "under": under}
    span = " and ".join(f"{words} {end:,.12g}" for words, end in ends.items() if end is not None)

    def check(value: float) -> float:
        fits = (
            (over is None or value > over)
            and (least is None or value >= least)
            and (most is None or value <= most)
            and (under is None or value < under)
        )
        if not fits:
            raise ValueError(f"must be {span}: {because}")
        return value

    return AfterValidator(check)


Ratio = Annotated[float, Says("ratio"), allowed("it is a ratio, so that 5 % is 0.05", least=0, most=1)]
Margin = Annotated[
    float, Says("ratio"), allowed("with more, half as much again would count as equal", least=0, most=0.5)
]
Confidence = Annotated[
    float,
    Says("ratio"),
    allowed("with more nothing is ever surprising, with less everything is", least=0.8, most=0.9999),
]
Evidence = Annotated[float, allowed("with less chance is evidence, with more nothing is", over=1, most=100_000)]
Times = Annotated[float, Says("times"), allowed("below 1x each sale loses money", least=1, most=1000)]
Minutes = Annotated[float, Says("s", "60"), allowed("these are minutes of one release day", least=0.01, most=1440)]
Seconds = Annotated[float, Says("s"), allowed("these are seconds of one release day", least=0.0001, most=86_400)]
Cents = Annotated[
    int, Says("usd", "0.01"), allowed("it is an amount in cents, up to $1,000,000", least=1, most=100_000_000)
]
Count = Annotated[int, Says("count"), allowed("it is a number of things", least=1, most=1_000_000)]
Percent = Annotated[int, Says("ratio", "0.01"), allowed("it is a share of traffic in percent", least=1, most=100)]
PerSecond = Annotated[float, allowed("these are requests a second", over=0, most=1_000_000)]
# Nothing at all, or a few that are known: with more the check sees and says nothing.
Tolerated = Annotated[int, Says("count"), allowed("with more of them a check could not fail", least=0, most=10)]
