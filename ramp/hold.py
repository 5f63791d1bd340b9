"""The hold of one stage as it was recorded: its looks, its windows and the control to compare with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from ramp.observation import NoEvidence, Observation, Recording, Slice, Span
from ramp.plan import Moment, Plan

Read = TypeVar("Read")


@dataclass(frozen=True, kw_only=True)
class Hold:
    """`recording` seen from `as_of`, at the stage `moment`, which may have been held before: the last time counts.

    Nobody looked just before `unbroken_from`, which is T-0 or, where the looks paused before the stage, its start.
    Made by `Hold.of`, which raises NoEvidence when the recording holds nothing of the canary at that stage, or ends too
    early.
    """

    plan: Plan
    moment: Moment
    recording: Recording
    as_of: datetime
    looks: tuple[datetime, ...]
    ramp_looks: tuple[datetime, ...]
    ramp_start: datetime
    unbroken_from: datetime
    start: datetime

    @classmethod
    def of(cls, plan: Plan, moment: Moment, recording: Recording, as_of: datetime) -> "Hold":
        stages = {stage.id for stage in plan.stages}
        seen = [o for o in recording.observations if o.slice == "canary" and o.stage in stages and o.at <= as_of]
        at_stage = _last_held(seen, moment.id)
        if not at_stage:
            raise NoEvidence(f"nothing of the canary was recorded at {moment.id}; was the stage observed?")
        fresh = timedelta(minutes=plan.reading.fresh_min)
        if as_of - at_stage[-1] > fresh:
            raise NoEvidence(f"the canary was last seen at {at_stage[-1]:%H:%M:%SZ}, too old at {as_of:%H:%M:%SZ}")
        looks = _spaced([o.at for o in seen], timedelta(minutes=plan.reading.look_every_min) / 2)
        start, ramp_start = _began(recording, at_stage[0], plan), _began(recording, seen[0].at, plan)
        return cls(
            plan=plan,
            moment=moment,
            recording=recording,
            as_of=at_stage[-1],
            looks=tuple(at for at in looks if at >= at_stage[0] and at > start),
            ramp_looks=tuple(at for at in looks if at > ramp_start),
            ramp_start=ramp_start,
            unbroken_from=start if start == at_stage[0] else ramp_start,
            start=start,
        )

    @property
    def held_min(self) -> float:
        return (self.as_of - self.start) / timedelta(minutes=1)

    def minute(self, at: datetime) -> float:
        """Minutes since the stage began."""
        return (at - self.start) / timedelta(minutes=1)

    def trailing(self, at: datetime) -> Span:
        """The window of a point estimate: the trailing minutes, never from before T-0 or a pause before the stage."""
        window = timedelta(minutes=self.plan.reading.window_min)
        earliest = self.unbroken_from if at > self.unbroken_from else self.ramp_start
        return Span(start=max(at - window, earliest), end=at)

    @property
    def now(self) -> Span:
        return self.trailing(self.as_of)

    @property
    def whole(self) -> Span:
        return Span(start=self.start, end=self.as_of)

    @property
    def since_t0(self) -> Span:
        return Span(start=self.ramp_start, end=self.as_of)

    @property
    def warmed_up(self) -> Span:
        """The stage without its first minutes, which give no evidence. Raises NoEvidence while they last."""
        start = self.start + timedelta(minutes=self.plan.reading.warm_up_min)
        if start >= self.as_of:
            raise NoEvidence(f"{self.moment.id} is {self.held_min:.1f} min old and still warming up")
        return Span(start=start, end=self.as_of)

    def of_control(self, read: Callable[[Slice, Span], Read], span: Span) -> Read:
        """What `read` says of control over `span`; once all traffic is the canary's, over the same time at the end
        of the stage before. Raises NoEvidence."""
        at_100 = self.moment.traffic_pct == 100 and span.end > self.start
        return read("control", self._last_seen(span) if at_100 else span)

    @property
    def control_age_min(self) -> float:
        """How old what `of_control` says of the present is: 0, but at 100 % since control was last seen. Raises
        NoEvidence."""
        at_100 = self.moment.traffic_pct == 100
        return (self.as_of - self._last_seen(self.now).end) / timedelta(minutes=1) if at_100 else 0.0

    def _last_seen(self, span: Span) -> Span:
        ids = [stage.id for stage in self.plan.stages]
        before = ids[ids.index(self.moment.id) - 1]
        seen = [o.at for o in self.recording.observations if o.slice == "control" and o.stage == before]
        if not seen:
            raise NoEvidence(
                f"at {self.moment.id} no control is left, and none was recorded at {before} to compare with"
            )
        length = min(span.end - span.start, seen[-1] - seen[0])
        return Span(start=seen[-1] - length, end=seen[-1])


def _last_held(seen: list[Observation], stage: str) -> list[datetime]:
    """When `stage` was seen, the last time that it was held."""
    ats: list[datetime] = []
    for observation in reversed(seen):
        if observation.stage == stage:
            ats.append(observation.at)
        elif ats:
            break
    return ats[::-1]


def _spaced(ats: list[datetime], least: timedelta) -> list[datetime]:
    """Looks at least `least` apart: two scrapes of one minute are one look."""
    kept: list[datetime] = []
    for at in ats:
        if not kept or at - kept[-1] >= least:
            kept.append(at)
    return kept


def _began(recording: Recording, first_seen: datetime, plan: Plan) -> datetime:
    """When the interval that ends at `first_seen` began: at the canary's observation before it, if that is one look
    away. After a gap nothing is known of the interval, so `first_seen` itself is where counting starts."""
    look = timedelta(minutes=plan.reading.look_every_min)
    earlier = [o.at for o in recording.observations if o.slice == "canary" and o.at < first_seen]
    return earlier[-1] if earlier and first_seen - earlier[-1] <= 1.5 * look else first_seen
