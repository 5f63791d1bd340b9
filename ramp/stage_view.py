"""One stage as it is seen at one look: its windows, the placebo hour before it and the control to compare with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from math import inf
from typing import TypeVar

from ramp.frames import Frame
from ramp.held_again import HeldAgain
from ramp.observation import SLICES, NoEvidence, Slice, Span
from ramp.placebo_hour import PLACEBO, PlaceboHour
from ramp.plan import Moment, Plan
from ramp.recording import Recording
from ramp.whose_page import Moved

Read = TypeVar("Read")


@dataclass(frozen=True, kw_only=True, slots=True)
class StageView:
    """`recording` as a look at `as_of` sees it, in the stage `moment`; of a stage held twice the last time counts.

    `start` is when it was last held from, `entered` when it was reached: what fired since then is not forgotten where
    evidence begins anew, which in this ramp it did at the instants `anew`. Nobody looked just before `unbroken_from`,
    which is T-0 or, where the looks paused, the start of the first stage after that. `now` is the window of a
    point estimate. `control_before` is when control was seen at the stage before, `placebo` the minutes of the hour
    before T-0 in which a share of control played the canary, `moved` what requests of the suite's own moved before T-0.
    """

    plan: Plan
    moment: Moment
    recording: Recording
    as_of: datetime
    now: Span
    start: datetime
    entered: datetime
    ramp_start: datetime
    unbroken_from: datetime
    control_before: Span | None
    placebo: tuple[Span, ...]
    anew: tuple[datetime, ...]
    moved: Moved

    @property
    def held_min(self) -> float:
        return (self.as_of - self.start) / timedelta(minutes=1)

    @property
    def is_over(self) -> bool:
        """Whether the stage was held for as long as the plan says, give or take half a look."""
        return self.held_min >= (self.moment.hold_min or 0) - self.plan.reading.look_every_min / 2

    def minute(self, at: datetime) -> float:
        """Minutes since the stage began."""
        return (at - self.start) / timedelta(minutes=1)

    @property
    def has_whole_window(self) -> bool:
        """Whether the window of a point estimate is as long as the plan says, give or take half a look."""
        row = self.plan.reading
        return self.now.minutes >= row.window_min - row.look_every_min / 2

    @property
    def is_first_stage(self) -> bool:
        return self.moment.id == self.plan.stages[0].id

    @property
    def whole(self) -> Span:
        return Span(start=self.start, end=self.as_of)

    @property
    def since_t0(self) -> Span:
        return Span(start=self.ramp_start, end=self.as_of)

    @property
    def is_warming_up(self) -> bool:
        """Whether these are the first minutes of the stage, which give no evidence."""
        return self.start + timedelta(minutes=self.plan.reading.warm_up_min) >= self.as_of

    @property
    def nats_max(self) -> float:
        """What a bet may win in this minute at most: little while a later stage settles, for caches fill then."""
        settles = not self.is_first_stage and self.held_min <= self.plan.reading.settling_min
        return self.plan.noise.settling_nats_max if settles else inf

    @property
    def warmed_up(self) -> Span:
        """The stage without its first minutes, which give no evidence. Raises NoEvidence while they last."""
        if self.is_warming_up:
            raise NoEvidence(f"{self.moment.id} is {self.held_min:.1f} min old and still warming up")
        return Span(start=self.start + timedelta(minutes=self.plan.reading.warm_up_min), end=self.as_of)

    @property
    def read_for_ever(self) -> tuple[datetime, ...]:
        """The instants that looks read from however long this stage lasts: where it began, and control was last seen
        before it."""
        row, seen = self.plan.reading, self.control_before
        began = (self.ramp_start, self.start, self.start + timedelta(minutes=row.warm_up_min))
        return (*began, seen.start, seen.end - timedelta(minutes=row.window_min), seen.end) if seen else began

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
        seen = self.control_before
        if seen is None:
            ids = [stage.id for stage in self.plan.stages]
            raise NoEvidence(
                f"at {self.moment.id} no control is left, and none was recorded at "
                f"{ids[ids.index(self.moment.id) - 1]} to compare with"
            )
        return Span(start=seen.end - min(span.end - span.start, seen.end - seen.start), end=seen.end)


class Ramp:
    """Follows a recording frame by frame and knows T-0, the stage and the looks."""

    def __init__(self, plan: Plan, recording: Recording) -> None:
        self._plan = plan
        self._recording = recording
        self._look = timedelta(minutes=plan.reading.look_every_min)
        self._stages = {stage.id: stage for stage in plan.stages}
        self._before = dict(zip(list(self._stages)[1:], self._stages, strict=False))
        self._fresh = timedelta(minutes=plan.reading.fresh_min)
        self._seen_at: datetime | None = None  # the canary
        self._control_from: datetime | None = None
        self._control_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._saw_canary = True  # at the last look
        self._stage = ""
        self._start = self._entered = self._ramp_start = self._unbroken_from = datetime.min.replace(tzinfo=UTC)
        self._control: dict[str, Span] = {}
        self._placebo = PlaceboHour(plan)
        self._again = HeldAgain(plan.evidence.anew_max)
        self._moved = Moved(plan)

    def views_until(self, as_of: datetime) -> "list[StageView]":
        """Every look of the recording until `as_of`."""
        both = merge(*(self._frames(slice) for slice in reversed(SLICES)), key=lambda one: one[1].at)
        followed = (self.follow(slice, frame) for slice, frame in both if frame.at <= as_of)
        return list({view.as_of: view for view in followed if view}.values())

    def _frames(self, slice: Slice) -> Iterator[tuple[Slice, Frame]]:
        return ((slice, frame) for frame in self._recording.frames(slice))

    def follow(self, slice: Slice, frame: Frame) -> StageView | None:
        """The view at `frame`, if it is a look of its own in a stage: two scrapes of one minute are one look, and T-0
        itself is none. Looks follow the canary's clock, and control's once the canary was not seen for so long that
        what was seen of it is no longer fresh. A look at the canary stands for one of control's at the same instant."""
        if not self._stage and frame.stage not in self._stages and frame.stage != PLACEBO:
            self._moved.follow(slice, frame)
        if slice == "control":
            return self._follow_control(frame)
        view = None
        if frame.stage in self._stages:
            soon = self._looked_at is not None and frame.at - self._looked_at < self._look / 2
            view = self._view(frame, looks=not soon or not self._saw_canary)
            self._saw_canary = True
        elif frame.stage == PLACEBO:
            self._placebo.follow(frame.at, self._seen_at)
        self._seen_at = frame.at
        return view

    def _follow_control(self, frame: Frame) -> StageView | None:
        known = self._control.get(frame.stage)
        self._control[frame.stage] = Span(start=known.start if known else frame.at, end=frame.at)
        self._control_from = self._control_from or frame.at
        view = None
        unseen = frame.at - (self._seen_at or self._control_from)
        if unseen > self._fresh and frame.stage in self._stages:
            soon = self._looked_at is not None and frame.at - self._looked_at < self._look / 2
            view = self._view(frame, looks=not soon)
            self._saw_canary = False
        self._control_at = frame.at
        return view

    def _view(self, frame: Frame, *, looks: bool) -> StageView | None:
        began = self._began(frame.at)
        if not self._stage:
            self._ramp_start = self._unbroken_from = began
            self._placebo.forget_stale(began)
        anew = self._again.begins(frame)
        if frame.stage != self._stage:
            self._stage, self._entered = frame.stage, began
            self._begin(began, frame.at)
        elif anew:
            self._begin(began, frame.at)
        if not looks:
            return None
        self._looked_at = frame.at
        if frame.at == self._ramp_start:
            return None
        return StageView(
            plan=self._plan,
            moment=self._stages[frame.stage],
            recording=self._recording,
            as_of=frame.at,
            now=self._window(frame.at),
            start=self._start,
            entered=self._entered,
            ramp_start=self._ramp_start,
            unbroken_from=self._unbroken_from,
            control_before=self._control.get(self._before.get(frame.stage, "")),
            placebo=self._placebo.minutes(),
            anew=self._again.anew,
            moved=self._moved,
        )

    def _begin(self, began: datetime, at: datetime) -> None:
        self._start = began
        if began == at:
            self._unbroken_from = began

    def _window(self, at: datetime) -> Span:
        """The trailing minutes, never from before T-0 or a pause before the stage."""
        earliest = self._unbroken_from if at > self._unbroken_from else self._ramp_start
        return Span(start=max(at - timedelta(minutes=self._plan.reading.window_min), earliest), end=at)

    def _began(self, at: datetime) -> datetime:
        """When the interval that ends at `at` began: at the observation before it, the canary's or else control's, if
        that is one look away. After a gap nothing is known of the interval, so `at` itself is where counting starts.
        The first observation of all ends an interval of one look."""
        before = [seen for seen in (self._seen_at, self._control_at) if seen is not None and seen < at]
        after_a_gap = at if self._seen_at else at - self._look
        return next((seen for seen in before if at - seen <= 1.5 * self._look), after_a_gap)
