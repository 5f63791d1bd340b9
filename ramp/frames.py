"""One slice over time: what each observation said of it, its counters unrolled."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ramp.falls import Fall
from ramp.observation import Observation, Span
from ramp.signals import COUNTED_TOGETHER, together_with
from ramp.unrolling import Unrolling

Falls = dict[str, list[tuple[datetime, str, str]]]


@dataclass(frozen=True, slots=True)
class Frame:
    """What one observation said of its slice, its counters unrolled: restarts add, and no total falls. `anew` is when
    evidence of this hold began anew."""

    at: datetime
    stage: str
    counters: Mapping[str, Any]
    gauges: Mapping[str, float]
    anew: datetime | None = None


class Frames:
    """What was said of one slice over time. `falls` has for each counter in doubt when, which one of its source it was
    that fell, and how."""

    def __init__(self) -> None:
        self.ats: list[datetime] = []
        self.frames: list[Frame] = []
        self.names: set[str] = set()
        self.first_at: datetime | None = None
        self.falls: Falls = {}
        self._unrolling = Unrolling[str](COUNTED_TOGETHER)

    def index_at(self, at: datetime) -> int:
        """The index of the last frame not after `at`, -1 where there is none."""
        return bisect_right(self.ats, at) - 1

    def within(self, span: Span) -> list[datetime]:
        """When it was seen in `span`, its ends included."""
        return self.ats[bisect_left(self.ats, span.start) : bisect_right(self.ats, span.end)]

    def append(self, observation: Observation) -> None:
        self.first_at = self.first_at or observation.at
        totals, lacking, fell = self._unrolling.read(observation.counters, observation.at)
        for name in lacking:
            del totals[name]  # with a label that is gone without a restart, the whole counter is absent
        if fell or observation.fell:
            self._note(observation, fell)
        self.names.update(observation.counters, observation.gauges)
        self.ats.append(observation.at)
        at, anew = observation.at, observation.evidence_anew
        self.frames.append(Frame(at, observation.stage, totals, observation.gauges, anew))

    def _note(self, observation: Observation, fell: Mapping[str, Fall]) -> None:
        for name, fall in fell.items():
            self.falls.setdefault(name, []).append((observation.at, fall.name, fall.words()))
        for name, words in observation.fell.items():
            for each in together_with(name):
                self.falls.setdefault(each, []).append((observation.at, name, words))

    def forget(self, older_than: timedelta, but: Iterable[datetime]) -> None:
        cut = self.index_at(self.ats[-1] - older_than) if self.ats else 0
        if cut > len(self.ats) // 2:  # rarely, for each time costs as much as what is kept
            kept = sorted({index for at in but if 0 <= (index := self.index_at(at)) < cut})
            self.ats = [self.ats[index] for index in kept] + self.ats[cut:]
            self.frames = [self.frames[index] for index in kept] + self.frames[cut:]
            for name, falls in self.falls.items():  # the last of the older ones: what began before it holds it
                older = sum(fall[0] <= self.ats[len(kept)] for fall in falls)
                self.falls[name] = falls[max(older - 1, 0) :]
