"""B5: what one look saw of the release's payments at the processor, against the caps and against the ledger."""

from collections.abc import Mapping
from datetime import timedelta

from ramp.money_rows import CapsRow
from ramp.observation import Span
from ramp.reconciliation import FINDINGS, TOTALS
from ramp.stage_view import StageView
from ramp.units import Unit, show

_INSTANT = timedelta(microseconds=1)


def at_processor(view: StageView) -> Mapping[str, int] | None:
    """What one look saw at the processor; None where the recording never tells of it. Raises NoEvidence."""
    names = (*TOTALS, *FINDINGS.values())
    if not view.recording.names("canary") & set(names):
        return None
    at = Span(start=view.as_of - _INSTANT, end=view.as_of)
    return {name: round(view.recording.mean_gauge("canary", name, at)) for name in names}


def wrong_there(caps: CapsRow, seen: Mapping[str, int] | None) -> tuple[str, ...]:
    """What is over a cap, and what processor and ledger do not agree on."""
    if not seen:
        return ()
    count, cents, largest_cents = (seen[name] for name in TOTALS)
    over = [f"{count} payments at the processor > {caps.count_max}"] if count > caps.count_max else []
    if cents > caps.total_cents_max:
        over.append(f"{_usd(cents)} at the processor > {_usd(caps.total_cents_max)}")
    if largest_cents > caps.amount_cents_max:
        over.append(f"a payment of {_usd(largest_cents)} at the processor > {_usd(caps.amount_cents_max)}")
    kinds = [f"{seen[name]} {kind.in_words}" for kind, name in FINDINGS.items() if seen[name]]
    return (*over, *([f"processor and ledger do not agree: {', '.join(kinds)}"] if kinds else []))


def spent(caps: CapsRow, seen: Mapping[str, int] | None) -> str:
    """What is there already, beside what may be."""
    if seen is None:
        return "caps: the recording does not tell what is at the processor"
    count, cents, largest_cents = (seen[name] for name in TOTALS)
    said = f"{count} payments, {_usd(cents)} in all, at most {_usd(largest_cents)} each"
    return f"at the processor: {said}; caps: {caps.in_words}"


def _usd(cents: int) -> str:
    return show(cents, Unit.CENTS)
