"""Which words of a row of `[real.series]` mean something for which series."""

from collections.abc import Mapping
from typing import Any

from ramp.signals import LATENCY_S, SERIES, given_by


def misfit(key: str, said: Mapping[str, Any]) -> str | None:
    """What of the words `said` of the series `key` means nothing for it, or contradicts another: after the key."""
    is_gauge = key in SERIES and given_by(key)[0].kind == "gauge"
    for word in ("rate", "of"):
        if word in said and not is_gauge:
            return f"has {word}, which only a gauge may be"
    for word in ("status", "grpc_status"):
        if word in said and key not in (LATENCY_S, "requests"):
            return f"has {word}, which only {LATENCY_S} and requests have"
    if "failed" in said and "status" not in said:
        return "says which status failed, and not which label status it stands in"
    if "untyped" in said and key != LATENCY_S:
        return f"has untyped, which only {LATENCY_S} may be: others are read without a type"
    units = ("ratio", "percent") if is_gauge else (("s", "ms") if key == LATENCY_S else ())
    if "rate" in said:
        units = () if "of" in said else ("s", "ms")
    elif "of" in said:
        units = ("ratio", "percent")
    if "unit" in said and said["unit"] not in units:
        return f"has the unit {said['unit']}, and may have {' or '.join(units) or 'none'}"
    return None
