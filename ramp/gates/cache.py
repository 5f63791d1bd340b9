"""E3, F5: the canary's cache hit ratio."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Annotated, NamedTuple

from ramp.allowed import Ratio, allowed
from ramp.evidence import interval
from ramp.finding import Finding, explain
from ramp.gates.bad_share import BadShare, BadShareGate
from ramp.gates.first_minutes import FirstMinutes
from ramp.gates.judging import Doubt, Point, Read, TooFew, enough, exact, is_missed, seen_or_why
from ramp.gates.seeing import say_share_too_noisy, sees_share
from ramp.gates.weighing import weighing_of
from ramp.observation import NoEvidence, Slice, Span
from ramp.placebo_hour import SeesHour
from ramp.plan import Plan
from ramp.signals import CACHE_HITS, CACHE_LOOKUPS, ORIGIN_REQUESTS
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.units import Unit, show
from ramp.verdict import Colour, Trigger, Words


class CacheRow(Waivable):
    hit_ratio_min: Annotated[Ratio, allowed("with less every other answer would miss", least=0.5)]


class CacheGate:
    """The hit ratio, at least 85 %. Low while latency is seen over its limit or worse than control, it rolls back at
    once (F5). Where one of the two was not seen and the other is no reason to go on, that stays open for the rest of
    the stage, unless what was counted until it is seen again proves that it cannot have been low."""

    def __init__(self, plan: Plan) -> None:
        limit, margin = plan.gate(CacheRow).hit_ratio_min, plan.evidence.cache_margin_ratio
        first_minutes = FirstMinutes(plan.evidence.cache_settling_e)
        self.share = _share(plan, first_minutes)
        weighing = weighing_of(
            misses_counted,
            limit_ratio=float(1 - exact(limit)),
            margin_ratio=margin,
            first_minutes=first_minutes,
        )
        self._gate = BadShareGate(self.share, weighing)
        self._doubt = Doubt("hit ratio or latency was not seen, so F5 may have fired")
        self._seen_at: datetime | None = None
        self._unseen_at: datetime | None = None

    def look(self, view: StageView, others: Mapping[str, Finding]) -> Finding:
        finding, latency = self._gate.look(view, others), others["latency"]
        low, felt, unseen = self._low(view), _users_see_it(latency), latency.colour is Colour.NO_DATA
        if low is not None and felt:
            facts = _Felt(low.value, self.share.limit, finding, latency)
            return finding._replace(colour=Colour.RED, trigger=Trigger.F5, facts=facts)
        unseen = unseen and not latency.thin
        blind = not view.is_warming_up and _is_missing(self._gate.seen)
        if low is not None and unseen:
            self._doubt.begin(view.as_of)
        if blind and (felt or unseen):
            self._unseen_at = view.as_of
        elif isinstance(self._gate.seen, Point):
            if self._unseen_at and not self._cannot_have_been_low(view):
                self._doubt.begin(self._unseen_at)
            self._seen_at, self._unseen_at = view.as_of, None
        return self._doubt.over(view, finding)

    def _cannot_have_been_low(self, view: StageView) -> bool:
        """Whether the hit ratio was within its limit at any look since it was last seen. Each had a window of at least
        the lookups until then that are no older than the present one, nor than the end of a gap in which a window may
        begin, and of no more misses than there were in all, with all lookups that may be lost among them."""
        window, earliest, seen_at = timedelta(minutes=view.plan.reading.window_min), view.unbroken_from, self._seen_at
        if seen_at is None or seen_at <= max(view.as_of - window, view.start):
            return False
        looks = _looks_in(view, Span(start=max(seen_at - window, earliest), end=seen_at))
        between = [Span(start=at, end=later) for at, later in pairwise(looks)]
        gaps = [span for span in between if is_missed(view, *span)]
        begins = max([earliest, view.as_of - window, *(gap.end for gap in gaps if gap.start < view.as_of - window)])
        seen = [span for span in between if span not in gaps and span.start >= view.start]
        if not seen or begins >= seen_at:
            return False
        try:
            missed, _ = misses_counted(view, "canary", Span(start=looks[0], end=view.as_of))
            _, lookups = misses_counted(view, "canary", Span(start=begins, end=seen_at))
            lost = _lookups_lost(view, seen, [*gaps, Span(start=seen_at, end=view.as_of)])
        except NoEvidence:
            return False
        least = Point(value=0.0, n=round(lookups), bad=round(missed + lost))
        return least.n >= view.plan.reading.samples_min and not self.share.breaks(least)

    def _low(self, view: StageView) -> Point | None:
        """The present hit ratio, where it is low also without the first minutes of the stage."""
        now = self._gate.seen
        if isinstance(now, NoEvidence) or view.is_warming_up or not self.share.breaks(now):
            return None
        try:
            since = max(view.now.start, view.warmed_up.start)
            warmed = self.share.read(view)("canary", Span(start=since, end=view.as_of))
        except NoEvidence:
            return None
        return now if self.share.breaks(warmed) else None


def _looks_in(view: StageView, span: Span) -> list[datetime]:
    """The looks at which the canary said hits and lookups in `span`, and the last before it."""
    told = [frame for frame in view.recording.frames("canary") if {CACHE_HITS, CACHE_LOOKUPS} <= frame.counters.keys()]
    ats = [frame.at for frame in told if frame.at <= span.end]
    return ats[max(bisect_right(ats, span.start) - 1, 0) :]


def _lookups_lost(view: StageView, seen: Sequence[Span], unseen: Sequence[Span]) -> float:
    """How many fewer lookups were counted in all that is `unseen` than at the rate of all that was `seen`: what begins
    anew forgets what it counted since it was last seen. Raises NoEvidence."""
    there, here = ([misses_counted(view, "canary", span)[1] for span in spans] for spans in (seen, unseen))
    rate = sum(there) / sum(span.minutes for span in seen)
    return sum(max(rate * span.minutes - lookups, 0.0) for span, lookups in zip(unseen, here, strict=True))


def _users_see_it(latency: Finding) -> bool:
    """Whether latency was seen over its limit, or worse than control; what nobody saw is neither."""
    return latency.colour is Colour.RED or (latency.open_breach and latency.colour is not Colour.NO_DATA)


def _is_missing(seen: Point | NoEvidence) -> bool:
    return isinstance(seen, NoEvidence) and not isinstance(seen, TooFew)


class _Felt(NamedTuple):
    """A low hit ratio, and the latency that users see with it."""

    hit_ratio: float
    limit: float
    cache: Finding
    latency: Finding

    def words(self) -> Words:
        low = f"hit ratio {show(self.hit_ratio, Unit.RATIO)} < {show(self.limit, Unit.RATIO)}"
        why = f"{low} with latency that users see ({explain(self.latency).reason})"
        return {**self.cache.facts.words(), "why": why}


def _share(plan: Plan, first_minutes: FirstMinutes) -> BadShare:
    limit, margin = plan.gate(CacheRow).hit_ratio_min, plan.evidence.cache_margin_ratio
    confidence_ratio = plan.reading.confidence_ratio

    def hits(point: Point) -> tuple[float, float]:
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
        sees=partial(sees_share, margin_ratio=margin, show=lambda bad: f"<= {1 - bad:.1%}"),
        too_noisy=partial(say_share_too_noisy, float(1 - exact(limit)), margin),
        notes=_notes,
        first_minutes=first_minutes.words,
    )


def _reading(view: StageView) -> Read:
    def read(slice: Slice, span: Span) -> Point:
        missed, lookups = misses_counted(view, slice, span)
        n = enough(view, lookups, f"cache lookups of {slice}")
        return Point(value=1 - missed / n, n=n, bad=round(missed))

    return read


def misses_counted(view: SeesHour, slice: Slice, span: Span) -> tuple[float, float]:
    """Misses and lookups over `span`. Raises NoEvidence."""
    hits, lookups = (view.recording.increase(slice, name, span) for name in (CACHE_HITS, CACHE_LOOKUPS))
    if hits > lookups:
        raise NoEvidence(f"{slice} counted {hits:,.0f} cache hits in {lookups:,.0f} lookups, which cannot be")
    return lookups - hits, lookups


class _Origin(NamedTuple):
    """Origin requests per second of plan time on both slices, None where no source reports them, and the canary's hit
    ratio since T-0."""

    rates: tuple[float, float] | NoEvidence | None
    since_t0: Point | NoEvidence

    def lines(self) -> tuple[str, ...]:
        return f"origin RPS{self._rates()}", f"pre-warm efficacy: {self._efficacy()}"

    def _rates(self) -> str:
        if self.rates is None:
            return ": not reported by the source"
        if isinstance(self.rates, NoEvidence):
            return f": {self.rates.reason}"
        return f" (plan time) canary {self.rates[0]:.2f}, control {self.rates[1]:.2f}"

    def _efficacy(self) -> str:
        if isinstance(self.since_t0, NoEvidence):
            return self.since_t0.reason
        return f"{show(self.since_t0.value, Unit.RATIO)} of {self.since_t0.n:,} lookups since T-0 were hits"


def _notes(view: StageView, canary: Point, control: Point | None) -> _Origin:
    known = ORIGIN_REQUESTS in view.recording.names("canary")
    rates = seen_or_why(_origin_rates, view) if known else None
    return _Origin(rates, seen_or_why(_reading(view), "canary", view.since_t0))


def _origin_rates(view: StageView) -> tuple[float, float]:
    """Raises NoEvidence."""

    def rate(slice: Slice, span: Span) -> float:
        return view.recording.increase(slice, ORIGIN_REQUESTS, span) / (60 * span.minutes)

    return rate("canary", view.now), view.of_control(rate, view.now)
