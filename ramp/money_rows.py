"""The rows of the release directive about the release's own payments: their caps, and what is given back."""

from pydantic import model_validator

from ramp.allowed import Cents, Count
from ramp.caps import OWNERS
from ramp.reconciliation import Scope
from ramp.sourced_row import SourcedRow
from ramp.units import Unit, show


class CapsRow(SourcedRow):
    """The caps, and whose payments count: the suite's own, or every payment that carries the release."""

    count_max: Count
    amount_cents_max: Cents
    total_cents_max: Cents
    scope: Scope = "suite"

    @model_validator(mode="after")
    def _no_assumption_raises_them(self) -> "CapsRow":
        raised = [name for name, owners in vars(OWNERS).items() if getattr(self, name) > owners]
        if self.source == "assumption" and raised:
            raise ValueError(
                f"{raised[0]} is over the owner's {vars(OWNERS)[raised[0]]}, which no assumption may raise"
            )
        if self.amount_cents_max > self.total_cents_max:
            raise ValueError("amount_cents_max, for one payment, is over total_cents_max, for all of them")
        return self

    @property
    def in_words(self) -> str:
        """`100 payments, $20.00 each, $1,500.00 in all`"""
        each, total = show(self.amount_cents_max, Unit.CENTS), show(self.total_cents_max, Unit.CENTS)
        return f"{self.count_max} payments, {each} each, {total} in all"


class Refunds(SourcedRow):
    """Whether what the probes paid is given back; the caps stay used, for they are gross."""

    probes_on_rollback: bool
