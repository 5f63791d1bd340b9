"""D1: five $1 payments, authorised and captured."""

from collections.abc import Sequence
from dataclasses import dataclass

from ramp.caps import Spend
from ramp.plan import Plan
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict, no_data


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One payment of the probe. `masked_id` is safe to show; `problem` is a sentence when it did not settle.

    `outcome`, `risk_level` and `rule_id` are the processor's fraud outcome; `reused` says that an earlier run in the
    same place had already made the payment, so that this one spent nothing.
    """

    key: str
    amount_cents: int
    masked_id: str
    authorized: bool
    captured: bool
    outcome: str | None = None
    risk_level: str | None = None
    rule_id: str | None = None
    decline_code: str | None = None
    reused: bool = False
    problem: str | None = None


def judge_payments_settle(plan: Plan, moment: str, receipts: Sequence[Receipt], spend: Spend) -> Verdict:
    """GREEN when every planned payment was captured without a fraud flag. A decline or a failed capture is RED, an
    outcome or a fraud outcome that nobody knows is NO DATA, a payment that went through but was flagged is YELLOW."""
    row, check = plan.probes.payments_settle, "payments_settle"
    notes = (*map(_line, receipts), _caps_line(plan, spend))
    refused = [r for r in receipts if not r.captured and (r.authorized or r.decline_code)]
    unknown = [r for r in receipts if (not r.captured and r not in refused) or (r.captured and not r.outcome)]
    wrong = [r for r in receipts if r.amount_cents != row.amount_cents]
    flagged = [r for r in receipts if r.captured and (r.rule_id or r.risk_level not in (None, "normal"))]
    planned = f"{row.count} x {show(row.amount_cents, Unit.CENTS)}"
    if not (refused or wrong) and (unknown or len(receipts) != row.count):
        few, silent = f"{len(receipts)} of {row.count} payments were made", "the processor told no fraud outcome"
        lost = unknown[0].problem or silent if unknown else few
        return no_data(check, moment, f"the outcome of {planned} is not known: {lost}", notes=notes)
    if refused or wrong:
        first = refused[0].problem or "authorised but not captured" if refused else "not the planned amount"
        colour, why = Colour.RED, f"{len(refused) + len(wrong)} of {planned} failed: {first}"
    elif flagged:
        colour = Colour.YELLOW
        why = f"{planned} captured, {len(flagged)} flagged (risk {flagged[0].risk_level}, rule {flagged[0].rule_id})"
    else:
        colour, why = Colour.GREEN, f"{planned} authorised and captured, no fraud flag"
    return Verdict(
        check=check,
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.COUNT,
        value=sum(receipt.captured for receipt in receipts),
        limit=row.count,
        n=len(receipts),
        tag_ceo=colour is not Colour.GREEN,
        notes=notes,
    )


def _line(receipt: Receipt) -> str:
    done = "authorised, captured" if receipt.captured else "authorised only" if receipt.authorized else "not authorised"
    again = ", made by an earlier run" if receipt.reused else ""
    fraud = f"outcome {receipt.outcome or '-'}, risk {receipt.risk_level or '-'}, rule {receipt.rule_id or 'none'}"
    declined = f", declined: {receipt.decline_code}" if receipt.decline_code else ""
    return f"{receipt.masked_id} {show(receipt.amount_cents, Unit.CENTS)} {done}{again}; {fraud}{declined}"


def _caps_line(plan: Plan, spend: Spend) -> str:
    caps = plan.caps
    total_cents = spend.reserved_cents + spend.captured_cents
    return (
        f"caps used: {spend.count} of {caps.count_max} payments, {show(total_cents, Unit.CENTS)} of "
        f"{show(caps.total_cents_max, Unit.CENTS)}, at most {show(caps.amount_cents_max, Unit.CENTS)} each"
    )
