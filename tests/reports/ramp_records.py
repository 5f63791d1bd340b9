"""Records of a conducted ramp, as its journal has them, by the minute."""

from datetime import UTC, datetime, timedelta

T0 = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


def at(minute):
    return (T0 + timedelta(minutes=minute)).isoformat()


def happened(minute, what, **fields):
    return {"kind": "happened", "at_utc": at(minute), "event": {"what": what, **fields}}


def ordered(minute, what, **fields):
    return {"kind": "ordered", "at_utc": at(minute), "what": what, "order": fields}


def looked(minute, outlook="within", held=0.0, elapsed=None, check="", reason="", page=()):
    elapsed = held if elapsed is None else elapsed
    fields = {"held_min": held, "elapsed_min": elapsed, "check": check, "reason": reason, "page": list(page)}
    return happened(minute, "Looked", outlook=outlook, **fields)


def set_weight(minute, moment, from_pct, to_pct):
    """The weight of `moment`, ordered, set and followed by the share."""
    return [
        ordered(minute, "SetWeight", moment=moment, from_pct=from_pct, to_pct=to_pct),
        happened(minute, "WeightRead", weight_pct=to_pct, why=""),
        happened(minute, "ShareSeen", follows=True, why="5 of 400 new users"),
    ]


def begun():
    """T-10 went on, and 1 % is held."""
    return [
        happened(0, "Opened", weight_pct=0.0, why=""),
        ordered(0, "Conclude", moment="t_minus_10"),
        happened(0, "Concluded", moment="t_minus_10", action="CONTINUE", reason="all GREEN"),
        *set_weight(1, "stage_1", 0.0, 1.0),
    ]
