"""Whether both slices are worse since T-0: what a migration does to the release before as well is no difference between
them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from ramp.gates.judging import Light, seen_or_why
from ramp.observation import NoEvidence, Span
from ramp.stage_view import StageView
from ramp.verdict import Colour

_MINUTE = timedelta(minutes=1)


class _Hour(NamedTuple):
    """What control was in the placebo hour: in its worst minutes, and in its last."""

    worst: float
    last: float


class BothWorse:
    """Compares control with itself before T-0. `measure` gives control's value over a span, the more the worse, or
    raises NoEvidence; the ratios are by how much it is over the hour's worst and its last minutes."""

    def __init__(self, measure: Callable[[StageView, Span], float], over_worst: float, over_last: float) -> None:
        self._measure = measure
        self._over_worst, self._over_last = 1 + over_worst, 1 + over_last
        self._hour: _Hour | NoEvidence | None = None
        self._looks = 0

    def look(self, view: StageView) -> str:
        """`; both slices are worse since T-0: …`, or nothing. Asked at each look, in order of time."""
        row, since_t0 = view.plan.both_worse, (view.as_of - view.ramp_start) / _MINUTE
        if self._hour is None:
            self._hour = seen_or_why(self._of_hour, view)
        if since_t0 > row.within_min or isinstance(self._hour, NoEvidence):
            return ""
        over = self._over(view, self._hour) if since_t0 >= row.window_min - row.window_min / 20 else None
        self._looks = self._looks + 1 if over else 0
        if not over or self._looks < row.looks:
            return ""
        return (
            f"; both slices are worse since T-0: control of {row.window_min:.0f} min is {over:+.0%} over its last "
            f"{row.window_min:.0f} min before T-0, and over the worst of that hour, {self._looks} looks in a row"
        )

    def _over(self, view: StageView, hour: _Hour) -> float | None:
        """By how much control is over the hour's last minutes, where that is too much; what cannot be read is not."""
        start = max(view.as_of - view.plan.both_worse.window_min * _MINUTE, view.ramp_start)
        now = seen_or_why(self._measure, view, Span(start=start, end=view.as_of))
        if isinstance(now, NoEvidence) or not hour.last:
            return None
        is_over = now >= self._over_worst * hour.worst and now >= self._over_last * hour.last
        return now / hour.last - 1 if is_over else None

    def _of_hour(self, view: StageView) -> _Hour:
        """Raises NoEvidence where no placebo hour was recorded that is long enough."""
        row, minutes = view.plan.both_worse, view.placebo
        if sum(span.minutes for span in minutes) < view.plan.evidence.placebo_min_least:
            raise NoEvidence("no placebo hour was recorded")
        ends = [span.end for span in minutes]
        return _Hour(
            worst=max(self._measure(view, span) for span in _windows(minutes, row.hour_window_min)),
            last=self._measure(view, Span(start=_before(ends[-1], row.window_min), end=ends[-1])),
        )


def both_worse(light: Light, said: str) -> Light:
    """YELLOW where that is `said` of what else is GREEN."""
    return Light(Colour.YELLOW) if said and light.colour is Colour.GREEN else light


def _windows(minutes: Sequence[Span], long: int) -> list[Span]:
    """All of so many minutes in a row."""
    pairs = zip(minutes, minutes[long - 1 :], strict=False)
    return [Span(start=first.start, end=last.end) for first, last in pairs if first.start < last.end]


def _before(at: datetime, minutes: float) -> datetime:
    return at - minutes * _MINUTE
