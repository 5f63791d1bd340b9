"""E2, F4: the canary's payments, end to end."""

from datetime import datetime
from typing import NamedTuple

from ramp.evidence import interval, share_grade
from ramp.gates.judging import Looks, Standing, after_the_looks, blind, exact, say, still_fired
from ramp.hold import Hold
from ramp.observation import NoEvidence
from ramp.power import failing_payments
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict


def payments(hold: Hold) -> Verdict:
    """Success since T-10, at least 99.5 %. No least number is asked: one failure in a hundred is literally a breach,
    and a breach rolls back (F4). The interval stands beside it."""
    return after_the_looks(PaymentsGate(), hold)


class _Count(NamedTuple):
    attempted: int
    succeeded: int

    @property
    def failed(self) -> int:
        return self.attempted - self.succeeded


class PaymentsGate:
    def __init__(self) -> None:
        self._looks = Looks()
        self._fired: tuple[datetime, Verdict] | None = None

    def look(self, hold: Hold) -> None:
        standing = self.stands(hold)
        self._looks.add(hold, None if standing.colour is Colour.NO_DATA else False)
        if standing.trigger and (self._fired is None or self._fired[0] <= hold.start):
            self._fired = (hold.as_of, self.verdict(hold))

    def stands(self, hold: Hold) -> Standing:
        try:
            breach = _breaks(hold, _count(hold))
        except NoEvidence:
            return Standing(Colour.RED, "F4") if self._fired_here(hold) else Standing(Colour.NO_DATA)
        return Standing(Colour.RED, "F4") if breach or self._fired_here(hold) else Standing(Colour.GREEN)

    def _fired_here(self, hold: Hold) -> bool:
        return self._fired is not None and self._fired[0] > hold.start

    def verdict(self, hold: Hold) -> Verdict:
        try:
            verdict = _said(hold, _count(hold))
        except NoEvidence as missing:
            verdict = blind(hold, "payments", missing, self._looks)
        return still_fired(hold, verdict, self._fired)


def _count(hold: Hold) -> _Count:
    """Raises NoEvidence."""
    names = ("payments_attempted", "payments_succeeded")
    attempted, succeeded = (round(hold.recording.total("canary", name, hold.as_of)) for name in names)
    if not 0 < attempted >= succeeded:
        raise NoEvidence(f"{succeeded} of {attempted} payments succeeded, so there is nothing to judge")
    return _Count(attempted, succeeded)


def _breaks(hold: Hold, count: _Count) -> bool:
    return count.failed > (1 - exact(hold.plan.gates.payments.success_ratio_min)) * count.attempted


def _said(hold: Hold, count: _Count) -> Verdict:
    limit, confidence = hold.plan.gates.payments.success_ratio_min, hold.plan.reading.confidence_ratio
    breach, value = _breaks(hold, count), count.succeeded / count.attempted
    low, high = interval(count.failed, count.attempted, confidence)
    sign = "<" if breach else ">="
    why = f"success {show(value, Unit.RATIO)} {sign} {show(limit, Unit.RATIO)}: "
    why += f"{count.failed} of {count.attempted} failed since T-10"
    sees = "" if breach else f" (sees <= {1 - failing_payments(count.attempted, limit):.1%})"
    return say(
        hold,
        "payments",
        Colour.RED if breach else Colour.GREEN,
        why + sees,
        unit=Unit.RATIO,
        value=value,
        limit=limit,
        n=count.attempted,
        interval=(1 - high, 1 - low),
        grade=share_grade(count.failed, count.attempted, 1 - limit, confidence),
        trigger="F4" if breach else None,
        tag_ceo=breach,
        notes=(_by_rule(hold, "payments_declined", count.attempted), _by_rule(hold, "fraud_flags", count.attempted)),
    )


def _by_rule(hold: Hold, name: str, attempted: int) -> str:
    """`declines: rule R-17 2 of 41 (4.88 %)`, by rule id. "none" is said only of a counter that is there."""
    what = {"payments_declined": "declines", "fraud_flags": "fraud flags"}[name]
    try:
        by_rule = hold.recording.total_by("canary", name, hold.as_of)
    except NoEvidence:
        return f"{what}: not reported by the source"
    rows = [
        f"rule {rule} {count:.0f} of {attempted} ({count / attempted:.2%})" for rule, count in by_rule.items() if count
    ]
    return f"{what}: {', '.join(rows) or 'none'}"
