"""Reconciliation: the release's payments at the processor against the cap ledger, both ways.

The suite's own payments say what they are for (`metadata.purpose`, probe or load). A payment that carries the release
and says neither is a customer's: no orphan, and counted against the caps only where their scope is the release.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ramp.caps import Spend, State
from ramp.privacy.masking import masked_id
from ramp.units import Unit, show

Purpose = Literal["probe", "load"]
Scope = Literal["suite", "release"]


class Kind(StrEnum):
    """What is wrong with a payment."""

    ORPHAN = "orphan"
    MISSING = "missing"
    AMOUNT = "wrong_amount"
    DUPLICATE = "duplicate"
    CURRENCY = "wrong_currency"
    STATE = "wrong_state"

    @property
    def in_words(self) -> str:
        return self.value.replace("_", " ")


# What a recording calls them: gauges of the canary, as of one look.
TOTALS = ("processor_payments", "processor_cents", "processor_largest_cents")
FINDINGS = {kind: f"payments_{kind}" for kind in Kind}


@dataclass(frozen=True, kw_only=True)
class AtProcessor:
    """A payment as the processor has it. `key` is its metadata's, `purpose` what the suite made it for; `status` is a
    PaymentIntent's."""

    id: str
    key: str | None
    purpose: Purpose | None
    amount_cents: int
    received_cents: int
    currency: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Entered:
    """A payment as the ledger has it: before the processor was asked (None: it was not there yet) and after. Without a
    `payment_id` the processor was never seen to have it."""

    key: str
    amount_cents: int
    before: State | None
    after: State
    payment_id: str | None


@dataclass(frozen=True, kw_only=True)
class Finding:
    kind: Kind
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """One look at both sides: totals and findings by the names that a recording has for them, and the findings."""

    gauges: Mapping[str, float]
    findings: Sequence[Finding]


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What the processor has of the release: number, cents captured or held, the largest single amount in cents."""

    payments: int
    cents: int
    largest_cents: int


_IN_FLIGHT = frozenset({State.SENT, State.UNKNOWN, State.AUTHORIZED, State.CAPTURE_SENT})
# Which states of the ledger a status at the processor agrees with; any other status only with what is in flight.
_AGREES: dict[str, frozenset[State]] = {
    "succeeded": _IN_FLIGHT | {State.CAPTURED, State.REFUNDED},
    "requires_capture": _IN_FLIGHT,
    "canceled": _IN_FLIGHT | {State.VOIDED, State.DECLINED},
    "requires_payment_method": frozenset({State.SENT, State.UNKNOWN, State.DECLINED}),
}
_NEVER_MADE = (State.RESERVED, State.RELEASED, State.REJECTED)
_MUST_BE_THERE = (State.AUTHORIZED, State.CAPTURE_SENT, State.CAPTURED, State.REFUNDED)


def counting(payments: Iterable[AtProcessor], keys: Collection[str], scope: Scope) -> list[AtProcessor]:
    """Which payments count against the caps: the suite's own, and with the release as `scope` all. A payment is the
    suite's where it says a purpose or its key is one of `keys`, the ledger's."""
    return [payment for payment in payments if scope == "release" or payment.purpose or payment.key in keys]


def beside(payments: Iterable[AtProcessor], keys: Collection[str], scope: Scope) -> Spend:
    """What counts against the caps and is under none of `keys`, the ledger's: its spend is to be added to theirs."""
    unknown = [payment for payment in counting(payments, keys, scope) if payment.key not in keys]
    captured_cents = sum(payment.received_cents for payment in unknown if payment.status == "succeeded")
    return Spend(len(unknown), totals(unknown).cents - captured_cents, captured_cents)


def totals(payments: Iterable[AtProcessor]) -> Totals:
    """Every payment counts in number and by its full amount for the single cap; in money until it is cancelled or
    declined. A refund gives nothing back, and what is in an unknown status counts as held."""
    seen = list(payments)
    cents = sum(_counted_cents(payment) for payment in seen)
    return Totals(payments=len(seen), cents=cents, largest_cents=max((p.amount_cents for p in seen), default=0))


def _counted_cents(payment: AtProcessor) -> int:
    if payment.status == "succeeded":
        return payment.received_cents
    return 0 if payment.status in ("canceled", "requires_payment_method") else payment.amount_cents


def reconcile(payments: Sequence[AtProcessor], entries: Iterable[Entered], currency: str = "usd") -> list[Finding]:
    """Everything that processor and ledger do not agree on, a sentence each, with masked ids.

    A customer's payment is no finding. A payment that is in flight while both are read agrees with either side of its
    move. Absence at the processor is a finding only where the ledger knows that the payment was there: one without an
    answer may be on its way.
    """
    by_key = {entry.key: entry for entry in entries}
    counts = Counter(payment.key for payment in payments)
    findings = []
    for payment in payments:
        entry = by_key.get(payment.key or "")
        findings += _of_payment(payment, entry, currency)
        if counts[payment.key] > 1 and entry is not None:
            findings.append(_finding(Kind.DUPLICATE, payment, f"is one of {counts[payment.key]} of key {entry.key}"))
    for entry in by_key.values():
        if entry.before in _MUST_BE_THERE and entry.payment_id and not counts[entry.key]:
            sentence = f"missing: {entry.key} of {_usd(entry.amount_cents)} is {entry.after} in the ledger, and the "
            findings.append(Finding(kind=Kind.MISSING, sentence=sentence + "processor does not have it"))
    return findings


def _of_payment(payment: AtProcessor, entry: Entered | None, currency: str) -> list[Finding]:
    if entry is None and not payment.purpose:
        return []
    if entry is None:
        return [_finding(Kind.ORPHAN, payment, "is at the processor and not in the ledger")]
    if entry.after in _NEVER_MADE:
        return [_finding(Kind.ORPHAN, payment, f"is at the processor, and {entry.key} in the ledger is {entry.after}")]
    found = []
    if payment.currency != currency:
        found.append(
            _finding(Kind.CURRENCY, payment, f"of {entry.key} is in {payment.currency[:3]}, not in {currency}")
        )
    if payment.amount_cents != entry.amount_cents or _captured_in_part(payment):
        entered, got = _usd(entry.amount_cents), _usd(payment.received_cents)
        found.append(_finding(Kind.AMOUNT, payment, f"({got} received) is {entry.key} of {entered} in the ledger"))
    if entry.payment_id not in (None, payment.id):
        known = masked_id(entry.payment_id or "")
        found.append(_finding(Kind.DUPLICATE, payment, f"has the key {entry.key}, which is {known} in the ledger"))
    agrees = _AGREES.get(payment.status, frozenset({State.SENT, State.UNKNOWN}))
    if not {entry.before, entry.after} & agrees:
        found.append(_finding(Kind.STATE, payment, f"is {payment.status}, and {entry.key} in the ledger {entry.after}"))
    return found


def _captured_in_part(payment: AtProcessor) -> bool:
    return payment.status == "succeeded" and payment.received_cents != payment.amount_cents


def _finding(kind: Kind, payment: AtProcessor, why: str) -> Finding:
    return Finding(
        kind=kind, sentence=f"{kind.in_words}: {masked_id(payment.id)} of {_usd(payment.amount_cents)} {why}"
    )


def _usd(cents: int) -> str:
    return show(cents, Unit.CENTS)


def counted(found: Iterable[Finding]) -> Mapping[Kind, int]:
    """How many findings there are of each kind, 0 included."""
    counts = Counter(finding.kind for finding in found)
    return {kind: counts[kind] for kind in Kind}
