"""A share of the traffic that cannot be the stage's: left at another weight, or control's own."""

from collections.abc import Sequence
from math import log
from typing import NamedTuple

from ramp.contradictions.traffic import more_than_came, requests_to_each
from ramp.observation import NoEvidence, Span
from ramp.stage_view import StageView

# A share is another's where its odds are within a quarter of that one's, below its stage's where they are less than
# half, and a likelihood ratio of 10,000 says so. Requests come in groups of a user's: twenty count as one.
_NEAR_LOG, _HALF_LOG, _LOG_RATIO, _OF_ONE_USER = 0.25, log(2), log(10_000), 20
_LEAST_RATIO, _MOST = 0.01, 0.999  # no share is weighed as nothing, or all


class _Share(NamedTuple):
    """The requests that came to each slice, and the canary's share that the plan gives it."""

    canary: float
    control: float
    planned: float

    @property
    def ratio(self) -> float:
        return self.canary / (self.canary + self.control)

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
        log_ratio = self.canary * log(share / other) + self.control * log((1 - share) / (1 - other))
        return log_ratio / _OF_ONE_USER >= _LOG_RATIO

    @property
    def is_below(self) -> bool:
        """Whether it is less than half of what is planned."""
        below = self.odds_log(self.ratio) < self.odds_log(self.planned) - _HALF_LOG
        return below and self.is_rather(self.ratio, self.planned)

    def words(self) -> str:
        n, planned_pct = self.canary + self.control, f"{100 * self.planned:.3g} %"
        return f"{self.canary:,.0f} of {n:,.0f} requests ({self.ratio:.2%}) were the canary's, planned {planned_pct}"


def share_left(view: StageView, before: Sequence[int]) -> str | None:
    """Whether the canary's share, over the stage or its last minutes, is below the stage's, or still that of a stage
    before, which had so many percent."""
    for share in _shares(view):
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

    def look(self, view: StageView) -> str | None:
        found = more_than_came(view) or self._exchanged(view)
        if found:
            self._found = f"at {view.moment.id} {found}"
        elif self._found and any(share.is_rather(share.planned, 1 - share.planned) for share in _shares(view)):
            self._found = None
        return found or self._found

    def _exchanged(self, view: StageView) -> str | None:
        for share in _shares(view):
            if share.planned < 0.5 and share.is_at(1 - share.planned):
                return f"{share.words()}: are the pages of canary and control exchanged?"
        return None


def _shares(view: StageView) -> list[_Share]:
    """Of the stage after its first minutes, and of its last ones; only where enough came."""
    if view.is_warming_up:
        return []
    found, planned, warm = [], min((view.moment.traffic_pct or 0) / 100, _MOST), view.warmed_up
    for span in (warm, Span(start=max(view.now.start, warm.start), end=view.as_of)):
        share = _share(view, span, planned)
        if share and share.canary + share.control >= view.plan.reading.samples_min:
            found.append(share)
    return found


def _share(view: StageView, span: Span, planned: float) -> _Share | None:
    try:
        return _Share(*requests_to_each(view, span), planned)
    except NoEvidence:
        return None
