"""What requests came to, counted exactly: sums and fine histograms of latency, merged by addition alone."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, get_args

from ramp.observation import Malformed, NoEvidence

TICKS_PER_S = 10_000
# Boundaries of an observation's latency histogram: every 2.5 ms to 150 ms, which takes in 0.12 s, then wider.
BOUNDS_S = (
    *(round(0.0025 * step, 4) for step in range(1, 61)),
    *(0.175, 0.2, 0.225, 0.25, 0.275, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
    *(1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0),
)
FINE_BOUNDS_S = (*(round(0.0005 * step, 4) for step in range(1, 501)), *(bound for bound in BOUNDS_S if bound > 0.25))
# Boundaries of the generator's own lag, which is coarse: it is judged at one of them.
LAG_BOUNDS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

Ticks = dict[int, int]
Outcome = Literal["fine", "error", "wrong_slice", "no_answer"]
OUTCOMES = frozenset(get_args(Outcome))


def tick(latency_s: float) -> int:
    """The 0.1 ms step that holds `latency_s`, rounded up: a latency is at most 0.12 s exactly where its tick is at most
    1,200. A read-out is off by less than 0.1 ms at every quantile and any length."""
    return math.ceil(latency_s * TICKS_PER_S)


def quantile_s(ticks: Mapping[int, int], q: float) -> float:
    """The q-quantile in seconds by nearest rank, as the upper edge of its tick. Raises NoEvidence where nothing was
    timed."""
    rank, seen = math.ceil(q * sum(ticks.values())), 0
    for at in sorted(ticks):
        seen += ticks[at]
        if seen >= rank:
            return at / TICKS_PER_S
    raise NoEvidence("no request was timed")


def cumulative(ticks: Mapping[int, int], bounds_s: Iterable[float] = BOUNDS_S) -> dict[str, float]:
    """The histogram of the observation format: how many took at most each bound, exactly."""
    by_tick, buckets, seen = sorted(ticks.items(), reverse=True), {}, 0
    for bound_s in bounds_s:
        last = tick(bound_s)
        while by_tick and by_tick[-1][0] <= last:
            seen += by_tick.pop()[1]
        buckets[f"{bound_s:g}"] = float(seen)
    return buckets | {"+Inf": float(seen + sum(count for _, count in by_tick))}


@dataclass
class Tally:
    """Requests by what became of them, and their times in ticks. `service` is latency from when each was sent;
    `corrected` counts the wait before it too, where every connection was busy when the request was due; `lag` is how
    late the generator itself was, which is no latency. What got no answer is timed too, for leaving it out would hide
    a stall."""

    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    corrected: Ticks = field(default_factory=lambda: defaultdict(int))
    service: Ticks = field(default_factory=lambda: defaultdict(int))
    lag: Ticks = field(default_factory=lambda: defaultdict(int))

    def add(self, outcome: Outcome, corrected_s: float, service_s: float, lag_s: float) -> None:
        self.outcomes[outcome] += 1
        self.corrected[math.ceil(corrected_s * TICKS_PER_S)] += 1
        self.service[math.ceil(service_s * TICKS_PER_S)] += 1
        self.lag[math.ceil(lag_s * TICKS_PER_S)] += 1

    def merge(self, other: "Tally") -> None:
        """Adds what `other` counted: the order and grouping of merges make no difference."""
        for outcome, count in other.outcomes.items():
            self.outcomes[outcome] += count
        for mine, others in (
            (self.corrected, other.corrected),
            (self.service, other.service),
            (self.lag, other.lag),
        ):
            for at, count in others.items():
                mine[at] += count

    def count(self, outcome: Outcome) -> int:
        return self.outcomes.get(outcome, 0)

    @property
    def requests(self) -> int:
        return sum(self.outcomes.values())

    def record(self) -> dict[str, Any]:
        """As a JSON object; `Tally.from_record` reads it back."""
        return {"outcomes": self.outcomes, "corrected": self.corrected, "service": self.service, "lag": self.lag}

    @classmethod
    def from_record(cls, record: Any) -> Self:
        """Raises Malformed for anything but whole counts whose histograms hold one latency for each request."""
        try:
            outcomes = {name: whole(count) for name, count in record["outcomes"].items()}
            corrected, service, lag = (
                {int(at): whole(count) for at, count in record[name].items()}
                for name in ("corrected", "service", "lag")
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Malformed(f"holds no tally ({type(error).__name__}: {error})") from None
        timed = {sum(counts.values()) for counts in (outcomes, corrected, service, lag)}
        if outcomes.keys() - OUTCOMES or len(timed) > 1:
            raise Malformed(
                f"holds a tally that does not add up: outcomes {outcomes}, requests and timings {sorted(timed)}"
            )
        return cls(*(defaultdict(int, counts) for counts in (outcomes, corrected, service, lag)))


def whole(value: Any) -> int:
    """`value` as a count. Raises ValueError for anything but a whole number from 0 up."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{str(value)[:40]} is no count")
    return value
