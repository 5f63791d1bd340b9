"""What both slices have counted by now: requests that were answered, that the edge split, and the suite's own."""

from typing import NamedTuple

from ramp.frames import Frame
from ramp.histogram import INF
from ramp.observation import NoEvidence, Slice, Span
from ramp.signals import KEYED_REQUESTS, LATENCY_S, LOAD_S, REQUESTS, SYNTHETIC_RUNS
from ramp.stage_view import StageView


class Latest(NamedTuple):
    """The last that was seen of each slice, if anything."""

    canary: Frame | None
    control: Frame | None

    @classmethod
    def of(cls, view: StageView) -> "Latest":
        return cls._back(view, 1)

    @classmethod
    def before(cls, view: StageView) -> "Latest":
        """What was seen of each just before that."""
        return cls._back(view, 2)

    @classmethod
    def _back(cls, view: StageView, back: int) -> "Latest":
        canary, control = view.recording.frames("canary"), view.recording.frames("control")
        return cls(*(frames[-back] if len(frames) >= back else None for frames in (canary, control)))


def count(frame: Frame | None, name: str) -> float | None:
    """The counter `name` in `frame`; requests also by how many were timed."""
    if frame is None:
        return None
    value = frame.counters.get(name)
    if value is None and name == REQUESTS:
        value = frame.counters.get(LATENCY_S)
    return value.get(INF) if isinstance(value, dict) else value


def own(frame: Frame | None) -> float:
    """The requests that the suite has sent to the slice by its routing key, as far as that was recorded."""
    return count(frame, KEYED_REQUESTS) or count(frame, SYNTHETIC_RUNS) or 0.0


def own_over(view: StageView, slice: Slice, span: Span) -> float:
    """How many of them came over `span`. Raises NoEvidence where load was brought and it is not recorded how much."""
    names, increase = view.recording.names(slice), view.recording.increase
    if KEYED_REQUESTS in names:
        return increase(slice, KEYED_REQUESTS, span)
    if LOAD_S in view.recording.names("canary"):
        raise NoEvidence(f"it is not recorded how many requests the suite sent to {slice}", KEYED_REQUESTS)
    return increase(slice, SYNTHETIC_RUNS, span) if SYNTHETIC_RUNS in names else 0.0
