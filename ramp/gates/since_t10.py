"""The canary's payments since T-10: in the placebo hour before it a share of control played the canary, and paid."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from ramp.gates.judging import seen_or_why
from ramp.observation import NoEvidence
from ramp.signals import FRAUD_FLAGS, PAYMENTS_ATTEMPTED, PAYMENTS_DECLINED, PAYMENTS_SUCCEEDED
from ramp.stage_view import StageView

_PLAIN, _BY_RULE = (PAYMENTS_ATTEMPTED, PAYMENTS_SUCCEEDED), frozenset((PAYMENTS_DECLINED, FRAUD_FLAGS))


class SinceT10:
    """Counters of the canary without what they had come to by the end of the placebo hour, all as of one instant: what
    was declined before that would hide what failed since. Told of each look before it is asked of it.

    A counter of declines that is first seen later may hold earlier ones. Of what it says then, no more counts than did
    not succeed since the look before. Of what nobody saw come between that hour and the first look, `unsure` payments
    may be control's.
    """

    def __init__(self) -> None:
        self._unsure: float | None = 0.0
        self._before: Mapping[str, float] | None = None
        self._before_by: dict[str, Mapping[str, float]] = {}
        self._unpaid = 0.0

    def look(self, view: StageView) -> None:
        if self._before is None:
            self._begin(view)
        for name in view.recording.names("canary").intersection(_BY_RULE) - self._before_by.keys():
            total = seen_or_why(view.recording.known_total_by, "canary", name, view.as_of)
            if not isinstance(total, NoEvidence):
                self._before_by[name] = self._earlier(view, total) if name == PAYMENTS_DECLINED else {}
        if self._unsure is None:
            tried = seen_or_why(self.total, view, PAYMENTS_ATTEMPTED)
            self._unsure = None if isinstance(tried, NoEvidence) else tried
        if PAYMENTS_DECLINED not in self._before_by:
            unpaid = seen_or_why(self._not_succeeded, view)
            self._unpaid = self._unpaid if isinstance(unpaid, NoEvidence) else unpaid

    @property
    def unsure(self) -> float:
        return self._unsure or 0.0

    def total(self, view: StageView, name: str) -> float:
        """Of which what it counted while it fell may be missing. Raises NoEvidence."""
        return view.recording.known_total("canary", name, view.as_of) - (self._before or {}).get(name, 0.0)

    def total_by(self, view: StageView, name: str) -> dict[str, float]:
        """Raises NoEvidence, also where what it counted while it fell may be missing."""
        view.recording.total_by("canary", name, view.as_of)
        return self.known_total_by(view, name)

    def known_total_by(self, view: StageView, name: str) -> dict[str, float]:
        """Of which what it counted while it fell may be missing, as `total` has it. Raises NoEvidence."""
        total, before = view.recording.known_total_by("canary", name, view.as_of), self._before_by.get(name, {})
        return {label: n - before.get(label, 0.0) for label, n in total.items()}

    def _begin(self, view: StageView) -> None:
        """As of the last that was seen of the placebo hour; without one from the beginning of its source."""
        self._before, fresh = {}, timedelta(minutes=view.plan.reading.fresh_min)
        for at in (span.end for span in reversed(view.placebo)):
            plain = seen_or_why(self._plain, view, at)
            if not isinstance(plain, NoEvidence):
                self._before, self._unsure = plain, 0.0 if view.as_of - at <= fresh else None
                read = {name: seen_or_why(view.recording.known_total_by, "canary", name, at) for name in _BY_RULE}
                self._before_by = {name: of for name, of in read.items() if not isinstance(of, NoEvidence)}
                return
        self._unsure = None if view.placebo else 0.0
        self._before_by = {name: {} for name in view.recording.names("canary").intersection(_BY_RULE)}

    def _plain(self, view: StageView, at: datetime) -> Mapping[str, float]:
        return {name: view.recording.known_total("canary", name, at) for name in _PLAIN}

    def _not_succeeded(self, view: StageView) -> float:
        return self.total(view, PAYMENTS_ATTEMPTED) - self.total(view, PAYMENTS_SUCCEEDED)

    def _earlier(self, view: StageView, total: Mapping[str, float]) -> Mapping[str, float]:
        """What of `total`, which is first seen, was declined before the look before."""
        unpaid, n = seen_or_why(self._not_succeeded, view), sum(total.values())
        lately = 0.0 if isinstance(unpaid, NoEvidence) else min(max(unpaid - self._unpaid, 0.0), n)
        return {rule: count * (1 - lately / n) for rule, count in total.items()} if n else {}
