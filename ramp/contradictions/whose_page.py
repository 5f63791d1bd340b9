"""Whose page it is: two slices that are told by one page."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from ramp.contradictions.counts import Latest
from ramp.frames import Frame
from ramp.histogram import INF
from ramp.signals import LATENCY_S
from ramp.stage_view import StageView

Histogram = Mapping[str, float]


class _Pair(NamedTuple):
    """The whole histograms of both slices at one look."""

    canary: Histogram
    control: Histogram

    def alike_since(self, before: "_Pair") -> float | None:
        """How many requests each slice has had since `before`, where both histograms grew alike; None where not."""
        grown = self.canary[INF] - before.canary[INF]
        if grown != self.control[INF] - before.control[INF] or self.canary.keys() != self.control.keys():
            return None
        same = all(
            self.canary[bound] - before.canary.get(bound, 0.0) == self.control[bound] - before.control.get(bound, 0.0)
            for bound in self.canary
        )
        return grown if same else None


class OnePage:
    """Whether the histograms of both slices grew alike, bucket by bucket, at several looks in a row: then one page is
    read for both. That stands until they differed at as many looks in a row of another stage."""

    def __init__(self) -> None:
        self._before: _Pair | None = None
        self._alike = self._apart = 0  # looks in a row
        self._since: datetime | None = None
        self._found_in: datetime | None = None

    def look(self, view: StageView, latest: Latest) -> str | None:
        row = view.plan.contradictions
        self._count(view, latest)
        if self._alike >= row.alike_looks:
            self._found_in = view.start
        elif self._found_in != view.start and self._apart >= row.alike_looks:
            self._found_in = None
        if self._found_in is None:
            return None
        return (
            f"the histograms of canary and control grew by the very same counts at {row.alike_looks} looks from "
            f"{self._since:%H:%MZ} on: is one page read for both?"
        )

    def _count(self, view: StageView, latest: Latest) -> None:
        """Looks at which few requests came to both say nothing."""
        least, look = view.plan.contradictions.alike_requests_min, timedelta(minutes=view.plan.reading.look_every_min)
        pair = _pair(latest, view.as_of - look / 2)
        if pair is None:
            return
        before = self._before or _pair(Latest.before(view), view.as_of - 1.5 * look)
        self._before = pair
        alike = pair.alike_since(before) if before else None
        if alike is None:
            self._alike, self._apart = 0, self._apart + 1
        elif alike >= least:
            self._since = self._since if self._alike else view.as_of
            self._alike, self._apart = self._alike + 1, 0


def _pair(seen: Latest, since: datetime) -> _Pair | None:
    """What both slices said, where both were seen `since` then and have timed requests."""
    canary, control = (_timed(frame, since) for frame in seen)
    return _Pair(canary, control) if canary and control else None


def _timed(frame: Frame | None, since: datetime) -> Histogram | None:
    histogram = frame.counters.get(LATENCY_S) if frame and frame.at >= since else None
    return histogram if isinstance(histogram, dict) and INF in histogram else None
