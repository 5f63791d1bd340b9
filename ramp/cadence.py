"""E0, D3: when the next card is due in #ship-room, and when one is late. The plan's minutes, by plan time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ramp.plan import Plan

T_PLUS_10_MIN, BEFORE_GATE_MIN = 10.0, 10.0


class Due(StrEnum):
    """Why a card is due, beside a decision: the first that applies names it."""

    T0 = "T0"  # the ramp began: the CEO said "I will join"
    T_PLUS_10 = "T_PLUS_10"  # how the cache did in the first ten minutes (D3)
    BEFORE_GATE = "BEFORE_GATE"  # ten minutes until the CEO's own gate ends (A2, A4)
    CADENCE = "CADENCE"


@dataclass(frozen=True, kw_only=True)
class Cards:
    """What #ship-room accepted, and where the ramp stands: `began_utc` is when it was first to hear of this run,
    `last_utc` the newest card that it accepted, `told` why cards came that come once, `t0_utc` when the first users met
    the canary, `gate_ends_utc` when the hold before the CEO's gate is to end. None where that has not come about."""

    began_utc: datetime
    last_utc: datetime | None
    told: frozenset[Due]
    t0_utc: datetime | None
    gate_ends_utc: datetime | None


def is_owed(plan: Plan) -> bool:
    """Whether cards are owed also where nothing can be posted: people confirm something in #ship-room by the plan."""
    return any(moment.applies and moment.in_order and moment.confirms for moment in plan.moments)


def due(plan: Plan, cards: Cards, now_utc: datetime) -> Due | None:
    """Why a card is to be posted at this look; None where none is."""
    if cards.t0_utc is not None:
        if Due.T0 not in cards.told:
            return Due.T0
        if Due.T_PLUS_10 not in cards.told and now_utc >= cards.t0_utc + timedelta(minutes=T_PLUS_10_MIN):
            return Due.T_PLUS_10
    ends_utc = cards.gate_ends_utc if Due.BEFORE_GATE not in cards.told else None
    if ends_utc is not None and ends_utc - timedelta(minutes=BEFORE_GATE_MIN) <= now_utc:
        return Due.BEFORE_GATE
    return Due.CADENCE if now_utc >= next_utc(plan, cards) - _half_a_look(plan) else None


def next_utc(plan: Plan, cards: Cards) -> datetime:
    """When the next card is due by the cadence alone."""
    return (cards.last_utc or cards.began_utc) + timedelta(minutes=plan.cadence.card_every_min)


def late_min(plan: Plan, cards: Cards, now_utc: datetime) -> float:
    """How many minutes the next card is late beyond the look that it may take; 0 while it is not."""
    by_utc = next_utc(plan, cards) + timedelta(minutes=plan.reading.look_every_min)
    return max((now_utc - by_utc) / timedelta(minutes=1), 0.0)


def _half_a_look(plan: Plan) -> timedelta:
    """A look comes at its mark, give or take: one that is a breath early must not leave the card to the next."""
    return timedelta(minutes=plan.reading.look_every_min / 2)
