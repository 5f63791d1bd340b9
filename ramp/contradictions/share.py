"""A share of the traffic that cannot be the stage's: left at another weight, or control's own."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import log
from typing import NamedTuple

from ramp.contradictions.counts import Latest, count, own
from ramp.contradictions.traffic import more_than_came
from ramp.evidence import Split
from ramp.plan import Plan
from ramp.signals import KEYED_REQUESTS, LOAD_S, REQUESTS, SPLIT_REQUESTS
from ramp.stage_view import StageView

# A share is another's where its odds are within a quarter of that one's, below its stage's where they are less than
# half, and a likelihood ratio of 10,000 says so, as users are split.
_NEAR_LOG, _HALF_LOG, _LOG_RATIO = 0.25, log(2), log(10_000)
_PLANNED_RATIO = 0.1
_LEAST_RATIO, _MOST = 0.01, 0.999  # no share is weighed as nothing, or all


class _Share(NamedTuple):
    """What came to each slice, and the canary's share that the plan gives it."""

    split: Split
    planned: float

    @property
    def n(self) -> float:
        return self.split.canary + self.split.control

    @property
    def ratio(self) -> float:
        return self.split.canary / self.n

    @property
    def is_planned(self) -> bool:
        """Whether there is nothing to ask about."""
        return abs(self.ratio - self.planned) <= _PLANNED_RATIO * self.planned

    def odds_log(self, share: float) -> float:
        share = min(max(share, _LEAST_RATIO * self.planned), _MOST)
        return log(share / (1 - share))

    def is_at(self, share: float) -> bool:
        """Whether it is `share` rather than what is planned."""
        near = abs(self.odds_log(self.ratio) - self.odds_log(share)) <= _NEAR_LOG
        return near and self.is_rather(share, self.planned)

    def is_rather(self, share: float, other: float) -> bool:
        """Whether the likelihood ratio proves one share against another."""
        share, other = (min(max(each, _LEAST_RATIO * self.planned), _MOST) for each in (share, other))
        return self.split.log_ratio(share, other) >= _LOG_RATIO

    @property
    def is_below(self) -> bool:
        """Whether it is less than half of what is planned."""
        below = self.odds_log(self.ratio) < self.odds_log(self.planned) - _HALF_LOG
        return below and self.is_rather(self.ratio, self.planned)

    def words(self) -> str:
        said = f"{self.split.canary:,.0f} of {self.n:,.0f} requests ({self.ratio:.2%}) were the canary's"
        return f"{said}, planned {100 * self.planned:.3g} %"


def share_left(view: StageView, shares: Sequence[_Share], before: Sequence[int]) -> str | None:
    """Whether the canary's share is below the stage's, or still that of a stage before, which had so many percent."""
    for share in shares:
        if share.is_planned:
            continue
        lower = [stage.traffic_pct for stage in view.plan.stages if stage.traffic_pct]
        weights = [pct for pct in sorted({0, *lower, *before}) if pct / 100 < share.planned or pct in before]
        left_at = next((pct for pct in weights if pct != view.moment.traffic_pct and share.is_at(pct / 100)), None)
        if left_at is not None:
            return f"{share.words()}: was its share left at {left_at} %?"
        if share.is_below:
            return f"{share.words()}: its share never came to that"
    return None


class OtherPage:
    """Whether the canary's page is control's: by the share that it has, or since more was answered than was sent to it.
    Where the slices are equal nothing tells, so that it stands until a look at a smaller share finds otherwise."""

    def __init__(self) -> None:
        self._found: str | None = None

    def look(self, view: StageView, latest: Latest, shares: Sequence[_Share]) -> str | None:
        found = more_than_came(view, latest) or _exchanged(shares)
        if found:
            self._found = f"at {view.moment.id} {found}"
        elif self._found and any(share.is_rather(share.planned, 1 - share.planned) for share in shares):
            self._found = None
        return found or self._found


def _exchanged(shares: Sequence[_Share]) -> str | None:
    for share in shares:
        if share.planned < 0.5 and not share.is_planned and share.is_at(1 - share.planned):
            return f"{share.words()}: are the pages of canary and control exchanged?"
    return None


class _Point(NamedTuple):
    """What had come to both slices by then: split by the edge, or answered without the suite's own."""

    at: datetime
    canary: float
    control: float
    own: float


class Shares:
    """The canary's share of the stage after its first minutes, and of its last ones, wherever enough came to tell. What
    was answered tells nothing where more than a tenth was the suite's own, for what a cache keeps of that is not known.
    """

    def __init__(self, plan: Plan) -> None:
        self._fresh = timedelta(minutes=plan.reading.fresh_min)
        self._window = timedelta(minutes=plan.reading.window_min)
        self._start: datetime | None = None
        self._first: _Point | None = None
        self._last: deque[_Point] = deque()
        self._is_split = False

    def look(self, view: StageView, latest: Latest) -> list[_Share]:
        point = self._point(view, latest)
        if view.start != self._start:
            self._start, self._first = view.start, None
            self._last.clear()
        if point is None:
            return []
        if self._first is None or view.is_warming_up:
            self._first = point
            return []
        window = view.as_of - self._window
        self._last.append(point)
        while len(self._last) > 1 and self._last[1].at <= window:
            self._last.popleft()
        found = (_between(view, before, point) for before in (self._first, self._last[0]))
        return [share for share in found if share]

    def _point(self, view: StageView, latest: Latest) -> _Point | None:
        canary, control = latest
        if canary is None or control is None:
            return None
        if view.as_of - canary.at > self._fresh or view.as_of - control.at > self._fresh:
            return None
        self._is_split = self._is_split or SPLIT_REQUESTS in canary.counters or SPLIT_REQUESTS in control.counters
        name = SPLIT_REQUESTS if self._is_split else REQUESTS
        to_canary, to_control = count(canary, name), count(control, name)
        if to_canary is None or to_control is None:
            return None
        if self._is_split:
            return _Point(view.as_of, to_canary, to_control, 0.0)
        if LOAD_S in canary.counters and KEYED_REQUESTS not in canary.counters:
            return None
        own_canary, own_control = own(canary), own(control)
        return _Point(view.as_of, to_canary - own_canary, to_control - own_control, own_canary + own_control)


def _between(view: StageView, before: _Point, now: _Point) -> _Share | None:
    canary, control = max(now.canary - before.canary, 0.0), max(now.control - before.control, 0.0)
    suites = now.own - before.own
    if canary + control < view.plan.reading.samples_min or suites > (canary + control + suites) / 10:
        return None
    planned = min((view.moment.traffic_pct or 0) / 100, _MOST)
    return _Share(Split(canary, control, view.plan.split.requests_a_user), planned)
