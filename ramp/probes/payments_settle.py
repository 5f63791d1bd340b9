"""D1: five $1 payments, authorised and captured."""

from collections.abc import Sequence
from dataclasses import dataclass

from ramp.caps import Spend
from ramp.plan import Plan
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict, no_data

# The processor's words for the fraud outcome of a charge; any other says nothing that can be relied on.
_FLAGGED_OUTCOMES = ("manual_review", "blocked")
_FLAGGED_RISKS = ("elevated", "highest")


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One payment of the probe. `masked_id` is safe to show; `problem` is a sentence when it did not settle.

    `outcome`, `risk_level`, `rule_id` and `rule_action` are the processor's fraud outcome; `refused` says that it made
    nothing of the request, `in_doubt` that it may still have been made or captured; `reused` that an earlier run in the
    same place had already made the payment, so that this one spent nothing. `livemode` is whether the processor
    says that real money moved, None where it does not say.
    """

    key: str
    amount_cents: int
    masked_id: str
    authorized: bool
    captured: bool
    outcome: str | None = None
    risk_level: str | None = None
    rule_id: str | None = None
    rule_action: str | None = None
    decline_code: str | None = None
    refused: bool = False
    in_doubt: bool = False
    reused: bool = False
    livemode: bool | None = None
    problem: str | None = None

    @property
    def failed(self) -> bool:
        """Whether it is known to have failed: declined, refused, or authorised and certainly not captured."""
        tried = self.authorized or self.decline_code is not None or self.refused
        return tried and not self.captured and not self.in_doubt

    @property
    def flagged(self) -> bool:
        """Whether a rule or a risk speaks against it. A rule that allows it does not."""
        by_rule = bool(self.rule_id) and self.rule_action != "allow"
        return by_rule or self.outcome in _FLAGGED_OUTCOMES or self.risk_level in _FLAGGED_RISKS

    @property
    def assessed(self) -> bool:
        """Whether the processor told what it thinks of the payment, in words that are known."""
        outcome = self.outcome in ("authorized", *_FLAGGED_OUTCOMES)
        return outcome and self.risk_level in ("normal", *_FLAGGED_RISKS)


def judge_payments_settle(
    plan: Plan, moment: str, receipts: Sequence[Receipt], spend: Spend, *, live_is_due: bool = False
) -> Verdict:
    """GREEN when every planned payment was captured without a fraud flag. What is known to have failed is RED,
    an outcome or a fraud outcome that nobody knows is NO DATA, a payment that went through but was flagged YELLOW.
    With `live_is_due`, as on a real target, one in test mode is YELLOW, and one that does not say its mode NO DATA."""
    row, check = plan.probes.payments_settle, "payments_settle"
    notes = (*map(_line, receipts), _caps_line(plan, spend))
    failed = [r for r in receipts if r.failed]
    unknown = [r for r in receipts if not r.failed and not (r.captured and r.assessed)]
    wrong = [r for r in receipts if r.amount_cents != row.amount_cents]
    flagged = [r for r in receipts if r.captured and r.flagged]
    planned = f"{row.count} x {show(row.amount_cents, Unit.CENTS)}"
    modeless = [r for r in receipts if live_is_due and r.captured and r.livemode is None]
    tested = [r for r in receipts if live_is_due and r.captured and r.livemode is False]
    if not (failed or wrong) and (unknown or len(receipts) != row.count):
        few = f"{len(receipts)} of {row.count} payments were made"
        lost = unknown[0].problem or _unassessed(unknown[0]) if unknown else few
        return no_data(check, moment, f"the outcome of {planned} is not known: {lost}", notes=notes)
    if not (failed or wrong) and modeless:
        why = f"the processor does not say whether {planned} were live or in test mode"
        return no_data(check, moment, why, notes=notes)
    if failed or wrong:
        first = failed[0].problem or "authorised but not captured" if failed else "not the planned amount"
        colour, why = Colour.RED, f"{len(failed) + len(wrong)} of {planned} failed: {first}"
    elif flagged or tested:
        colour = Colour.YELLOW
        said = [f"{len(flagged)} flagged ({_fraud(flagged[0])})"] if flagged else []
        said += ["test mode, not live"] if tested else []
        why = f"{planned} captured, {', '.join(said)}"
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
    fraud = _fraud(receipt)
    declined = f", declined: {receipt.decline_code}" if receipt.decline_code else ""
    mode = {None: "", True: ", live", False: ", test mode, not live"}[receipt.livemode]
    return f"{receipt.masked_id} {show(receipt.amount_cents, Unit.CENTS)} {done}{again}{mode}; {fraud}{declined}"


def _fraud(receipt: Receipt) -> str:
    rule = f"{receipt.rule_id} ({receipt.rule_action})" if receipt.rule_action else receipt.rule_id or "none"
    return f"outcome {receipt.outcome or '-'}, risk {receipt.risk_level or '-'}, rule {rule}"


def _unassessed(receipt: Receipt) -> str:
    return f"the processor told no fraud outcome of {receipt.masked_id} that can be relied on: {_fraud(receipt)}"


def _caps_line(plan: Plan, spend: Spend) -> str:
    caps = plan.caps
    total_cents = spend.reserved_cents + spend.captured_cents
    counted = {"suite": "the suite's own payments, customers' do not count", "release": "customers' payments too"}
    return (
        f"caps used: {spend.count} of {caps.count_max} payments, {show(total_cents, Unit.CENTS)} of "
        f"{show(caps.total_cents_max, Unit.CENTS)}, at most {show(caps.amount_cents_max, Unit.CENTS)} each "
        f"(counted: {counted[caps.scope]})"
    )
