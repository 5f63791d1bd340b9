"""E3, F5: the canary's cache hit ratio."""

from ramp.evidence import interval
from ramp.gates.bad_share import judge_bad_share
from ramp.gates.judging import Point, enough, exact, resay
from ramp.gates.latency import latency
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict


def cache(hold: Hold) -> Verdict:
    """The hit ratio, at least 85 %. Low while the latency gate is not GREEN, it rolls back at once (F5)."""
    limit = hold.plan.gates.cache.hit_ratio_min

    def read(slice: Slice, span: Span) -> Point:
        lookups = enough(hold, hold.recording.increase(slice, "cache_lookups", span), f"cache lookups of {slice}")
        hits = round(hold.recording.increase(slice, "cache_hits", span))
        if hits > lookups:
            raise NoEvidence(f"{slice} counted {hits:,} cache hits in {lookups:,} lookups, which cannot be")
        return Point(value=hits / lookups, n=lookups, bad=lookups - hits)

    def confidence(point: Point) -> tuple[float, float]:
        low, high = interval(point.bad, point.n, hold.plan.reading.confidence_ratio)
        return 1 - high, 1 - low

    verdict = judge_bad_share(
        hold,
        "cache",
        read,
        bad_max=1 - exact(limit),
        limit=limit,
        unit=Unit.RATIO,
        what="hit ratio",
        at_most=False,
        interval=confidence,
        notes=lambda: [_origin(hold), _prewarm_efficacy(hold, read("canary", hold.since_t0))],
    )
    if verdict.value is None or verdict.value >= limit:
        return verdict
    seen_by_users = latency(hold)
    if seen_by_users.colour is Colour.GREEN:
        return verdict
    low = f"hit ratio {show(verdict.value, Unit.RATIO)} < {show(limit, Unit.RATIO)}"
    return resay(verdict, Colour.RED, f"{low} with latency that users see ({seen_by_users.reason})", trigger="F5")


def _origin(hold: Hold) -> str:
    """Origin requests per second of plan time, on both slices."""

    def rate(slice: Slice, span: Span) -> str:
        return f"{hold.recording.increase(slice, 'origin_requests', span) / (60 * span.minutes):.2f}"

    try:
        return f"origin RPS (plan time) canary {rate('canary', hold.now)}, control {hold.of_control(rate, hold.now)}"
    except NoEvidence as missing:
        return f"origin RPS: {missing.reason}"


def _prewarm_efficacy(hold: Hold, since_t0: Point) -> str:
    return f"pre-warm efficacy: {show(since_t0.value, Unit.RATIO)} of {since_t0.n:,} lookups since T-0 were hits"
