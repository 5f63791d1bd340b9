"""The canary's payments since T-10: in the placebo hour before it a share of control played the canary, and paid."""

from collections.abc import Mapping

from ramp.observation import NoEvidence
from ramp.signals import FRAUD_FLAGS, PAYMENTS_ATTEMPTED, PAYMENTS_DECLINED, PAYMENTS_SUCCEEDED
from ramp.stage_view import StageView

_PLAIN, _BY_RULE = (PAYMENTS_ATTEMPTED, PAYMENTS_SUCCEEDED), (PAYMENTS_DECLINED, FRAUD_FLAGS)


class SinceT10:
    """Counters of the canary without what they had come to by the end of the placebo hour. `begin` at the first look,
    while that can still be read."""

    def __init__(self) -> None:
        self._before: dict[str, float] | None = None
        self._before_by: dict[str, Mapping[str, float]] = {}

    def begin(self, view: StageView) -> None:
        if self._before is not None:
            return
        self._before = {}
        names, at = view.recording.names("canary"), view.placebo[-1].end if view.placebo else None
        if at is None:
            return
        for name in names.intersection(_PLAIN + _BY_RULE):
            try:
                if name in _PLAIN:
                    self._before[name] = view.recording.known_total("canary", name, at)
                else:
                    self._before_by[name] = view.recording.total_by("canary", name, at)
            except NoEvidence:
                continue  # nothing was counted by then, or nobody saw it: then it all counts

    def total(self, view: StageView, name: str) -> float:
        """Of which what it counted while it fell may be missing. Raises NoEvidence."""
        return view.recording.known_total("canary", name, view.as_of) - (self._before or {}).get(name, 0.0)

    def total_by(self, view: StageView, name: str) -> dict[str, float]:
        """Raises NoEvidence."""
        total, before = view.recording.total_by("canary", name, view.as_of), self._before_by.get(name, {})
        return {label: n - before.get(label, 0.0) for label, n in total.items()}
