"""E3, F5: the canary's cache hit ratio."""

from datetime import datetime, timedelta

from ramp.evidence import interval
from ramp.gates.bad_share import BadShare, BadShareGate, weighing_of
from ramp.gates.judging import Point, Read, Standing, after_the_looks, enough, exact, resay, still_fired
from ramp.gates.latency import latency_gate
from ramp.gates.seeing import sees_share
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.plan import Plan
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict


def cache(hold: Hold) -> Verdict:
    """The hit ratio, at least 85 %. Low while the latency gate is not GREEN, it rolls back at once (F5)."""
    return after_the_looks(CacheGate(hold.plan, latency_gate(hold.plan)), hold)


class CacheGate:
    """`seen_by_users` is a latency gate, its own or shared: this one has it look."""

    def __init__(self, plan: Plan, seen_by_users: BadShareGate) -> None:
        self.share = _share(plan)
        limit, margin = plan.gates.cache.hit_ratio_min, plan.evidence.cache_margin_ratio
        self._gate = BadShareGate(
            self.share, weighing_of(misses_counted, limit_ratio=float(1 - exact(limit)), margin_ratio=margin)
        )
        self._seen_by_users = seen_by_users
        self._fired: tuple[datetime, Verdict] | None = None

    def look(self, hold: Hold) -> None:
        self._gate.look(hold)
        self._seen_by_users.look(hold)
        # That latency could not be seen then is no reason to roll back once it can be.
        if self._is_felt(hold) and self._seen_by_users.stands(hold).colour is not Colour.NO_DATA:
            self._fired = (hold.as_of, self._felt(hold, self._gate.verdict(hold)))

    def stands(self, hold: Hold) -> Standing:
        if self._is_felt(hold) or (self._fired and self._fired[0] > hold.start):
            return Standing(Colour.RED, "F5")
        return self._gate.stands(hold)

    def verdict(self, hold: Hold) -> Verdict:
        verdict = self._gate.verdict(hold)
        return self._felt(hold, verdict) if self._is_felt(hold) else still_fired(hold, verdict, self._fired)

    def _is_felt(self, hold: Hold) -> bool:
        """Whether the hit ratio is low, also without the first minutes of the stage, and users see it."""
        read, warm = self.share.read(hold), hold.start + timedelta(minutes=hold.plan.reading.warm_up_min)
        try:
            now = read("canary", hold.now)
            if hold.is_warming_up or not self.share.breaks(now):
                return False
            warmed = read("canary", Span(start=max(hold.now.start, warm), end=hold.as_of))
        except NoEvidence:
            return False
        return self.share.breaks(warmed) and self._users_see_it(hold)

    def _users_see_it(self, hold: Hold) -> bool:
        """Whether the latency gate is not GREEN. Before the stage's end it need not have its grade yet: few requests
        are no slow ones."""
        if not hold.is_over and self._seen_by_users.is_only_unproven(hold):
            return False
        return self._seen_by_users.stands(hold).colour is not Colour.GREEN

    def _felt(self, hold: Hold, verdict: Verdict) -> Verdict:
        low = f"hit ratio {show(verdict.value, Unit.RATIO)} < {show(self.share.limit, Unit.RATIO)}"
        seen = self._seen_by_users.verdict(hold)
        return resay(verdict, Colour.RED, f"{low} with latency that users see ({seen.reason})", trigger="F5")


def _share(plan: Plan) -> BadShare:
    limit, margin = plan.gates.cache.hit_ratio_min, plan.evidence.cache_margin_ratio
    confidence_ratio = plan.reading.confidence_ratio

    def hits(hold: Hold, point: Point) -> tuple[float, float]:
        low, high = interval(point.bad, point.n, confidence_ratio)
        return 1 - high, 1 - low

    return BadShare(
        check="cache",
        read=_reading,
        bad_max=1 - exact(limit),
        limit=limit,
        unit=Unit.RATIO,
        what="hit ratio",
        at_most=False,
        interval=hits,
        sees=lambda hold, evidence: sees_share(hold, evidence, misses_counted, margin, lambda bad: f"<= {1 - bad:.1%}"),
        notes=_notes,
    )


def _reading(hold: Hold) -> Read:
    def read(slice: Slice, span: Span) -> Point:
        missed, lookups = misses_counted(hold, slice, span)
        n = enough(hold, lookups, f"cache lookups of {slice}")
        return Point(value=1 - missed / n, n=n, bad=round(missed))

    return read


def misses_counted(hold: Hold, slice: Slice, span: Span) -> tuple[float, float]:
    """Misses and lookups over `span`. Raises NoEvidence."""
    hits, lookups = (hold.recording.increase(slice, name, span) for name in ("cache_hits", "cache_lookups"))
    if hits > lookups:
        raise NoEvidence(f"{slice} counted {hits:,.0f} cache hits in {lookups:,.0f} lookups, which cannot be")
    return lookups - hits, lookups


def _notes(hold: Hold) -> list[str]:
    """Origin requests per second of plan time on both slices, and what the pre-warm did."""

    def rate(slice: Slice, span: Span) -> str:
        return f"{hold.recording.increase(slice, 'origin_requests', span) / (60 * span.minutes):.2f}"

    try:
        canary, control = rate("canary", hold.now), hold.of_control(rate, hold.now)
        origin = f"origin RPS (plan time) canary {canary}, control {control}"
    except NoEvidence as missing:
        origin = f"origin RPS: {missing.reason}"
    try:
        since_t0 = _reading(hold)("canary", hold.since_t0)
        efficacy = f"{show(since_t0.value, Unit.RATIO)} of {since_t0.n:,} lookups since T-0 were hits"
    except NoEvidence as missing:
        efficacy = missing.reason
    return [origin, f"pre-warm efficacy: {efficacy}"]
