"""Who must hear of a decision: whom its card tags (E7), and whom the pager calls (H1). Roles, never people."""

from collections.abc import Sequence

from ramp.plan import Plan
from ramp.verdict import Colour, Verdict

CEO, INCIDENT_COMMANDER, SECURITY_LEAD = "ceo", "incident_commander", "security_lead"
SRE_LEAD = "sre_lead"


def dri_of(domain: str) -> str:
    """The role of whom the roster names for `domain` (B2)."""
    return f"{domain} DRI"


def paged(plan: Plan, heard: Sequence[Verdict], *, proven: bool, sign_off_due: bool) -> tuple[str, ...]:
    """RED, a margin that is off, 15 blind minutes and a due sign-off call the CEO in person; RED also who commands,
    and NO DATA who commands and the DRI of its domain. So does what is not `proven`, for want of a check."""
    red = any(verdict.colour is Colour.RED for verdict in heard)
    blind = [verdict for verdict in heard if verdict.colour is Colour.NO_DATA]
    too_long = any(verdict.blind_min >= plan.reading.blind_min_max for verdict in blind)
    ceo = red or too_long or sign_off_due or any(verdict.page_ceo for verdict in heard)
    security = any(verdict.page_security for verdict in heard)
    called = [CEO] if ceo else []
    called += [INCIDENT_COMMANDER] if red or blind or not proven else []
    called += [dri_of(plan.domains.of(verdict.check for verdict in blind))] if blind else []
    return (*called, *([SECURITY_LEAD] if security else []))


def tagged(heard: Sequence[Verdict], page: Sequence[str]) -> tuple[str, ...]:
    """The CEO on anything but GREEN and on whatever a verdict says that the CEO must hear of; and all who are paged."""
    ceo = any(verdict.tag_ceo or verdict.colour is not Colour.GREEN for verdict in heard)
    return tuple(dict.fromkeys(([CEO] if ceo else []) + list(page)))


def heard_of(plan: Plan, verdicts: Sequence[Verdict], held_min: float | None) -> list[Verdict]:
    """Those of which somebody must hear before the stage, held for `held_min`, is over: not the first looks without
    data, too few samples, or a grade that is not reached yet. What is seen to break is heard at once."""
    return [verdict for verdict in verdicts if _is_seen(verdict) or not _comes_with_time(plan, verdict, held_min)]


def found_in(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those of which somebody must hear although the operator interrupted the rest."""
    return [verdict for verdict in verdicts if _is_seen(verdict) or verdict.colour is Colour.RED]


def _is_seen(verdict: Verdict) -> bool:
    return bool(verdict.trigger or verdict.tag_ceo or verdict.page_ceo or verdict.page_security or verdict.open_breach)


def _comes_with_time(plan: Plan, verdict: Verdict, held_min: float | None) -> bool:
    first = held_min is not None and held_min < plan.reading.window_min
    return verdict.thin or (verdict.colour is Colour.NO_DATA and first)
