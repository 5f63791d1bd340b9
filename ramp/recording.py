"""What was recorded of a release, in order of time: how much counters grew between two instants, and what gauges read.

Counters are read as differences of two instants, never as a rate: a rate is extrapolated, and a bucket may then be
scaled unlike its count.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ramp.buckets import INF
from ramp.frames import Falls, Frame, Frames
from ramp.observation import SLICES, Malformed, NoEvidence, Observation, Slice, Span
from ramp.signals import named
from ramp.units import looks_like_percent

_UNREAD: Any = object()
_EVER = datetime.min.replace(tzinfo=UTC)


class GrowthUnknown(NoEvidence):
    """What a counter grew over a span is not known, for it fell there, or its source says so. Since `since`, if that
    is once, it is known again."""

    def __init__(self, reason: str, query: str, since: datetime | None) -> None:
        super().__init__(reason, query)
        self.since = since


_Ends = tuple[Frame, Frame, Falls]


class Recording:
    """The observations of one release, in order of time. Counters that restart: the new value is the increase. Where
    one fell and that is no restart, nothing is said of what it grew over the time of the fall.

    All that is read of a slice at an instant comes from its one last observation until then: what that observation
    leaves out is absent, and no counter is set against another of an earlier time. `fresh` is how old it may be.
    """

    def __init__(self, observations: Iterable[Observation], fresh: timedelta) -> None:
        self._fresh = fresh
        self._last_at: datetime | None = None
        self._slices = {slice: Frames() for slice in SLICES}
        self._spans: dict[tuple[Slice, Span], _Ends | None] = {}  # gates ask for the same few
        for observation in observations:
            self.append(observation)

    def append(self, observation: Observation) -> None:
        """Raises Malformed when time goes backwards, or stands still for a slice."""
        if self._last_at is not None and observation.at <= self._last_at:
            if observation.at < self._last_at:
                raise Malformed(f"time goes backwards to {observation.at.isoformat()}")
            if self._slices[observation.slice].ats[-1:] == [observation.at]:
                raise Malformed(f"{observation.slice} was seen at {observation.at.isoformat()} already")
        self._last_at = observation.at
        self._spans.clear()
        self._slices[observation.slice].append(observation)

    def frames(self, slice: Slice) -> list[Frame]:
        """What is kept of `slice`, oldest first."""
        return self._slices[slice].frames

    def seen(self, stage: str) -> list[datetime]:
        """When either slice was seen at `stage`."""
        return sorted({frame.at for slice in SLICES for frame in self.frames(slice) if frame.stage == stage})

    def forget(self, older_than: timedelta, but: Iterable[datetime] = ()) -> None:
        """Drops what each slice said longer before its last observation than `older_than`, but for what held at the
        instants `but`: so that a stream of any length fits."""
        for of in self._slices.values():
            of.forget(older_than, but)

    def increase(self, slice: Slice, name: str, span: Span) -> float:
        """How much a counter grew over `span`. Raises NoEvidence when it is absent or stale at either end."""
        before, after = self._ends(slice, name, span)
        try:
            return float(after - before)
        except TypeError:
            raise _split(slice, name) from None

    def increase_by(self, slice: Slice, name: str, span: Span) -> dict[str, float]:
        """How much a counter with labels (or a histogram's buckets) grew, by label. A label that is new began at 0; a
        bucket that is new is left out, for what it had counted until then is not known. Raises NoEvidence."""
        ends = self._ends(slice, name, span)
        before, after = (_labelled(slice, name, end) for end in ends)
        if before.keys() == after.keys():
            return {label: value - before[label] for label, value in after.items()}
        known = before if INF in after else after
        return {label: value - before.get(label, 0.0) for label, value in after.items() if label in known}

    def together(self, name: str, span: Span, apart: timedelta) -> Span:
        """`span` from the first to the last instant at which both slices said a counter no more than `apart` before:
        what one of them did not say at an end would count as traffic of the other. Raises NoEvidence where an end is
        further off than what is fresh."""
        ats = sorted({span.start, span.end, *(at for of in self._slices.values() for at in of.within(span))})

        def both(at: datetime) -> bool:
            return all(self._says(slice, name, at, apart) for slice in SLICES)

        start = next((at for at in ats if at <= span.start + self._fresh and both(at)), None)
        end = next((at for at in reversed(ats) if at >= span.end - self._fresh and both(at)), None)
        if start is None or end is None or start >= end:
            where = f"{span.start:%H:%M:%SZ}" if start is None else f"{span.end:%H:%M:%SZ}"
            raise NoEvidence(f"{name} of canary and control was not seen together at {where}", name)
        return Span(start=start, end=end)

    def _says(self, slice: Slice, name: str, at: datetime, apart: timedelta) -> bool:
        of = self._slices[slice]
        index = of.index_at(at)
        return index >= 0 and at - of.ats[index] <= apart and name in of.frames[index].counters

    def total(self, slice: Slice, name: str, at: datetime) -> float:
        """A counter since its source began, restarts added up. Raises NoEvidence when it is absent or stale."""
        self._must_be_known(slice, name, Span(start=_EVER, end=at))
        return self.known_total(slice, name, at)

    def known_total(self, slice: Slice, name: str, at: datetime) -> float:
        """The same, of which what it counted while it fell may be missing: a count that is too high already is. Raises
        NoEvidence when it is absent or stale."""
        value = self._value(slice, name, at)
        if isinstance(value, dict):
            raise _split(slice, name)
        return float(value)

    def total_by(self, slice: Slice, name: str, at: datetime) -> dict[str, float]:
        """The same as `total` by label. Raises NoEvidence."""
        self._must_be_known(slice, name, Span(start=_EVER, end=at))
        return self.known_total_by(slice, name, at)

    def known_total_by(self, slice: Slice, name: str, at: datetime) -> dict[str, float]:
        """The same as `known_total` by label. Raises NoEvidence."""
        return dict(_labelled(slice, name, self._value(slice, name, at)))

    def mean_gauge(self, slice: Slice, name: str, span: Span) -> float:
        """The mean of a gauge over the observations in `span`. Raises NoEvidence when one of them leaves it out: the
        mean of the others may be better than the truth. So it does where a ratio looks like percent."""
        of = self._slices[slice]
        if name not in of.names:
            raise _absent(slice, name)
        end = of.index_at(span.end)
        if end < 0 or span.end - of.ats[end] > self._fresh or name not in of.frames[end].gauges:
            raise self._stale(slice, name, span.end)
        due = of.frames[of.index_at(span.start) + 1 : end + 1]
        values = [frame.gauges[name] for frame in due if name in frame.gauges]
        if not 0 < len(due) == len(values):
            raise NoEvidence(f"{name} of {slice} was seen only {len(values)} of {len(due)} times in the window", name)
        if max(values) > 1 and (why := looks_like_percent(max(values), named(name).unit)):
            raise NoEvidence(f"{name} {why}", name)
        return math.fsum(values) / len(values)

    def names(self, slice: Slice) -> set[str]:
        """Every counter and gauge that `slice` ever had."""
        return self._slices[slice].names

    def _ends(self, slice: Slice, name: str, span: Span) -> tuple[Any, Any]:
        """The counter at both ends of `span`. Raises NoEvidence."""
        key = slice, span
        frames = self._spans.get(key, _UNREAD)
        if frames is _UNREAD:
            frames = self._spans[key] = self._frames(slice, span)
        if frames:
            first, last, falls = frames
            before, after = first.counters.get(name), last.counters.get(name)
            if before is not None and after is not None:
                if falls and name in falls:
                    self._must_be_known(slice, name, Span(start=first.at, end=last.at))
                return before, after
        after = self._value(slice, name, span.end)  # raises, or nothing grew between the two
        if frames is None and self._began(slice, span) >= self._last(slice, span.end).at:
            raise NoEvidence(f"{name} of {slice} was seen only once, so nothing can be said of its growth", name)
        return self._value(slice, name, self._began(slice, span)), after

    def _must_be_known(self, slice: Slice, name: str, span: Span) -> None:
        """Raises GrowthUnknown where the counter fell over `span`."""
        falls = [fall for fall in self._slices[slice].falls.get(name, ()) if span.start < fall[0] <= span.end]
        if falls:
            at, counter, words = falls[-1]
            once = len({fall[0] for fall in falls}) == 1
            raise GrowthUnknown(f"{counter} of {slice} {words}", name, at if once else None)

    def _frames(self, slice: Slice, span: Span) -> _Ends | None:
        """The frames at both ends of `span`, where both are fresh and there are two, and what fell so far."""
        of, start = self._slices[slice], self._began(slice, span)
        first, last = of.index_at(start), of.index_at(span.end)
        if first < 0 or last < 0 or start >= of.ats[last]:
            return None
        fresh = start - of.ats[first] <= self._fresh and span.end - of.ats[last] <= self._fresh
        return (of.frames[first], of.frames[last], of.falls) if fresh else None

    def _began(self, slice: Slice, span: Span) -> datetime:
        """Where `span` begins: with the slice's first observation, if that came soon after and none is older."""
        first_at = self._slices[slice].first_at
        begins_later = first_at is not None and span.start < first_at <= span.start + self._fresh
        return first_at if first_at is not None and begins_later else span.start

    def _last(self, slice: Slice, at: datetime) -> Frame:
        return self._slices[slice].frames[self._slices[slice].index_at(at)]

    def _value(self, slice: Slice, name: str, at: datetime) -> Any:
        """What the last observation of `slice` until `at` says, if it is fresh and says it. Raises NoEvidence."""
        of = self._slices[slice]
        index = of.index_at(at)
        if index >= 0 and at - of.ats[index] <= self._fresh:
            value = of.frames[index].counters.get(name)
            if value is not None:
                return value
        if name not in of.names:
            raise _absent(slice, name)
        raise self._stale(slice, name, at)

    def _stale(self, slice: Slice, name: str, at: datetime) -> NoEvidence:
        until = self._slices[slice].frames[: self._slices[slice].index_at(at) + 1]
        last = next((f.at for f in reversed(until) if name in f.counters or name in f.gauges), None)
        said = f"{last:%H:%M:%SZ}" if last else "never"
        return NoEvidence(f"{name} of {slice} is stale at {at:%H:%M:%SZ}: last seen {said}", name)


def _absent(slice: Slice, name: str) -> NoEvidence:
    """Raises NoEvidence itself for a name that no signal has, which no source can report."""
    return NoEvidence(f"{named(name).name} of {slice} is absent: no source reports it", name)


def _split(slice: Slice, name: str) -> NoEvidence:
    return NoEvidence(f"{name} of {slice} is split by label where one number is due", name)


def _labelled(slice: Slice, name: str, value: Any) -> Mapping[str, float]:
    if not isinstance(value, dict):
        raise NoEvidence(f"{name} of {slice} is one number where labels are due", name)
    return value
