"""What was seen of a release: cumulative counters and gauges, per slice and instant."""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple, Self

from ramp.buckets import in_one_spelling

Slice = Literal["canary", "control"]
SLICES: tuple[Slice, Slice] = ("canary", "control")
Counter = float | dict[str, float]


_MOST = sys.float_info.max
_YEAR_MIN = 2000  # before it somebody's clock, or reckoning, is off


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
    """One slice at one instant, in the recording format. `at` is UTC; counters are cumulative, gauges instantaneous.
    `fell` says of a counter, and of all that are counted together with it, why it is not known how much it grew since
    the observation before: `fell from 138,000 to 76,800 at 08:16Z`. `evidence_anew` is when a stage that is held
    again began its evidence anew, which each look of that hold says."""

    at: datetime
    slice: Slice
    stage: str
    traffic_pct: float
    counters: Mapping[str, Counter]
    gauges: Mapping[str, float]
    fell: Mapping[str, str] = field(default_factory=dict)
    evidence_anew: datetime | None = None

    def record(self) -> dict[str, Any]:
        """As a JSON object of the recording format."""
        at = _iso(self.at)
        said: dict[str, Any] = {
            "at": at,
            "slice": self.slice,
            "stage": self.stage,
            "traffic_pct": self.traffic_pct,
            "counters": dict(self.counters),
            "gauges": dict(self.gauges),
        }
        said |= {"fell": dict(self.fell)} if self.fell else {}
        return said | ({"evidence_anew": _iso(self.evidence_anew)} if self.evidence_anew else {})

    @classmethod
    def from_record(cls, record: Any) -> Self:
        """Raises Malformed for anything but an observation of finite, non-negative counters at an aware time."""
        slice, stage, traffic_pct, at = _what(record)
        counters, gauges, fell = record.get("counters", {}), record.get("gauges", {}), record.get("fell", {})
        if not isinstance(counters, Mapping) or not isinstance(gauges, Mapping):
            raise Malformed('"counters" and "gauges" must be objects')
        if fell != {} and not (isinstance(fell, dict) and all(isinstance(why, str) for why in fell.values())):
            raise Malformed('"fell" must say of counters, in words, why it is not known what they grew')
        anew = _utc(record["evidence_anew"]) if "evidence_anew" in record else None
        _must_count("traffic_pct", traffic_pct)
        for name, value in counters.items():
            if isinstance(value, dict):
                _must_all_count(name, value)
            else:
                _must_count(name, value)
        for name, value in gauges.items():
            _must_count(name, value)
        if "latency_s" in counters:
            said, buckets = counters["latency_s"], _histogram(counters["latency_s"])
            counters = counters if buckets is said else {**counters, "latency_s": buckets}
        return cls(
            at=at,
            slice=slice,
            stage=stage,
            traffic_pct=traffic_pct,
            counters=counters,
            gauges=gauges,
            fell=fell,
            evidence_anew=anew,
        )


def _what(record: Any) -> tuple[Slice, str, float, datetime]:
    """Slice, stage, share and instant. Raises Malformed."""
    if not isinstance(record, Mapping):
        raise Malformed("is not a JSON object")
    try:
        slice, stage, traffic_pct = record["slice"], record["stage"], record["traffic_pct"]
        at = _utc(record["at"])
    except KeyError as missing:
        raise Malformed(f"has no {missing}") from None
    if slice not in SLICES:
        raise Malformed(f"has the unknown slice {slice!r}; known: canary, control")
    if not isinstance(stage, str):
        raise Malformed(f"has the unusable stage {stage!r}; it is the name of one")
    return slice, stage, traffic_pct, at


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _utc(text: Any) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise Malformed(f'"at" has no time zone: {text}')
        at = at.astimezone(UTC)
        if at.year < _YEAR_MIN:
            raise Malformed(f'"at" is {text}, when nobody released anything')
        return at
    except (TypeError, ValueError, OverflowError) as error:
        raise Malformed(f"has an unusable value: {error}") from None


def _must_count(name: str, value: Any) -> None:
    if type(value) not in (int, float) or not 0 <= value <= _MOST:
        raise Malformed(f"{name} is {str(value)[:40]}, which is no finite number from 0 up")


def _must_all_count(name: str, values: Mapping[str, Any]) -> None:
    """The same for many: at one go where nothing can be wrong."""
    if {int, float} >= set(map(type, values.values())) and max(values.values(), default=0) <= _MOST:
        total = sum(values.values())
        if total <= _MOST and not math.isnan(total) and min(values.values(), default=0) >= 0:
            return
    for value in values.values():
        _must_count(name, value)


def _histogram(buckets: Any) -> Mapping[str, float]:
    """Raises Malformed."""
    if not isinstance(buckets, Mapping):
        raise Malformed("latency_s is one number, where counts by upper bound are due")
    try:
        return in_one_spelling(buckets)
    except ValueError as error:
        raise Malformed(f"latency_s {error}") from None


class Span(NamedTuple):
    """From `start`, exclusive, to `end`, inclusive."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> float:
        return (self.end - self.start) / timedelta(minutes=1)
