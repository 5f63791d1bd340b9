"""The hour before T-0 in which a share of control played the canary: the minutes that compare two equal slices."""

from collections import deque
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from ramp.observation import Span
from ramp.plan import Plan
from ramp.recording import Recording

PLACEBO = "placebo"


class SeesHour(Protocol):
    """What shows the placebo hour: a stage's view, or a recording that has no stage yet."""

    @property
    def plan(self) -> Plan: ...
    @property
    def recording(self) -> Recording: ...
    @property
    def placebo(self) -> tuple[Span, ...]: ...


class Hour(NamedTuple):
    """The minutes `placebo` of a recording, by themselves."""

    plan: Plan
    recording: Recording
    placebo: tuple[Span, ...]


class PlaceboHour:
    """Its minutes, of one look each, the last `placebo_min_max` of them."""

    def __init__(self, plan: Plan) -> None:
        self._look = timedelta(minutes=plan.reading.look_every_min)
        self._longest = timedelta(minutes=plan.evidence.placebo_min_max)
        self._oldest = timedelta(minutes=plan.evidence.placebo_age_min_max)
        self._from: datetime | None = None
        self._minutes: deque[Span] = deque()

    def follow(self, at: datetime, seen_at: datetime | None) -> None:
        """The canary was seen in it `at`, and before that `seen_at`, wherever that was."""
        if seen_at is None or at - seen_at > 1.5 * self._look:
            self._from = at
        elif at - (self._from or at) >= self._look / 2:
            self._minutes.append(Span(start=self._from or at, end=at))
            self._from = at
        while self._minutes and at - self._minutes[0].start > self._longest:
            self._minutes.popleft()

    def forget_stale(self, ramp_start: datetime) -> None:
        """What two slices differed by days before T-0 says little of how they differ since."""
        self._minutes = deque(span for span in self._minutes if span.end >= ramp_start - self._oldest)

    def minutes(self) -> tuple[Span, ...]:
        return tuple(self._minutes)


def placebo_of(plan: Plan, recording: Recording) -> tuple[Span, ...]:
    """The minutes of the placebo hour in `recording`."""
    hour, seen_at = PlaceboHour(plan), None
    for frame in recording.frames("canary"):
        if frame.stage == PLACEBO:
            hour.follow(frame.at, seen_at)
            seen_at = frame.at
    return hour.minutes()
