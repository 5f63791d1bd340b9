"""What a page or a server has, before anybody said what of it is meant: and what of it a release file would name."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ramp.presets import PRESETS
from ramp.signals import LATENCY_S, REQUESTS

_STATUS = re.compile(r"[1-5](xx|\d\d)?")
_TIMES = re.compile(r"duration|latency|request_time|response_time|_seconds$|_milliseconds$")
_OF_OTHERS = re.compile(
    r"(^|_)(client|gc|sql|db|query|queue|dns|tls|fetch|upstream_connect|scrape|prometheus|net)(_|$)"
)
_SLICES = (("canary", "control"), ("canary", "stable"), ("canary", "primary"), ("canary", "baseline"))
_PROCESS = ("instance", "pod", "container", "job", "namespace")  # which tell slices only where nothing else does
_BOUND_S_MOST = 60  # a boundary above it looks like milliseconds


@dataclass(frozen=True, kw_only=True)
class MetricSeen:
    """A metric by its `family`, without the suffixes of counters and histograms: its kind, the values that its labels
    have, and the boundaries of a histogram as they are written."""

    family: str
    kind: str
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    bounds: tuple[float, ...] = ()


class Detected(NamedTuple):
    """What a release file would say of what is there: presets, rows of `[real.series]` by key, and the label that tells
    slices with its two values, where one does."""

    presets: tuple[str, ...]
    series: Mapping[str, Mapping[str, Any]]
    slices: tuple[str, str, str] | None

    @property
    def is_something(self) -> bool:
        return bool(self.presets or self.series)


def detected(there: Iterable[MetricSeen]) -> Detected:
    """A preset where all that it reads is there; else what looks like requests and their latency."""
    by_name = {metric.family: metric for metric in there}
    presets: list[str] = []
    taken: set[str] = set()
    for name, rows in PRESETS.items():
        if taken.isdisjoint(rows) and all(_is_there(row, by_name) for row in rows.values()):
            presets.append(name)
            taken |= rows.keys()
    series = {} if taken & {LATENCY_S, REQUESTS} else dict(_looks_like_requests(list(by_name.values())))
    of = {_family(row["metric"]) for row in series.values()}
    of |= {_family(row["metric"]) for name in presets for row in PRESETS[name].values()}
    return Detected(tuple(presets), series, _slices(by_name[name] for name in sorted(of & by_name.keys())))


def rows_of(found: Detected) -> Mapping[str, Mapping[str, Any]]:
    """The rows of its presets and its own, by key."""
    return {
        key: row for rows in (*(PRESETS[name] for name in found.presets), found.series) for key, row in rows.items()
    }


def histogram_of(found: Detected, there: Iterable[MetricSeen]) -> MetricSeen | None:
    """The latency histogram that `found` reads."""
    named = _family(rows_of(found).get(LATENCY_S, {}).get("metric", ""))
    return next((metric for metric in there if metric.family == named), None)


def _is_there(row: Mapping[str, Any], by_name: Mapping[str, MetricSeen]) -> bool:
    seen = by_name.get(_family(row["metric"]))
    if seen is None or ("of" in row and _family(row["of"]) not in by_name):
        return False
    return not seen.labels or row.get("status") is None or row["status"] in seen.labels


def _looks_like_requests(there: Sequence[MetricSeen]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    timed = max((one for one in there if one.kind == "histogram"), key=_likely, default=None)
    status = _status(timed) if timed else None
    if timed and _likely(timed) >= 4:
        row = {"metric": timed.family} | ({"status": status} if status else {})
        is_ms = timed.family.endswith(("_ms", "_milliseconds")) or max(timed.bounds, default=0) > _BOUND_S_MOST
        yield LATENCY_S, row | ({"unit": "ms"} if is_ms else {})
    counted = [one for one in there if one.kind == "counter" and "request" in one.family and _status(one)]
    if not status and (most := max(counted, key=_likely, default=None)):
        yield REQUESTS, {"metric": f"{most.family}_total", "status": _status(most)}


def _likely(metric: MetricSeen) -> int:
    """How much it looks like requests that are answered and timed."""
    name = metric.family
    if _OF_OTHERS.search(name):
        return 0
    said = 2 * bool(_TIMES.search(name)) + 2 * ("request" in name) + ("http" in name) + ("server" in name)
    return said + 2 * bool(_status(metric))


def _status(metric: MetricSeen) -> str | None:
    """The label whose every value is an HTTP status."""
    found = [name for name, values in metric.labels.items() if values and all(map(_STATUS.fullmatch, values))]
    named = [name for name in found if "status" in name or "code" in name]
    return min(named, default=None)


def _slices(there: Iterable[MetricSeen]) -> tuple[str, str, str] | None:
    """The label of which one value speaks of the canary and one of the others."""
    for metric in there:
        for label, values in sorted(metric.labels.items(), key=lambda pair: (pair[0] in _PROCESS, pair[0])):
            for canary, control in _SLICES:
                mine = sorted(value for value in values if canary in value.lower())
                others = sorted(value for value in values if control in value.lower() and value not in mine)
                if len(mine) == 1 and len(others) == 1:
                    return label, mine[0], others[0]
    return None


def _family(name: str) -> str:
    return name.removesuffix("_total")
