"""What was seen of a release: cumulative counters and gauges, per slice and instant."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

Slice = Literal["canary", "control"]
SLICES: tuple[Slice, Slice] = ("canary", "control")
Counter = float | Mapping[str, float]

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
            at = datetime.fromisoformat(record["at"])
            slice, stage = record["slice"], record["stage"]
            counters, gauges = record.get("counters", {}), record.get("gauges", {})
            traffic_pct = float(record["traffic_pct"])
        except KeyError as missing:
            raise Malformed(f"has no {missing}") from None
        except (TypeError, ValueError) as error:
            raise Malformed(f"has an unusable value: {error}") from None
        if at.tzinfo is None:
            raise Malformed(f'"at" has no time zone: {record["at"]}')
        if slice not in SLICES:
            raise Malformed(f"has the unknown slice {slice!r}; known: canary, control")
        if not isinstance(counters, Mapping) or not isinstance(gauges, Mapping):
            raise Malformed('"counters" and "gauges" must be objects')
        for name, value in counters.items():
            for each in value.values() if isinstance(value, Mapping) else (value,):
                _must_count(name, each)
        for name, value in gauges.items():
            _must_count(name, value)
        return cls(at=at, slice=slice, stage=stage, traffic_pct=traffic_pct, counters=counters, gauges=gauges)


def _must_count(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise Malformed(f"{name} is {value!r}, which is no finite number from 0 up")


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
    """The observations of one release, in order of time. Counters that restart: the new value is the increase."""

    def __init__(self, observations: Iterable[Observation], fresh: timedelta) -> None:
        self.observations: list[Observation] = []
        self._fresh = fresh
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
        restarted = self._restarted(observation)
        for name, value in observation.counters.items():
            key = (observation.slice, name)
            track = self._counters.setdefault(key, _Track())
            before, unrolled = self._raw.get(key), track.values[-1] if track.values else None
            track.append(observation.at, _unroll(unrolled, before, value, name in restarted))
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
        """How much a counter grew over `span`. Raises NoEvidence when it is absent or stale."""
        before, after = self._ends(slice, name, span)
        if isinstance(before, Mapping) or isinstance(after, Mapping):
            raise NoEvidence(f"{name} of {slice} is split by label where one number is due", name)
        return float(after - before)

    def increase_by(self, slice: Slice, name: str, span: Span) -> dict[str, float]:
        """How much a counter with labels (or a histogram's buckets) grew, by label. Raises NoEvidence."""
        before, after = self._ends(slice, name, span)
        if not isinstance(before, Mapping) or not isinstance(after, Mapping):
            raise NoEvidence(f"{name} of {slice} is one number where labels are due", name)
        return {label: value - before.get(label, 0.0) for label, value in after.items()}

    def total(self, slice: Slice, name: str, at: datetime) -> float:
        """A counter since its source began, restarts added up. Raises NoEvidence when it is absent or stale."""
        return float(self._fresh_value(self._counters, slice, name, at))

    def total_by(self, slice: Slice, name: str, at: datetime) -> dict[str, float]:
        """The same by label. Raises NoEvidence."""
        return dict(self._fresh_value(self._counters, slice, name, at))

    def mean_gauge(self, slice: Slice, name: str, span: Span) -> float:
        """The mean of a gauge's values in `span`. Raises NoEvidence when it is absent or stale at its end."""
        self._fresh_value(self._gauges, slice, name, span.end)
        track = self._gauges[slice, name]
        values = track.values[track.index_at(span.start) + 1 : track.index_at(span.end) + 1]
        return math.fsum(values) / len(values)

    def names(self, slice: Slice) -> set[str]:
        """Every counter and gauge that `slice` ever had."""
        return {name for of, name in [*self._counters, *self._gauges] if of == slice}

    def _ends(self, slice: Slice, name: str, span: Span) -> tuple[Any, Any]:
        after = self._fresh_value(self._counters, slice, name, span.end)
        track = self._counters[slice, name]
        start = max(track.index_at(span.start), 0)
        if track.ats[start] >= span.end:
            raise NoEvidence(f"{name} of {slice} was seen only once, so nothing can be said of its growth", name)
        return track.values[start], after

    def _fresh_value(self, tracks: Mapping[tuple[Slice, str], _Track], slice: Slice, name: str, at: datetime) -> Any:
        track = tracks.get((slice, name))
        if track is None:
            raise NoEvidence(f"{name} of {slice} is absent: no source reports it", name)
        index = track.index_at(at)
        if index < 0 or at - track.ats[index] > self._fresh:
            last = track.ats[index].strftime("%H:%M:%SZ") if index >= 0 else "never"
            raise NoEvidence(f"{name} of {slice} is stale at {at:%H:%M:%SZ}: last seen {last}", name)
        return track.values[index]


def _fell(before: Counter | None, now: Counter) -> bool:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return any(now.get(label, 0.0) < value for label, value in before.items())
    return isinstance(before, int | float) and isinstance(now, int | float) and now < before


def _unroll(unrolled: Any, before: Counter | None, now: Counter, restarted: bool) -> Any:
    if isinstance(now, Mapping):
        base = before if isinstance(before, Mapping) and not restarted else {}
        so_far = unrolled if isinstance(unrolled, Mapping) else {}
        labels = {*so_far, *now}
        return {label: so_far.get(label, 0.0) + now.get(label, 0.0) - base.get(label, 0.0) for label in labels}
    if unrolled is None or isinstance(unrolled, Mapping) or isinstance(before, Mapping) or before is None:
        return now
    return unrolled + (now if restarted else now - before)
