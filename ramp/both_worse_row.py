"""The row of the release directive about what gets worse on both slices when the release begins."""

from typing import Annotated

from ramp.allowed import Count, Minutes, allowed
from ramp.sourced_row import SourcedRow

Over = Annotated[float, allowed("with less any hour is worse than the last, with more none is", over=0, most=10)]


class BothWorseRow(SourcedRow):
    """Control of `window_min` is worse than the placebo hour where it is over its worst `hour_window_min` by
    `..._over_worst`, and over its last `window_min` by `..._over_last`, at `looks` in a row, `within_min` of T-0."""

    within_min: Minutes
    window_min: Annotated[Minutes, allowed("fewer minutes are one burst, and more come too late", least=5, most=30)]
    hour_window_min: Annotated[Count, allowed("an hour has a worst part only where that is short", least=1, most=30)]
    looks: Count
    latency_over_worst: Over
    latency_over_last: Over
    errors_over_worst: Over
    errors_over_last: Over
    cost_over_worst: Over
    cost_over_last: Over
