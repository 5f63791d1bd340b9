"""Traffic that cannot be the stage's: a stage left out, a share left elsewhere, more requests than were sent."""

from collections.abc import Sequence
from math import log, sqrt

from ramp.contradictions.counts import Latest, own_over
from ramp.observation import SLICES, NoEvidence, Span
from ramp.plan import Plan
from ramp.signals import REQUESTS, SPLIT_REQUESTS
from ramp.stage_view import StageView

# A share is left at another weight where its odds are within a quarter of that weight's, and a likelihood ratio of
# 10,000 says so. Requests come in groups of a user's: twenty count as one.
_ODDS_LOG, _LOG_RATIO, _OF_ONE_USER = 0.25, log(10_000), 20
_NEAR_RATIO = 0.1  # of the planned share: nothing to ask about
# Of a weight of 0 at most a twentieth of the planned share is seen; it is weighed against a hundredth.
_NONE_RATIO, _NONE_WEIGHT_RATIO = 1 / 20, 1 / 100


class Climb:
    """The way up: the stages in which the canary was seen, and the shares that it had."""

    def __init__(self, plan: Plan) -> None:
        self._stages = [stage.id for stage in plan.stages]
        self._seen: list[int] = []  # since the ramp last went down, in order
        self._pcts: list[int] = []
        self._at: str | None = None

    def look(self, view: StageView, latest: Latest) -> Sequence[int]:
        """Takes in one more look. The shares of the stages until now, in percent."""
        seen_here = latest.canary is not None and latest.canary.stage == view.moment.id
        if seen_here and self._at != view.moment.id:
            self._at, at = view.moment.id, self._stages.index(view.moment.id)
            self._seen = [*(seen for seen in self._seen if seen < at), at]
            self._pcts = [*self._pcts, view.moment.traffic_pct or 0]
        return self._pcts

    def left_out(self) -> str | None:
        """Which stages between the first and this one were not held."""
        if not self._seen:
            return None
        missing = [self._stages[at] for at in range(self._seen[0], self._seen[-1]) if at not in self._seen]
        if not missing:
            return None
        held = ", ".join(self._stages[at] for at in self._seen)
        return f"{' and '.join(missing)} left out: the canary was seen at {held} only"


def more_than_came(view: StageView) -> str | None:
    """More requests answered on the canary than the edge split to it and the suite sent: others are counted with it."""
    if SPLIT_REQUESTS not in view.recording.names("canary"):
        return None
    row, increase = view.plan.contradictions, view.recording.increase
    for span in (view.now, view.whole):
        try:
            answered, split = (increase("canary", name, span) for name in (REQUESTS, SPLIT_REQUESTS))
            own = own_over(view, "canary", span)
        except NoEvidence:
            continue
        came = max(split + own, 1.0)
        if answered > (1 + row.over_ratio_max) * came + row.over_sigmas * sqrt(came):
            return (
                f"the canary answered {answered:,.0f} requests in {span.minutes:.0f} min, and the edge sent it "
                f"{split:,.0f}, the suite {own:,.0f}: is it the canary's page, and are health probes left out?"
            )
    return None


def share_elsewhere(view: StageView, before: Sequence[int]) -> str | None:
    """Whether the canary's share of the stage, or of its last minutes, is another's: left at 0, at a stage's before (in
    percent), or control's own. The share that the edge split; where it counts none, of the requests answered without
    the suite's own."""
    if view.is_warming_up:
        return None
    said = (_elsewhere(view, span, before) for span in (view.warmed_up, view.now))
    return next(filter(None, said), None)


def _elsewhere(view: StageView, span: Span, before: Sequence[int]) -> str | None:
    pct = view.moment.traffic_pct or 0
    try:
        canary, control = requests_to_each(view, span)
    except NoEvidence:
        return None
    n, share, planned = canary + control, canary / max(canary + control, 1.0), min(pct / 100, 0.999)
    if n < view.plan.reading.samples_min or abs(share - planned) <= _NEAR_RATIO * planned:
        return None
    said = f"{canary:,.0f} of {n:,.0f} requests ({share:.2%}) were the canary's, planned {pct} %"
    lower = {stage.traffic_pct for stage in view.plan.stages if stage.traffic_pct and stage.traffic_pct < pct}
    for weight in sorted({0, *lower, *before} - {pct}):
        if _is_at(weight / 100, share, planned) and _proven(canary, control, weight / 100, planned):
            return f"{said}: was its share left at {weight} %?"
    if pct < 50 and _is_at(1 - planned, share, planned) and _proven(canary, control, 1 - planned, planned):
        return f"{said}: are the pages of canary and control exchanged?"
    return None


def requests_to_each(view: StageView, span: Span) -> tuple[float, float]:
    """How many requests came to canary and control by their share: those that the edge split; where it counts none,
    those answered without the suite's own. Raises NoEvidence, also where too many are the suite's own."""
    increase = view.recording.increase
    if edge_counts_split(view):
        return increase("canary", SPLIT_REQUESTS, span), increase("control", SPLIT_REQUESTS, span)
    answered = [increase(slice, REQUESTS, span) for slice in SLICES]
    own = [own_over(view, slice, span) for slice in SLICES]
    if sum(own) > sum(answered) / 10:  # what the cache answered of them is not known
        raise NoEvidence(
            f"the edge counts no split, and {sum(own):,.0f} of {sum(answered):,.0f} requests were the suite's own, so "
            "the canary's share of users is not known: let the edge count split_requests",
            SPLIT_REQUESTS,
        )
    canary, control = (max(of - of_suite, 0.0) for of, of_suite in zip(answered, own, strict=True))
    return canary, control


def edge_counts_split(view: StageView) -> bool:
    """Whether it ever did, on either slice."""
    return any(SPLIT_REQUESTS in view.recording.names(slice) for slice in SLICES)


def _is_at(weight: float, share: float, planned: float) -> bool:
    if weight <= 0:
        return share <= planned * _NONE_RATIO
    return 0 < share < 1 and abs(_log_odds(share) - _log_odds(min(weight, 0.999))) <= _ODDS_LOG


def _proven(canary: float, control: float, weight: float, planned: float) -> bool:
    weight = min(max(weight, planned * _NONE_WEIGHT_RATIO), 0.999)
    log_ratio = canary * log(weight / planned) + control * log((1 - weight) / (1 - planned))
    return log_ratio / _OF_ONE_USER >= _LOG_RATIO


def _log_odds(share: float) -> float:
    return log(share / (1 - share))
