"""`[real.prometheus]`: a server with Prometheus' HTTP API, and what to ask it for each signal."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from ramp.access import Access
from ramp.forms import Url
from ramp.observation import SLICES, Slice
from ramp.promql import Selector, selectors_in
from ramp.signals import AI_REQUESTS, AI_TOKENS, LATENCY_S, OWN, SERIES, given_by
from ramp.slices_told import LabelName, SlicesTold
from ramp.validation import Row, nearest

PLACE = "{slice}"
KEYS = (*SERIES, *OWN)
GAUGES = tuple(key for key in SERIES if given_by(key)[0].kind == "gauge")
# What of a histogram is asked; a counter is asked by the name that it has.
_SUFFIXES = {LATENCY_S: ("_bucket", "_count"), AI_REQUESTS: ("_count",), AI_TOKENS: ("_sum",)}
# Of which whole each is a part. A part that selects no series is 0 where it is its whole with further matchers.
WHOLE = {"errors": "requests", "cache_hits": "cache_lookups", "payments_succeeded": "payments_attempted"}


def _known(key: str) -> str:
    if key not in KEYS:
        raise ValueError(f"there is no such signal.{nearest(key, KEYS)} Known here: {', '.join(sorted(KEYS))}")
    return key


def _without_query(url: str) -> str:
    if "?" in url or "#" in url:
        raise ValueError("should be where the server's API begins, such as http://prometheus:9090, without ? and #")
    return url


class Prometheus(Row):
    """`signals`: a selector for each counter and histogram, an expression that gives one number for each gauge. The
    labels `process` tell apart what is counted by one process, and begins anew with it."""

    url: Annotated[Url, AfterValidator(_without_query)]
    access: Access | None = None
    slices: SlicesTold = SlicesTold()
    process: Annotated[tuple[LabelName, ...], Field(min_length=1)] = (
        "job",
        "instance",
        "namespace",
        "pod",
        "container",
    )
    signals: Annotated[dict[Annotated[str, AfterValidator(_known)], str], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_can_be_asked(self) -> "Prometheus":
        problems = [f"signals.{key}: {why}" for key in self.signals if (why := self._wrong(key))]
        if not problems:
            problems = list(self._alike())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def counters(self) -> tuple[str, ...]:
        return tuple(key for key in self.signals if key not in GAUGES)

    @property
    def gauges(self) -> dict[str, str]:
        """The expression of each."""
        return {key: said for key, said in self.signals.items() if key in GAUGES}

    def selector(self, key: str, slice: Slice) -> Selector:
        """Of the series `key` of `slice`; of a histogram by its name without a suffix. Raises ValueError."""
        value = self.slices.value(slice)
        found = Selector.parse(self.signals[key].replace(PLACE, value))
        if PLACE not in self.signals[key]:
            if self.slices.label is None:
                raise ValueError(f"has no place {PLACE}, and slices names no label, so that both slices would be one")
            found = found.narrowed(self.slices.label, value)
        for suffix in ("_bucket", "_count", "_sum") if key in _SUFFIXES else ():
            found = Selector(found.metric.removesuffix(suffix), found.matchers)
        return found

    def query(self, key: str, slice: Slice, range_s: int) -> str:
        """For the raw samples of the last `range_s` seconds."""
        return self.selector(key, slice).samples(_SUFFIXES.get(key, ("",)), range_s)

    def name(self, key: str) -> str:
        """What the metric is called, without the suffix of a counter."""
        return self.selector(key, "canary").metric.removesuffix("_total") if key in self.counters else key

    def whole_of(self, key: str) -> str | None:
        """The signal of which `key` is a part by its selectors, so that nothing of it is none; None where it is not."""
        whole = WHOLE.get(key)
        if whole == "requests" and whole not in self.signals:
            whole = LATENCY_S
        if whole is None or whole not in self.signals:
            return None
        of = [(self.selector(key, slice), self.selector(whole, slice)) for slice in SLICES]
        if whole == LATENCY_S:
            of = [(part, Selector(all.metric + "_count", all.matchers)) for part, all in of]
        return whole if all(part != other and part.is_part_of(other) for part, other in of) else None

    def told_by(self, key: str, whole: str, slice: Slice) -> set[str]:
        """The labels by whose values a part is told from its `whole`."""
        further = set(self.selector(key, slice).matchers) - set(self.selector(whole, slice).matchers)
        return {label for label, _, _ in further}

    def _wrong(self, key: str) -> str | None:
        try:
            if key in GAUGES:
                selectors_in(self.signals[key])
            elif self.selector(key, "canary") == self.selector(key, "control"):
                return "is the same of canary and control"
        except ValueError as wrong:
            return str(wrong)
        return None

    def _alike(self) -> list[str]:
        """What two signals that read the same would never show."""
        first: dict[str, str] = {}
        said = []
        for key in self.signals:
            asked = self.query(key, "canary", 1) if key in self.counters else self.signals[key].strip()
            if (before := first.setdefault(asked, key)) != key:
                said.append(
                    f"signals: {before} and {key} are both read from {self.signals[key]}: they would never differ"
                )
        return said
