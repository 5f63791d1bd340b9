"""`[real.series]`: which metric of the source each series of the catalogue is, what of it does not count, and what its
labels and its unit mean."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from ramp.answers import GRPC, STATUS, TELLING
from ramp.buckets import boundary
from ramp.series_fit import misfit
from ramp.signals import LATENCY_S, OWN, SERIES
from ramp.slices_told import LabelName, SlicesTold
from ramp.validation import Row, nearest

# What tells a failure from a success: were it left out by that, no failure would be seen.
_TELLING = {LATENCY_S: TELLING, "requests": TELLING, "cache": ("result",)}
_SCALE = {"ms": 0.001, "percent": 0.01}
OF = " of"  # what a gauge is a ratio of is a series by itself: its key and this


def _metric(name: str) -> str:
    if not re.fullmatch(r"[a-zA-Z_:][\w:]*", name, re.ASCII):
        raise ValueError("should look like app_requests_total, the name of a metric")
    return name


def _pattern(pattern: str) -> str:
    try:
        answered = [
            status for status in ("200", "201", "204", "2xx", "2", "301", "302") if re.fullmatch(pattern, status)
        ]
    except re.error as wrong:
        raise ValueError(f"is no regular expression: {wrong}") from None
    if answered:
        raise ValueError(f"matches {answered[0]} too, which is no failure")
    return pattern


def _several(given: Any) -> Any:
    """One value may stand for itself."""
    return (given,) if isinstance(given, str) else given


def _named(given: Any) -> Any:
    return {"metric": given} if isinstance(given, str) else given


LabelValues = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_several), Field(min_length=1)]


class Selected(Row):
    """A metric of the source: of its label sets those that have one of the values `keep` of each label, without those
    that have one of the values `drop` of a label, such as health probes."""

    metric: Annotated[str, AfterValidator(_metric)]
    keep: dict[LabelName, LabelValues] = {}
    drop: dict[LabelName, LabelValues] = {}

    @property
    def family(self) -> str:
        """Its name without the suffix that counters have on a page."""
        return self.metric.removesuffix("_total")

    def counts(self, labels: Mapping[str, str]) -> bool:
        """Whether the label set is one of those that are kept and none of those that are left out."""
        return all(labels.get(name) in values for name, values in self.keep.items()) and not any(
            labels.get(name) in values for name, values in self.drop.items()
        )


class Metric(Selected):
    """A series of the catalogue as the source has it.

    `status` is the label of the HTTP status, of which `failed` matches those that failed besides 5xx; `grpc_status`
    that of gRPC's. `slices` tells whose a series is on a page of both. The `unit` is of a histogram's boundaries or of
    a gauge. A gauge may be the `rate` of a counter from look to look, or the ratio of one series to another, its `of`.
    `untyped` is a histogram that was not declared as one.
    """

    status: LabelName | None = None
    failed: Annotated[str, AfterValidator(_pattern)] | None = None
    grpc_status: LabelName | None = None
    slices: SlicesTold | None = None
    unit: Literal["s", "ms", "ratio", "percent"] | None = None
    untyped: bool = False
    rate: bool = False
    of: Annotated[Selected, BeforeValidator(_named)] | None = None

    @property
    def is_reckoned(self) -> bool:
        """Whether its value is no number of the page."""
        return self.rate or self.of is not None

    @property
    def needs(self) -> tuple[str, ...]:
        """The labels without which its series cannot be understood."""
        return tuple(dict.fromkeys((*self.keep, *filter(None, (self.status, self.grpc_status)))))

    def scaled(self, value: float) -> float:
        """A gauge in the catalogue's unit."""
        return value * _SCALE.get(self.unit or "", 1.0)

    def bound(self, le: str) -> str:
        """The boundary of a bucket in seconds. Raises ValueError for what is no number."""
        return boundary(le) if self.unit != "ms" else boundary(repr(float(le) / 1000))

    def told(self, labels: Mapping[str, str]) -> dict[str, str]:
        """The labels, and by the catalogue's names what those of status say."""
        said = dict(labels)
        if self.status and (status := labels.get(self.status)):
            if self.failed and re.fullmatch(self.failed, status):
                said[STATUS] = "5xx"
            else:
                said[STATUS] = f"{status}xx" if re.fullmatch("[1-5]", status) else status
        if self.grpc_status and (code := labels.get(self.grpc_status)):
            said[GRPC] = code
        return said

    def divisor(self) -> "Metric | None":
        """What it is a ratio of, as a series by itself."""
        if self.of is None:
            return None
        return Metric(metric=self.of.metric, keep=self.of.keep, drop=self.of.drop, slices=self.slices)


def _with_its_metric(given: Any) -> Any:
    """`{key: "name"}` and `{key: {drop: …}}` as whole rows: where no metric is named, it is that of the catalogue."""
    if not isinstance(given, Mapping):
        return given
    whole: dict[Any, Any] = {}
    for key, row in given.items():
        if not isinstance(row, str | Mapping | Metric):
            raise ValueError(f"{key} should be the name of a metric, or a table with metric and drop")
        said = _named(row)
        whole[key] = {"metric": SERIES[key], **said} if isinstance(said, Mapping) and key in SERIES else said
    return whole


def _known(key: str) -> str:
    if key not in SERIES and key not in OWN:
        known = (*SERIES, *OWN)
        raise ValueError(f"there is no such key.{nearest(key, known)} Known here: {', '.join(sorted(known))}")
    return key


def _all_of_them(given: dict[str, Metric]) -> dict[str, Metric]:
    for key, metric in given.items():
        telling = {*_TELLING.get(key, ()), metric.status, metric.grpc_status}
        if hidden := [label for label in (*metric.drop, *metric.keep) if label in telling]:
            by = "drops" if hidden[0] in metric.drop else "keeps"
            raise ValueError(f"{key} {by} by {hidden[0]}, which tells failures: they would not be seen")
        if why := misfit(key, metric.model_dump(exclude_defaults=True)):
            raise ValueError(f"{key} {why}")
        if metric.of and _what_counts(metric) == _what_counts(metric.of):
            raise ValueError(f"{key} is the ratio of {metric.metric} to itself, which is always 1")
    if "errors" in given and "requests" in given and given["requests"].status:
        raise ValueError("errors has a metric, and requests a status that tells them: name one of both")
    if len(of := [key for key in ("cache_lookups", "cache_hits") if key in given]) == 1:
        raise ValueError(f"{of[0]} is a counter of its own, and the other of cache_lookups and cache_hits is none")
    whole = {**{key: Metric(metric=name) for key, name in SERIES.items()}, **given}
    if equal := [keys for keys in _by_what_counts(whole).values() if len(keys) > 1]:
        said = "; ".join(f"{' and '.join(keys)} are both read from {whole[keys[0]].metric}" for keys in equal)
        raise ValueError(f"{said}: they would never differ, so give each its own metric")
    return whole


def _by_what_counts(series: Mapping[str, Metric]) -> dict[object, list[str]]:
    """The series of each metric, by what of it counts. Two of one are always equal, so that nothing could fail: hits
    of lookups, paid of attempted."""
    found: dict[object, list[str]] = {}
    for key, metric in series.items():
        of = (metric.rate, _what_counts(metric.of) if metric.of else None)
        found.setdefault((_what_counts(metric), of), []).append(key)
    return found


def _what_counts(of: Selected) -> object:
    kept, dropped = (
        frozenset((label, frozenset(values)) for label, values in some.items()) for some in (of.keep, of.drop)
    )
    return of.family, kept, dropped


# Which metric each series of the catalogue is: what a release file says, and the catalogue's for all others.
Series = Annotated[
    dict[Annotated[str, AfterValidator(_known)], Metric],
    BeforeValidator(_with_its_metric),
    AfterValidator(_all_of_them),
]
