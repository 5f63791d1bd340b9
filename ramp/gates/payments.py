"""E2, F4, B5: the canary's payments, end to end, and what they come to at the processor."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from ramp.evidence import interval, share_grade
from ramp.gates.judging import Looks, Standing, after_the_looks, blind, exact, say, still_fired
from ramp.hold import Hold
from ramp.observation import NoEvidence, Span
from ramp.power import failing_payments
from ramp.reconciliation import FINDINGS, TOTALS
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict

_INSTANT = timedelta(microseconds=1)


def payments(hold: Hold) -> Verdict:
    """Success since T-10, at least 99.5 %. No least number is asked: one failure in a hundred is literally a breach,
    and a breach rolls back (F4). The interval stands beside it.

    Every payment at the processor, whoever made it, must be under the caps and in the ledger as it is there (B5): RED
    where it is not. A recording that has never told of the processor is judged by success alone, and says so.
    """
    return after_the_looks(PaymentsGate(), hold)


class _Count(NamedTuple):
    """Payments since T-10, and what one look saw at the processor, None where the recording never tells of it."""

    attempted: int
    succeeded: int
    seen: Mapping[str, int] | None

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
        if standing.trigger and not self._fired_here(hold):
            self._fired = (hold.as_of, self.verdict(hold))

    def stands(self, hold: Hold) -> Standing:
        try:
            count = _count(hold)
        except NoEvidence:
            return Standing(Colour.RED, "F4") if self._fired_here(hold) else Standing(Colour.NO_DATA)
        if _breaks(hold, count) or self._fired_here(hold):
            return Standing(Colour.RED, "F4")
        return Standing(Colour.RED if count.seen and _wrong(hold, count.seen) else Colour.GREEN)

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
    return _Count(attempted, succeeded, _at_processor(hold))


def _breaks(hold: Hold, count: _Count) -> bool:
    return count.failed > (1 - exact(hold.plan.gates.payments.success_ratio_min)) * count.attempted


def _said(hold: Hold, count: _Count) -> Verdict:
    limit, confidence = hold.plan.gates.payments.success_ratio_min, hold.plan.reading.confidence_ratio
    breach, value = _breaks(hold, count), count.succeeded / count.attempted
    wrong = _wrong(hold, count.seen) if count.seen else []
    low, high = interval(count.failed, count.attempted, confidence)
    sign = "<" if breach else ">="
    why = f"success {show(value, Unit.RATIO)} {sign} {show(limit, Unit.RATIO)}: "
    why += f"{count.failed} of {count.attempted} failed since T-10"
    why += "" if breach else f" (sees <= {1 - failing_payments(count.attempted, limit):.1%})"
    return say(
        hold,
        "payments",
        Colour.RED if breach or wrong else Colour.GREEN,
        "; ".join([why, *wrong] if breach else [*wrong, why]),
        unit=Unit.RATIO,
        value=value,
        limit=limit,
        n=count.attempted,
        interval=(1 - high, 1 - low),
        grade=share_grade(count.failed, count.attempted, 1 - limit, confidence),
        trigger="F4" if breach else None,
        tag_ceo=breach or bool(wrong),
        notes=(
            _by_rule(hold, "payments_declined", count.attempted),
            _by_rule(hold, "fraud_flags", count.attempted),
            _spent(hold, count.seen),
        ),
    )


def _at_processor(hold: Hold) -> Mapping[str, int] | None:
    """What one look saw at the processor; None where the recording never tells of it. Raises NoEvidence."""
    names = (*TOTALS, *FINDINGS.values())
    if not hold.recording.names("canary") & set(names):
        return None
    at = Span(start=hold.as_of - _INSTANT, end=hold.as_of)
    return {name: round(hold.recording.mean_gauge("canary", name, at)) for name in names}


def _wrong(hold: Hold, seen: Mapping[str, int]) -> list[str]:
    """What is over a cap, and what processor and ledger do not agree on."""
    caps, (count, cents, largest_cents) = hold.plan.caps, (seen[name] for name in TOTALS)
    over = [f"{count} payments at the processor > {caps.count_max}"] if count > caps.count_max else []
    if cents > caps.total_cents_max:
        over.append(f"{_usd(cents)} at the processor > {_usd(caps.total_cents_max)}")
    if largest_cents > caps.amount_cents_max:
        over.append(f"a payment of {_usd(largest_cents)} at the processor > {_usd(caps.amount_cents_max)}")
    kinds = [f"{seen[name]} {kind.in_words}" for kind, name in FINDINGS.items() if seen[name]]
    return [*over, *([f"processor and ledger do not agree: {', '.join(kinds)}"] if kinds else [])]


def _spent(hold: Hold, seen: Mapping[str, int] | None) -> str:
    if seen is None:
        return "caps: the recording does not tell what is at the processor"
    count, cents, largest_cents = (seen[name] for name in TOTALS)
    spent = f"{count} payments, {_usd(cents)} in all, at most {_usd(largest_cents)} each"
    return f"at the processor: {spent}; caps: {hold.plan.caps.in_words}"


def _usd(cents: int) -> str:
    return show(cents, Unit.CENTS)


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
