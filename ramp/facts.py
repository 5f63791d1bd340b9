"""What probes found before T-0, in numbers: of each check that found some a record, beside its verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ramp.probes import Prewarmed, Receipt, Restored
from ramp.validation import Invalid, Row, typed


class PaymentMade(Row):
    """One payment of the probe; `masked_id` is safe to show. `livemode` is None where the processor does not say."""

    masked_id: str
    amount_cents: int
    authorized: bool
    captured: bool
    in_doubt: bool
    reused: bool
    livemode: bool | None
    outcome: str | None
    risk_level: str | None
    rule_id: str | None
    decline_code: str | None


class PaymentsMade(Row):
    payments: tuple[PaymentMade, ...]

    @property
    def captured_cents(self) -> int:
        return sum(each.amount_cents for each in self.payments if each.captured)


class RestoreRan(Row):
    """What was restored to the snapshot `pointer`: rows from before it and after it, and how much was lost and how long
    it took, in seconds. `proven` where a write of ours was read back."""

    pointer: str
    taken_at_utc: str
    rows_before_expected: int
    rows_before: int
    rows_after: int
    rpo_s: float
    rto_s: float
    verified: bool
    proven: bool


class PageWarmed(Row):
    path: str
    status: int
    hit: bool
    said: str


class CacheWarmed(Row):
    """The pre-warm set, each path fetched twice, and the canary's hit ratio as it was read then, 0..1."""

    pages: tuple[PageWarmed, ...]
    hit_ratio: float | None

    @property
    def warm_ratio(self) -> float | None:
        """None of an empty set."""
        return sum(page.hit for page in self.pages) / len(self.pages) if self.pages else None


Found = PaymentsMade | RestoreRan | CacheWarmed
FOUND: Mapping[str, type[Found]] = {"payments_settle": PaymentsMade, "restore": RestoreRan, "prewarm": CacheWarmed}


@dataclass(frozen=True)
class Fact:
    """What `check` found at `moment`."""

    moment: str
    check: str
    found: Found

    def record(self) -> dict[str, Any]:
        """The fields of its record."""
        return {"moment": self.moment, "check": self.check, "found": self.found.model_dump(mode="json")}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Fact":
        """Raises ValueError for what is none."""
        return cls(record["moment"], record["check"], found_in(record["check"], record["found"]))


def found_in(check: str, said: Any) -> Found:
    """What `check` found, as it is written. Raises ValueError."""
    if check not in FOUND:
        raise ValueError(f"tells what '{check}' found, and no check of that name finds facts")
    try:
        return typed(FOUND[check], said, check)
    except Invalid as invalid:
        raise ValueError(f"is no fact of {check}: {' '.join(invalid.problems).rstrip('.')}") from None


def of_payments(moment: str, receipts: Sequence[Receipt]) -> Fact:
    made = [
        {name: value for name, value in asdict(each).items() if name in PaymentMade.model_fields} for each in receipts
    ]
    return Fact(moment, "payments_settle", PaymentsMade.model_validate({"payments": made}))


def of_restore(moment: str, restored: Restored) -> Fact:
    said = asdict(restored) | {"taken_at_utc": restored.taken_at_utc.isoformat()}
    return Fact(moment, "restore", RestoreRan.model_validate(said))


def of_prewarm(moment: str, fetched: Sequence[Prewarmed], hit_ratio: float | None) -> Fact:
    pages = [asdict(page) for page in fetched]
    return Fact(moment, "prewarm", CacheWarmed.model_validate({"pages": pages, "hit_ratio": hit_ratio}))
