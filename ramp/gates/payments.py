"""E2, F4, B5: the canary's payments, end to end, and what they come to at the processor."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from ramp.allowed import Ratio, allowed
from ramp.evidence import interval, share_grade
from ramp.finding import Finding
from ramp.gates.anew import CountedAnew, idle
from ramp.gates.judging import Light, Looks, TooFew, blind, exact, found, seen_or_why
from ramp.money_rows import CapsRow
from ramp.observation import NoEvidence, Span
from ramp.plan import Plan
from ramp.plan_rows import SourcedRow
from ramp.power import failing_payments
from ramp.reconciliation import FINDINGS, TOTALS
from ramp.signals import FRAUD_FLAGS, PAYMENTS_ATTEMPTED, PAYMENTS_DECLINED, PAYMENTS_SUCCEEDED
from ramp.stage_view import StageView
from ramp.units import Unit, show
from ramp.verdict import Colour, Trigger, Words

_INSTANT = timedelta(microseconds=1)
_BY_RULE = {PAYMENTS_DECLINED: "declines", FRAUD_FLAGS: "fraud flags"}


class PaymentsRow(SourcedRow):
    success_ratio_min: Annotated[Ratio, allowed("with less every tenth payment would fail", least=0.9)]


class _Facts(NamedTuple):
    """Payments since T-10, since when none was tried where the stage saw none, what one look saw at the processor (None
    where the recording never tells of it) and what is `wrong` there, declines and fraud flags by rule."""

    attempted: int
    succeeded: int
    idle_since: datetime | None
    seen: Mapping[str, int] | None
    wrong: tuple[str, ...]
    success_min: float
    confidence_ratio: float
    caps: CapsRow
    by_rule: Mapping[str, Mapping[str, float] | NoEvidence]

    @property
    def failed(self) -> int:
        return self.attempted - self.succeeded

    @property
    def breaks(self) -> bool:
        return self.failed > (1 - exact(self.success_min)) * self.attempted

    def words(self) -> Words:
        idle = [f"no payment tried since {self.idle_since:%H:%MZ}"] if self.idle_since else []
        low, high = interval(self.failed, self.attempted, self.confidence_ratio)
        by_rule = (self._by_rule(name, what) for name, what in _BY_RULE.items())
        return Words(
            why="; ".join([self._why(), *self.wrong] if self.breaks else [*self.wrong, *idle, self._why()]),
            unit=Unit.RATIO,
            value=self.succeeded / self.attempted,
            limit=self.success_min,
            n=self.attempted,
            interval=(1 - high, 1 - low),
            grade=share_grade(self.failed, self.attempted, 1 - self.success_min, self.confidence_ratio),
            notes=(*by_rule, self._spent()),
        )

    def _why(self) -> str:
        sign = "<" if self.breaks else ">="
        why = f"success {show(self.succeeded / self.attempted, Unit.RATIO)} {sign} {show(self.success_min, Unit.RATIO)}"
        why += f": {self.failed} of {self.attempted} failed since T-10"
        sees = 1 - failing_payments(self.attempted, self.success_min)
        return why if self.breaks else f"{why} (sees <= {sees:.1%})"

    def _spent(self) -> str:
        if self.seen is None:
            return "caps: the recording does not tell what is at the processor"
        count, cents, largest_cents = (self.seen[name] for name in TOTALS)
        spent = f"{count} payments, {_usd(cents)} in all, at most {_usd(largest_cents)} each"
        return f"at the processor: {spent}; caps: {self.caps.in_words}"

    def _by_rule(self, name: str, what: str) -> str:
        """`declines: rule R-17 2 of 41 (4.88 %)`, by rule id. "none" is said only of a counter that is there."""
        by_rule, all_of = self.by_rule.get(name), self.attempted
        if by_rule is None or isinstance(by_rule, NoEvidence):
            return f"{what}: not reported by the source"
        rows = [
            f"rule {rule} {count:.0f} of {all_of} ({count / all_of:.2%})" for rule, count in by_rule.items() if count
        ]
        return f"{what}: {', '.join(rows) or 'none'}"


class PaymentsGate:
    """Success since T-10, at least 99.5 %. No least number is asked: one failure in a hundred is literally a breach,
    and a breach rolls back (F4). The interval stands beside it. A stage in which nobody tried to pay is not GREEN.

    Every payment at the processor, whoever made it, must be under the caps and in the ledger as it is there (B5): RED
    where it is not. A recording that has never told of the processor is judged by success alone, and says so.
    """

    def __init__(self, plan: Plan) -> None:
        self._row = plan.gate(PaymentsRow)
        self._looks = Looks()
        self._anew = CountedAnew(PAYMENTS_ATTEMPTED)

    def look(self, view: StageView, others: Mapping[str, Finding]) -> Finding:
        facts = seen_or_why(self._facts, view)
        if isinstance(facts, NoEvidence):
            self._looks.add(view, None)
            return blind(view, "payments", facts, self._looks)
        light = Light(Colour.RED if facts.wrong else Colour.GREEN)
        if facts.breaks:
            light = Light(Colour.RED, Trigger.F4)
        judged, light = light, idle(view, light, facts.idle_since)
        self._looks.add(view, None if light.colour is Colour.NO_DATA else False)
        red, blind_min = light.colour is Colour.RED, self._looks.blind_min
        return found(view, "payments", light, facts, tag_ceo=red, blind_min=blind_min, thin=light != judged)

    def _facts(self, view: StageView) -> _Facts:
        """Raises NoEvidence."""
        names, recording = (PAYMENTS_ATTEMPTED, PAYMENTS_SUCCEEDED), view.recording
        attempted, succeeded = (round(recording.known_total("canary", name, view.as_of)) for name in names)
        if not attempted and not succeeded:
            raise TooFew("no payment was tried since T-10, so there is nothing to judge")
        if attempted < succeeded:
            raise NoEvidence(f"{succeeded} of {attempted} payments succeeded, which cannot be")
        seen = _at_processor(view)
        facts = _Facts(
            attempted=attempted,
            succeeded=succeeded,
            idle_since=self._anew.idle_since(view, attempted),
            seen=seen,
            wrong=_wrong(view.plan.caps, seen) if seen else (),
            success_min=self._row.success_ratio_min,
            confidence_ratio=view.plan.reading.confidence_ratio,
            caps=view.plan.caps,
            by_rule={
                name: seen_or_why(recording.total_by, "canary", name, view.as_of)
                for name in _BY_RULE
                if name in recording.names("canary")
            },
        )
        if not facts.breaks and not facts.wrong:
            recording.total("canary", PAYMENTS_ATTEMPTED, view.as_of)  # raises where some may be missing
        return facts


def _at_processor(view: StageView) -> Mapping[str, int] | None:
    """What one look saw at the processor; None where the recording never tells of it. Raises NoEvidence."""
    names = (*TOTALS, *FINDINGS.values())
    if not view.recording.names("canary") & set(names):
        return None
    at = Span(start=view.as_of - _INSTANT, end=view.as_of)
    return {name: round(view.recording.mean_gauge("canary", name, at)) for name in names}


def _wrong(caps: CapsRow, seen: Mapping[str, int]) -> tuple[str, ...]:
    """What is over a cap, and what processor and ledger do not agree on."""
    count, cents, largest_cents = (seen[name] for name in TOTALS)
    over = [f"{count} payments at the processor > {caps.count_max}"] if count > caps.count_max else []
    if cents > caps.total_cents_max:
        over.append(f"{_usd(cents)} at the processor > {_usd(caps.total_cents_max)}")
    if largest_cents > caps.amount_cents_max:
        over.append(f"a payment of {_usd(largest_cents)} at the processor > {_usd(caps.amount_cents_max)}")
    kinds = [f"{seen[name]} {kind.in_words}" for kind, name in FINDINGS.items() if seen[name]]
    return (*over, *([f"processor and ledger do not agree: {', '.join(kinds)}"] if kinds else []))


def _usd(cents: int) -> str:
    return show(cents, Unit.CENTS)
