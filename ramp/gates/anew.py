"""Cumulative counts that a gate judges since the release began: each stage must have counted something new."""

from datetime import datetime

from ramp.gates.judging import Light
from ramp.observation import NoEvidence
from ramp.stage_view import StageView
from ramp.verdict import Colour


class CountedAnew:
    """Whether the canary's counter `name` grew in the stage: what was counted before it proves nothing of it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._total: float | None = None
        self._grew_at: datetime | None = None

    def idle_since(self, view: StageView, total: float) -> datetime | None:
        """When the counter, which is at `total` now, was last seen to grow, or first seen at all, where nothing was
        counted in the stage of `view`; else None. Asked at each look that sees it."""
        if self._grew_at is None or self._total is None or total > self._total:
            self._grew_at = view.as_of
        self._total = total
        return None if self._grew(view) else self._grew_at

    def _grew(self, view: StageView) -> bool:
        try:
            return view.recording.increase("canary", self._name, view.whole) > 0
        except NoEvidence:
            return False


def idle(view: StageView, light: Light, since: datetime | None) -> Light:
    """`light`, but for a GREEN of a stage in which nothing was counted: YELLOW, and NO DATA from the plan's
    `anew_from_pct` on."""
    if since is None or light.colour is not Colour.GREEN:
        return light
    due = (view.moment.traffic_pct or 0) >= view.plan.reading.anew_from_pct
    return Light(Colour.NO_DATA if due else Colour.YELLOW)
