"""`[real.series]`: which metric of the source each series of the catalogue is, and what of it does not count."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from ramp.answers import TELLING
from ramp.signals import SERIES
from ramp.validation import Row, nearest

# What tells a failure from a success: were it left out by that, no failure would be seen.
_TELLING = {"latency_s": TELLING, "cache": ("result",)}


def _metric(name: str) -> str:
    if not re.fullmatch(r"[a-zA-Z_:][\w:]*", name, re.ASCII):
        raise ValueError("should look like app_requests_total, the name of a metric")
    return name


def _label(name: str) -> str:
    if not re.fullmatch(r"[a-zA-Z_]\w*", name, re.ASCII) or name == "le":
        raise ValueError("should look like http_route, the name of a label")
    return name


def _several(given: Any) -> Any:
    """One value may stand for itself."""
    return (given,) if isinstance(given, str) else given


LabelName = Annotated[str, AfterValidator(_label)]
LabelValue = Annotated[str, Field(min_length=1)]


class Metric(Row):
    """A metric of the source, without the label sets that have one of the values `drop` of a label: health probes."""

    metric: Annotated[str, AfterValidator(_metric)]
    drop: dict[LabelName, Annotated[tuple[LabelValue, ...], BeforeValidator(_several), Field(min_length=1)]] = {}

    @property
    def family(self) -> str:
        """Its name without the suffix that counters have on a page."""
        return self.metric.removesuffix("_total")

    def counts(self, labels: Mapping[str, str]) -> bool:
        """Whether the label set is none of those that are left out."""
        return not any(labels.get(name) in values for name, values in self.drop.items())


def _with_its_metric(given: Any) -> Any:
    """`{key: "name"}` and `{key: {drop: …}}` as whole rows: where no metric is named, it is that of the catalogue."""
    if not isinstance(given, Mapping):
        return given
    whole: dict[Any, Any] = {}
    for key, row in given.items():
        if not isinstance(row, str | Mapping | Metric):
            raise ValueError(f"{key} should be the name of a metric, or a table with metric and drop")
        said = {"metric": row} if isinstance(row, str) else row
        whole[key] = {"metric": SERIES[key], **said} if isinstance(said, Mapping) and key in SERIES else said
    return whole


def _known(key: str) -> str:
    if key not in SERIES:
        raise ValueError(f"there is no such key.{nearest(key, SERIES)} Known here: {', '.join(sorted(SERIES))}")
    return key


def _all_of_them(given: dict[str, Metric]) -> dict[str, Metric]:
    for key, metric in given.items():
        if telling := [label for label in _TELLING.get(key, ()) if label in metric.drop]:
            raise ValueError(f"{key} drops by {telling[0]}, which tells failures: they would not be seen")
    whole = {key: given.get(key) or Metric(metric=name) for key, name in SERIES.items()}
    if equal := [keys for keys in _by_what_counts(whole).values() if len(keys) > 1]:
        said = "; ".join(f"{' and '.join(keys)} are both read from {whole[keys[0]].metric}" for keys in equal)
        raise ValueError(f"{said}: they would never differ, so give each its own metric")
    return whole


def _by_what_counts(series: Mapping[str, Metric]) -> dict[object, list[str]]:
    """The series of each metric, by what of it counts. Two of one are always equal, so that nothing could fail: hits
    of lookups, paid of attempted."""
    found: dict[object, list[str]] = {}
    for key, metric in series.items():
        dropped = frozenset((label, frozenset(values)) for label, values in metric.drop.items())
        found.setdefault((metric.family, dropped), []).append(key)
    return found


# Which metric each series of the catalogue is: what a release file says, and the catalogue's for all others.
Series = Annotated[
    dict[Annotated[str, AfterValidator(_known)], Metric],
    BeforeValidator(_with_its_metric),
    AfterValidator(_all_of_them),
]
