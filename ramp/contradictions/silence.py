"""A canary to which no new request comes, for longer than chance explains."""

from collections import deque
from datetime import datetime, timedelta
from math import log, log1p

from ramp.contradictions.counts import Latest, count, own
from ramp.observation import NoEvidence, Slice, Span
from ramp.signals import REQUESTS, SPLIT_REQUESTS
from ramp.stage_view import StageView

_LOOKS = 6  # that tell at what rate requests came
_AS_LONG = 2  # a silence of twice one that ended may end too
_MINUTE = timedelta(minutes=1)


class Silence:
    """Whether the canary's count stands still though control's goes on, or control's though it came steadily before. Of
    requests, and where the edge counts them of requests split: the suite's own go on when nobody else's come."""

    def __init__(self) -> None:
        self._still = _Still(REQUESTS), _Still(SPLIT_REQUESTS)
        self._stopped = _Stopped()

    def look(self, view: StageView, latest: Latest) -> str | None:
        said = [still.look(view, latest) for still in self._still]
        stopped = self._stopped.look(view, latest)
        return said[0] or said[1] or stopped


class _Still:
    """One counter of both slices. A request comes to the canary with its share p, so that none of n is (1 - p)^n
    likely. Where users send several each it is more so, at most (1 - p)^(n / D) where they send D: that counts where a
    silence that was seen and ended shows them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._canary: float | None = None  # when it was last seen to grow, at `_since`
        self._since: datetime | None = None
        self._control = self._control_before = 0.0  # of users: then, or since the share is what it is; at the last look
        self._start: datetime | None = None
        self._nats = self._longest_nats = 0.0  # -log likelihood of this silence, and of the least likely that ended

    def look(self, view: StageView, latest: Latest) -> str | None:
        canary = count(latest.canary, self._name)
        if canary is None:
            return None
        control = count(latest.control, self._name) or 0.0
        if self._name == REQUESTS:
            control -= own(latest.control)
        before, self._control_before = self._control_before, control
        if self._canary is None or self._since is None or canary > self._canary:
            self._canary, self._since, self._control, self._start = canary, view.as_of, control, view.start
            self._nats, self._longest_nats = 0.0, max(self._nats, self._longest_nats)
            return None
        if view.start != self._start:
            self._start, self._control = view.start, before
        n = self._of_control(view, control)
        share = (view.moment.traffic_pct or 0) / 100
        nats, bar = n if share == 1 else -n * log1p(-share), -log(view.plan.contradictions.silence_probability)
        if latest.canary is not None and latest.canary.at == view.as_of:
            self._nats = nats
        ends = nats <= _AS_LONG * self._longest_nats and nats <= bar * view.plan.split.requests_a_user
        if nats <= bar or ends:
            return None
        return (
            f"no new request of the canary was counted since {self._since:%H:%MZ}, while {n:,.0f} came to control: "
            f"at {view.moment.traffic_pct} % that is less likely than 1 in "
            f"{1 / view.plan.contradictions.silence_probability:,.0f}"
        )

    def _of_control(self, view: StageView, control: float) -> float:
        """Control's requests in that time; at 100 %, where it is gone, those in as much time at the end of the stage
        before, which are no more than the canary would have now."""
        if view.moment.traffic_pct != 100:
            return control - self._control

        def grown(slice: Slice, span: Span) -> float:
            return view.recording.increase(slice, self._name, span)

        try:
            return view.of_control(grown, Span(start=max(self._since or view.start, view.start), end=view.as_of))
        except NoEvidence:
            return 0.0


class _Stopped:
    """Control's requests. At the rate of the looks before, r come in that time, so that none is exp(-r) likely: the
    page tells an earlier time, or nobody can come at all."""

    def __init__(self) -> None:
        self._grew: deque[tuple[datetime, float]] = deque(maxlen=_LOOKS)

    def look(self, view: StageView, latest: Latest) -> str | None:
        control = count(latest.control, REQUESTS)
        if control is None or view.moment.traffic_pct == 100:
            return None
        if not self._grew or control > self._grew[-1][1]:
            self._grew.append((view.as_of, control))
            return None
        (first_at, first), (last_at, last) = self._grew[0], self._grew[-1]
        if first_at == last_at:
            return None
        per_min = (last - first) / ((last_at - first_at) / _MINUTE)
        if per_min * ((view.as_of - last_at) / _MINUTE) <= -log(view.plan.contradictions.silence_probability):
            return None
        return (
            f"no new request of control was counted since {last_at:%H:%MZ}, where {per_min:,.0f} a minute came before"
        )
