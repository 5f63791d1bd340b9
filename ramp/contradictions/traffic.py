"""The traffic of both slices: what came to each, the stages that it went through, and more than can have come."""

from collections.abc import Sequence
from datetime import timedelta
from math import sqrt

from ramp.contradictions.counts import Latest, own_over
from ramp.observation import SLICES, NoEvidence, Span
from ramp.plan import Plan
from ramp.signals import REQUESTS, SPLIT_REQUESTS
from ramp.stage_view import StageView


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


def more_than_came(view: StageView, latest: Latest) -> str | None:
    """More requests answered on the canary than the edge split to it and the suite sent: others are counted with it."""
    if latest.canary is None or SPLIT_REQUESTS not in latest.canary.counters:
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


def requests_to_each(view: StageView, span: Span) -> tuple[float, float]:
    """How many requests came to canary and control by their share: those that the edge split; where it counts none,
    those answered without the suite's own. Raises NoEvidence, also where too many are the suite's own."""
    increase, is_split = view.recording.increase, edge_counts_split(view)
    apart = timedelta(minutes=view.plan.reading.look_every_min / 2)
    span = view.recording.together(SPLIT_REQUESTS if is_split else REQUESTS, span, apart)
    if is_split:
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
