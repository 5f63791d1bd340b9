"""What was seen of a release: cumulative counters and gauges, per slice and instant."""

import math
import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

Slice = Literal["canary", "control"]
SLICES: tuple[Slice, Slice] = ("canary", "control")
Counter = float | Mapping[str, float]
_INF = "+Inf"

# Counters that one source counts together: when one of them falls, that source began anew.
_COUNTED_TOGETHER = (
    {"requests", "errors", "latency_s"},
    {"cache_lookups", "cache_hits", "origin_requests"},
    {"users", "cost_usd", "cost_usd_squared"},
    {"payments_attempted", "payments_succeeded", "payments_declined", "fraud_flags"},
    {"ai_requests", "ai_cost_usd", "ai_revenue_usd", "ai_tokens", "ai_requests_by_route"}
    | {"ai_cost_usd_by_route", "ai_revenue_usd_by_route"},
    {"synthetic_runs", "synthetic_failures", "synthetic_wrong_slice", "schema_violations"},
    {"personal_data_findings", "log_lines_scanned"},
    {"load_s", "load_due", "load_answered", "load_fine", "load_wrong_slice", "load_payments", "load_saturated"}
    | {"load_workers_lost", "load_latency_s", "load_service_s"},
)


class NoEvidence(Exception):
    """What a gate needs was not seen. `reason` says what is missing, where, and what to do."""

    def __init__(self, reason: str, query: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.query = query


class Malformed(Exception):
    """A recorded line that cannot be an observation."""


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One slice at one instant, in the recording format. `at` is UTC; counters are cumulative, gauges instantaneous."""

    at: datetime
    slice: Slice
    stage: str
    traffic_pct: float
    counters: Mapping[str, Counter]
    gauges: Mapping[str, float]

    def record(self) -> dict[str, Any]:
        """As a JSON object of the recording format."""
        at = self.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return {
            "at": at,
            "slice": self.slice,
            "stage": self.stage,
            "traffic_pct": self.traffic_pct,
            "counters": dict(self.counters),
            "gauges": dict(self.gauges),
        }

    @classmethod
    def from_record(cls, record: Any) -> Self:
        """Raises Malformed for anything but an observation of finite, non-negative counters at an aware time."""
        if not isinstance(record, Mapping):
            raise Malformed("is not a JSON object")
        try:
            slice, stage, traffic_pct = record["slice"], record["stage"], record["traffic_pct"]
            at = _utc(record["at"])
        except KeyError as missing:
            raise Malformed(f"has no {missing}") from None
        counters, gauges = record.get("counters", {}), record.get("gauges", {})
        if slice not in SLICES:
            raise Malformed(f"has the unknown slice {slice!r}; known: canary, control")
        if not isinstance(stage, str):
            raise Malformed(f"has the unusable stage {stage!r}; it is the name of one")
        if not isinstance(counters, Mapping) or not isinstance(gauges, Mapping):
            raise Malformed('"counters" and "gauges" must be objects')
        _must_count("traffic_pct", traffic_pct)
        for name, value in counters.items():
            for each in value.values() if isinstance(value, Mapping) else (value,):
                _must_count(name, each)
        for name, value in gauges.items():
            _must_count(name, value)
        _must_be_histogram(counters.get("latency_s", {}))
        return cls(at=at, slice=slice, stage=stage, traffic_pct=traffic_pct, counters=counters, gauges=gauges)


def _utc(text: Any) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise Malformed(f'"at" has no time zone: {text}')
        return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise Malformed(f"has an unusable value: {error}") from None


def _must_count(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= sys.float_info.max:
        raise Malformed(f"{name} is {str(value)[:40]}, which is no finite number from 0 up")


def _must_be_histogram(buckets: Counter) -> None:
    if not isinstance(buckets, Mapping):
        raise Malformed("latency_s is one number, where counts by upper bound are due")
    for bound in buckets:
        try:
            usable = float(bound) > 0
        except ValueError:
            usable = False
        if not usable:
            raise Malformed(f"latency_s has the bucket {bound!r}, which is no upper bound in seconds")


@dataclass(frozen=True, kw_only=True)
class Span:
    """From `start`, exclusive, to `end`, inclusive."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> float:
        return (self.end - self.start) / timedelta(minutes=1)


class _Track:
    """One counter or gauge of one slice over time. A counter is kept unrolled: restarts add, they never subtract."""

    def __init__(self) -> None:
        self.ats: list[datetime] = []
        self.values: list[Any] = []

    def append(self, at: datetime, value: Any) -> None:
        self.ats.append(at)
        self.values.append(value)

    def index_at(self, at: datetime) -> int:
        """The index of the last value not after `at`, -1 where there is none."""
        return bisect_right(self.ats, at) - 1


class Recording:
    """The observations of one release, in order of time. Counters that restart: the new value is the increase.

    All that is read of a slice at an instant comes from its one last observation until then: what that observation
    leaves out is absent, and no counter is set against another of an earlier time.
    """

    def __init__(self, observations: Iterable[Observation], fresh: timedelta) -> None:
        self.observations: list[Observation] = []
        self._fresh = fresh
        self._ats: dict[Slice, list[datetime]] = {slice: [] for slice in SLICES}
        self._counters: dict[tuple[Slice, str], _Track] = {}
        self._gauges: dict[tuple[Slice, str], _Track] = {}
        self._raw: dict[tuple[Slice, str], Counter] = {}
        for observation in observations:
            self.append(observation)

    def append(self, observation: Observation) -> None:
        """Raises Malformed when time goes backwards."""
        if self.observations and observation.at < self.observations[-1].at:
            raise Malformed(f"time goes backwards to {observation.at.isoformat()}")
        self.observations.append(observation)
        self._ats[observation.slice].append(observation.at)
        for name in self._restarted(observation):
            self._raw.pop((observation.slice, name), None)
        for name, value in observation.counters.items():
            key = (observation.slice, name)
            track, before = self._counters.setdefault(key, _Track()), self._raw.get(key)
            if isinstance(before, Mapping) and isinstance(value, Mapping) and before.keys() - value.keys():
                continue  # a label that is gone without a restart is absent, and with it the whole counter
            track.append(observation.at, _unrolled(track.values[-1] if track.values else None, before, value))
            self._raw[key] = value
        for name, value in observation.gauges.items():
            self._gauges.setdefault((observation.slice, name), _Track()).append(observation.at, value)

    def _restarted(self, observation: Observation) -> set[str]:
        fell = {
            name
            for name, value in observation.counters.items()
            if _fell(self._raw.get((observation.slice, name)), value)
        }
        return fell.union(*(together for together in _COUNTED_TOGETHER if together & fell))

    def increase(self, slice: Slice, name: str, span: Span) -> float:
        """How much a counter grew over `span`. Raises NoEvidence when it is absent or stale at either end."""
        before, after = self._ends(slice, name, span)
        return _number(slice, name, after) - _number(slice, name, before)

    def increase_by(self, slice: Slice, name: str, span: Span) -> dict[str, float]:
        """How much a counter with labels (or a histogram's buckets) grew, by label. A label that is new began at 0; a
        bucket that is new is left out, for what it had counted until then is not known. Raises NoEvidence."""
        ends = self._ends(slice, name, span)
        before, after = (_labelled(slice, name, end) for end in ends)
        known = before if _INF in after else after
        return {label: value - before.get(label, 0.0) for label, value in after.items() if label in known}

    def total(self, slice: Slice, name: str, at: datetime) -> float:
        """A counter since its source began, restarts added up. Raises NoEvidence when it is absent or stale."""
        return _number(slice, name, self._value(self._counters, slice, name, at))

    def total_by(self, slice: Slice, name: str, at: datetime) -> dict[str, float]:
        """The same by label. Raises NoEvidence."""
        return dict(_labelled(slice, name, self._value(self._counters, slice, name, at)))

    def mean_gauge(self, slice: Slice, name: str, span: Span) -> float:
        """The mean of a gauge over the observations in `span`. Raises NoEvidence when one of them leaves it out: the
        mean of the others may be better than the truth."""
        self._value(self._gauges, slice, name, span.end)
        track, ats = self._gauges[slice, name], self._ats[slice]
        values = track.values[track.index_at(span.start) + 1 : track.index_at(span.end) + 1]
        due = bisect_right(ats, span.end) - bisect_right(ats, span.start)
        if not 0 < due == len(values):
            raise NoEvidence(f"{name} of {slice} was seen only {len(values)} of {due} times in the window", name)
        return math.fsum(values) / len(values)

    def names(self, slice: Slice) -> set[str]:
        """Every counter and gauge that `slice` ever had."""
        return {name for of, name in [*self._counters, *self._gauges] if of == slice}

    def _ends(self, slice: Slice, name: str, span: Span) -> tuple[Any, Any]:
        """The counter at both ends of `span`, which begins with the slice's first observation if none is older."""
        after = self._value(self._counters, slice, name, span.end)
        first_at, last_at = self._ats[slice][0], self._ats[slice][bisect_right(self._ats[slice], span.end) - 1]
        start = max(span.start, first_at) if first_at - span.start <= self._fresh else span.start
        if start >= last_at:
            raise NoEvidence(f"{name} of {slice} was seen only once, so nothing can be said of its growth", name)
        return self._value(self._counters, slice, name, start), after

    def _value(self, tracks: Mapping[tuple[Slice, str], _Track], slice: Slice, name: str, at: datetime) -> Any:
        """What the last observation of `slice` until `at` says, if it is fresh and says it. Raises NoEvidence."""
        track = tracks.get((slice, name))
        if track is None:
            raise NoEvidence(f"{name} of {slice} is absent: no source reports it", name)
        index, seen = track.index_at(at), bisect_right(self._ats[slice], at) - 1
        if index < 0 or at - track.ats[index] > self._fresh or track.ats[index] != self._ats[slice][seen]:
            last = track.ats[index].strftime("%H:%M:%SZ") if index >= 0 else "never"
            raise NoEvidence(f"{name} of {slice} is stale at {at:%H:%M:%SZ}: last seen {last}", name)
        return track.values[index]


def _number(slice: Slice, name: str, value: Any) -> float:
    if isinstance(value, Mapping):
        raise NoEvidence(f"{name} of {slice} is split by label where one number is due", name)
    return float(value)


def _labelled(slice: Slice, name: str, value: Any) -> Mapping[str, float]:
    if not isinstance(value, Mapping):
        raise NoEvidence(f"{name} of {slice} is one number where labels are due", name)
    return value


def _fell(before: Counter | None, now: Counter) -> bool:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return any(now[label] < value for label, value in before.items() if label in now)
    return isinstance(before, int | float) and isinstance(now, int | float) and now < before


def _unrolled(so_far: Any, before: Counter | None, now: Counter) -> Any:
    """The counter with what `now` adds to `before`, which is None at its beginning and after a restart."""
    if isinstance(now, Mapping):
        total = so_far if isinstance(so_far, Mapping) else {}
        base = before if isinstance(before, Mapping) else {}
        labels = now if _INF in now else {*total, *now}  # a bucket that is gone is unknown, a label stands still
        return {label: total.get(label, 0.0) + now.get(label, 0.0) - base.get(label, 0.0) for label in labels}
    return _or_zero(so_far) + now - _or_zero(before)


def _or_zero(value: Any) -> float:
    return value if isinstance(value, int | float) else 0.0
