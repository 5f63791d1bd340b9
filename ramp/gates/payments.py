"""E2, F4, B5: the canary's payments, end to end, and what they come to at the processor."""

from collections.abc import Mapping
from datetime import timedelta

from ramp.evidence import interval, share_grade
from ramp.gates.judging import blind, exact, say, sightings
from ramp.hold import Hold
from ramp.observation import NoEvidence, Span
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
    limit = hold.plan.gates.payments.success_ratio_min
    confidence = hold.plan.reading.confidence_ratio

    def count(span: Span) -> tuple[int, int, Mapping[str, int] | None]:
        names = ("payments_attempted", "payments_succeeded")
        attempted, succeeded = (round(hold.recording.total("canary", name, span.end)) for name in names)
        if not 0 < attempted >= succeeded:
            raise NoEvidence(f"{succeeded} of {attempted} payments succeeded, so there is nothing to judge")
        return attempted, succeeded, _at_processor(hold, span)

    try:
        attempted, succeeded, seen = count(hold.now)
    except NoEvidence as missing:
        return blind(hold, "payments", missing, sightings(hold, count))
    failed = attempted - succeeded
    breach = failed > (1 - exact(limit)) * attempted
    wrong = _wrong(hold, seen) if seen else []
    low, high = interval(failed, attempted, confidence)
    value = succeeded / attempted
    sign = "<" if breach else ">="
    why = (
        f"success {show(value, Unit.RATIO)} {sign} {show(limit, Unit.RATIO)}: {failed} of {attempted} failed since T-10"
    )
    return say(
        hold,
        "payments",
        Colour.RED if breach or wrong else Colour.GREEN,
        "; ".join([why, *wrong] if breach else [*wrong, why]),
        unit=Unit.RATIO,
        value=value,
        limit=limit,
        n=attempted,
        interval=(1 - high, 1 - low),
        grade=share_grade(failed, attempted, 1 - limit, confidence),
        trigger="F4" if breach else None,
        tag_ceo=breach or bool(wrong),
        notes=(
            _by_rule(hold, "payments_declined", attempted),
            _by_rule(hold, "fraud_flags", attempted),
            _spent(hold, seen),
        ),
    )


def _at_processor(hold: Hold, span: Span) -> Mapping[str, int] | None:
    """What one look saw at the processor; None where the recording never tells of it. Raises NoEvidence."""
    names = (*TOTALS, *FINDINGS.values())
    if not hold.recording.names("canary") & set(names):
        return None
    at = Span(start=span.end - _INSTANT, end=span.end)
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
