"""E2, F4: the canary's payments, end to end."""

from ramp.evidence import interval, share_grade
from ramp.gates.judging import blind, exact, say, sightings
from ramp.hold import Hold
from ramp.observation import NoEvidence, Span
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict


def payments(hold: Hold) -> Verdict:
    """Success since T-10, at least 99.5 %. No least number is asked: one failure in a hundred is literally a breach,
    and a breach rolls back (F4). The interval stands beside it."""
    limit = hold.plan.gates.payments.success_ratio_min
    confidence = hold.plan.reading.confidence_ratio

    def count(span: Span) -> tuple[int, int]:
        names = ("payments_attempted", "payments_succeeded")
        attempted, succeeded = (round(hold.recording.total("canary", name, span.end)) for name in names)
        if not 0 < attempted >= succeeded:
            raise NoEvidence(f"{succeeded} of {attempted} payments succeeded, so there is nothing to judge")
        return attempted, succeeded

    try:
        attempted, succeeded = count(hold.now)
    except NoEvidence as missing:
        return blind(hold, "payments", missing, sightings(hold, count))
    failed = attempted - succeeded
    breach = failed > (1 - exact(limit)) * attempted
    low, high = interval(failed, attempted, confidence)
    value = succeeded / attempted
    sign = "<" if breach else ">="
    why = (
        f"success {show(value, Unit.RATIO)} {sign} {show(limit, Unit.RATIO)}: {failed} of {attempted} failed since T-10"
    )
    return say(
        hold,
        "payments",
        Colour.RED if breach else Colour.GREEN,
        why,
        unit=Unit.RATIO,
        value=value,
        limit=limit,
        n=attempted,
        interval=(1 - high, 1 - low),
        grade=share_grade(failed, attempted, 1 - limit, confidence),
        trigger="F4" if breach else None,
        tag_ceo=breach,
        notes=(_by_rule(hold, "payments_declined", attempted), _by_rule(hold, "fraud_flags", attempted)),
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
