"""Which weights HAProxy's map can hold: it counts whole buckets of users, and what lies between two cannot be set."""

from collections.abc import Iterator
from fractions import Fraction

from ramp.plan import Plan
from ramp.traffic_rows import HaproxyMap, TrafficTold

_NAMED = (100, 200, 1_000, 10_000, 100_000, 1_000_000)
_NAMED_MAX = 3


def weights_between_buckets(row: TrafficTold | None, plan: Plan) -> Iterator[str]:
    """The first weight of `plan`'s stages, or of the drill, that the map cannot hold, in a sentence with numbers of
    buckets that can; nothing where it holds them all, and for another tool."""
    if not isinstance(row, HaproxyMap):
        return
    weights = [Fraction(stage.traffic_pct or 0) for stage in plan.stages]
    weights += [Fraction(str(row.drill.weight_pct))] if row.drill else []
    between = next((pct for pct in weights if not _holds(row.buckets, pct)), None)
    if between is not None:
        can = [str(number) for number in _NAMED if all(_holds(number, pct) for pct in weights)]
        others = " or ".join(can[:_NAMED_MAX]) or f"no number up to {_NAMED[-1]}"
        lacks = f"{row.buckets} cannot set {_told(between)} %, which is {_told(between * row.buckets / 100)} of them"
        yield f"real.traffic.buckets: {lacks}; {others} can."


def _holds(buckets: int, pct: Fraction) -> bool:
    return (pct * buckets / 100).denominator == 1


def _told(number: Fraction) -> str:
    return f"{float(number):.9g}"
