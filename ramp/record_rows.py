"""Rows within records of a journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ramp.validation import Row

Pairs = tuple[tuple[str, str], ...]
Number = float | None
CloseStep = Literal[
    "lift_caps", "lift_ledger_caps", "remove_lock", "write_win_note", "open_cohort_review", "freeze", "post_win_note"
]


class FigureSeen(Row):
    """One line of a report, in words: canary beside control, and why what was not seen is not."""

    id: str
    label: str
    canary: str
    control: str
    why: str


class EndedPayment(Row):
    """What a rollback did to one payment, and why it is still open where it is."""

    key: str
    amount_cents: int
    before: str
    after: str
    why: str | None
    stops: bool


class SignOffGiven(Row):
    """A sign-off that a decision rests on."""

    code: str
    by: str
    accepts: Pairs


class MeasuredZero(Row):
    """What users of our own saw of a rollback, in seconds of the clock since it was ordered."""

    proven: bool
    after_s: float
    last_canary_s: Number
    resolution_s: float
    asked_again: int
    others: int
    why: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a record of this kind says; its fields, and those that only some of them have."""

    says: str
    fields: Mapping[str, Any]
    sometimes: Mapping[str, Any] = field(default_factory=dict)
