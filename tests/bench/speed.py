"""What a replay costs: CPU time of one recorded ramp, and memory as a stream grows long."""

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from fixtures.sources import recording
from ramp.observation import Counter, Observation
from ramp.plan import Plan
from ramp.replay import replay
from tests.bench.peers import GATES
from tests.bench.ramps import HEALTHY, MINUTES, STAGES, observations, simulate

TIMES = 25
LENGTHS = (1, 10, 100)


@dataclass(frozen=True)
class Spent:
    """CPU milliseconds of a replay, and the peak of its memory in kB by the stream's length in ramps."""

    median_ms: float
    least_ms: float
    peak_kb: dict[int, float]

    def told(self) -> str:
        peaks = ", ".join(f"{peak:,.0f} kB ({times} x)" for times, peak in self.peak_kb.items())
        return (
            f"To read and judge the JSON lines of a {MINUTES}-minute ramp with its placebo hour takes "
            f"{self.median_ms:.0f} ms of CPU (median of {TIMES}; least {self.least_ms:.0f} ms). Streams that go on at "
            f"50 % until they are 1, 10 and 100 ramps long need at most so much memory: {peaks}."
        )

    def record(self) -> dict[str, Any]:
        return asdict(self)


def measure(plan: Plan, progress: Callable[[str], None]) -> Spent:
    progress("measuring what a replay costs")
    ramp = list(observations(simulate("noisy", HEALTHY, 1, seed=0), 0))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "ramp.jsonl"
        recording.append(file, *ramp)
        spent_ms = [_cpu_ms(plan, file) for _ in range(TIMES + 1)][1:]  # the first fills caches
    return Spent(median(spent_ms), min(spent_ms), {times: _peak_kb(plan, ramp, times) for times in LENGTHS})


def _cpu_ms(plan: Plan, file: Path) -> float:
    began = time.process_time()
    outcome = replay(plan, (observation for _, observation in recording.observations(file)), GATES)
    spent = time.process_time() - began
    if outcome.problem:
        raise ValueError(f"the ramp was not judged to its end: {outcome.problem}")
    return 1000 * spent


def _peak_kb(plan: Plan, ramp: list[Observation], times: int) -> float:
    gc.collect()
    tracemalloc.start()
    outcome = replay(plan, _held(ramp, times * MINUTES), GATES)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if outcome.problem:
        raise ValueError(f"the stream was not judged to its end: {outcome.problem}")
    return peak / 1000


def _held(ramp: list[Observation], minutes: int) -> Iterator[Observation]:
    """`ramp`, what its last stage added being added again and again until so many minutes after T-0."""
    hold = 2 * STAGES[-1].minutes  # observations, of both slices in turn
    tail, ends = ramp[-hold:], list(zip(ramp[-hold - 2 : -hold], ramp[-2:], strict=True))
    yield from ramp
    for step in range(2 * (minutes - MINUTES)):
        laps = 1 + step // hold
        seen, (before, after) = tail[step % hold], (end.counters for end in ends[step % 2])
        counters = {name: _later(value, before[name], after[name], laps) for name, value in seen.counters.items()}
        yield replace(seen, at=seen.at + laps * timedelta(minutes=STAGES[-1].minutes), counters=counters)


def _later(value: Counter, before: Any, after: Any, laps: int) -> Any:
    if isinstance(value, dict):
        return {label: _later(count, before[label], after[label], laps) for label, count in value.items()}
    return value + laps * (after - before)
