"""A release that is over, read from a server that has kept its samples: at which stage it was, minute by minute."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from ramp.observation import Counter, Slice
from ramp.plan import Moment, Plan
from ramp.prometheus_rows import Prometheus
from ramp.release import Price
from ramp.validation import Invalid, Row, nearest, read_toml, typed


class FinishedRelease(Row):
    """What of a release file reading its history needs."""

    prometheus: Prometheus
    prices: dict[str, Price] = {}


class Minute(NamedTuple):
    """What was looked at, and when."""

    at: datetime
    stage: Moment


def parse(text: str, file: str) -> FinishedRelease:
    """`[real.prometheus]` and the prices in `text`, whatever else is there or missing. Raises Invalid."""
    table = read_toml(text, file)
    real = table.get("real")
    rows = real.get("prometheus") if isinstance(real, dict) else None
    if not isinstance(rows, dict):
        raise Invalid(
            file, ["has no [real.prometheus], and only a server that keeps samples can tell of a past release"]
        )
    try:
        return typed(FinishedRelease, {"prometheus": rows, "prices": table.get("prices", {})}, file)
    except Invalid as invalid:
        problems = [f"real.{one}" if one.startswith("prometheus") else one for one in invalid.problems]
        raise Invalid(file, problems) from None


def begun(plan: Plan, t0: datetime, told: Mapping[str, datetime]) -> dict[str, datetime]:
    """When each stage began: as `told`, or after it was held as long as the plan says. Raises Invalid for a stage that
    is none, and for times that do not rise."""
    ids = [stage.id for stage in plan.stages]
    for id in told:
        if id not in ids:
            raise Invalid("--began", [f"'{id}' is no stage.{nearest(id, ids)} Known: {', '.join(ids)}."])
    at = t0
    began: dict[str, datetime] = {}
    for stage in plan.stages:
        began[stage.id] = at = told.get(stage.id, at)
        at += timedelta(minutes=stage.hold_min or 0)
    times = list(began.values())
    if times != sorted(times) or times[0] != t0:
        said = ", ".join(f"{id} {each:%Y-%m-%dT%H:%MZ}" for id, each in began.items())
        raise Invalid("--began", [f"stages begin one after the other, the first at --from: {said}"])
    return began


def minutes(plan: Plan, began: Mapping[str, datetime], end: datetime) -> Iterator[Minute]:
    """Every look after T-0, the first of which is a look later."""
    look = timedelta(minutes=plan.reading.look_every_min)
    at = min(began.values()) + look
    while at <= end:
        yield Minute(at, next(stage for stage in reversed(plan.stages) if began[stage.id] < at))
        at += look


class OnTop:
    """Counters that go on from where other ones, or the same ones of other processes, had `reached`: what they had
    counted when the one followed on the other is no growth."""

    def __init__(self, reached: Mapping[Slice, Mapping[str, Counter]]) -> None:
        self._reached = reached
        self._shift: dict[tuple[Slice, str], Counter] = {}

    def counters(self, slice: Slice, now: Mapping[str, Counter]) -> dict[str, Counter]:
        """`now` on top of what had been reached. What each says when it is first seen here is where it goes on from:
        for what it had counted until then nobody knows."""
        for name, value in now.items():
            if (slice, name) not in self._shift:
                self._shift[slice, name] = _less(self._reached[slice].get(name, 0.0), value)
        return {name: _more(value, self._shift[slice, name]) for name, value in now.items()}


def _more(value: Counter, shift: Counter) -> Counter:
    if isinstance(value, dict):
        by = shift if isinstance(shift, dict) else {}
        return {label: count + by.get(label, 0.0) for label, count in value.items()}
    return value + (0.0 if isinstance(shift, dict) else shift)


def _less(value: Counter, base: Counter) -> Counter:
    if isinstance(base, dict):
        by = value if isinstance(value, dict) else {}
        return {label: by.get(label, 0.0) - base.get(label, 0.0) for label in {**by, **base}}
    return (0.0 if isinstance(value, dict) else value) - base
