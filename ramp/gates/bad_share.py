"""A gate whose breach is "too large a share is bad": latency, errors and cache are of this kind."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from ramp.evidence import share_grade, smallest_n
from ramp.finding import Finding, Told
from ramp.gates.both_worse import BothWorse, both_worse
from ramp.gates.judging import (
    Lasting,
    Light,
    Looks,
    Point,
    Read,
    Trend,
    beside,
    blind,
    enough,
    found,
    must,
    seen_or_why,
    since_gap,
)
from ramp.gates.notes import NoNotes, Notes, Wide, known
from ramp.gates.seeing import Sees
from ramp.gates.weighing import (
    Weighing,
    held_to_grade,
    is_likely_worse,
    say_wanting,
    say_worse,
    show_e,
    weighed,
)
from ramp.observation import NoEvidence, Slice, Span
from ramp.recording import GrowthUnknown
from ramp.stage_view import StageView
from ramp.units import Unit, show, show_against
from ramp.verdict import Colour, Grade, Trigger, Words


@dataclass(frozen=True, kw_only=True)
class BadShare:
    """What such a gate is about. It breaks when more than `bad_max` of n are bad, decided in whole numbers.

    `what` names the value in the sentence, `at_most` says on which side of `limit` it must stay; `interval` is the
    value's, `sees` what regression the stage can see by its evidence, `too_noisy` why it sees none within the limit,
    `notes` reads further numbers for people and never raises, `wide` is what is known of a value that is interpolated,
    `first_minutes` says where what was lost to control may be no more than those of the stage, `both_worse` whether
    control is worse than it was before T-0.
    """

    check: str
    read: Callable[[StageView], Read]
    bad_max: Fraction
    limit: float
    unit: Unit
    what: str
    at_most: bool
    interval: Callable[[Point], tuple[float, float] | None]
    sees: Callable[[StageView, Any, Point, Point], Sees]
    too_noisy: Callable[[Point, Point, StageView, Any], str]
    notes: Callable[[StageView, Point, Point | None], Notes] = lambda view, canary, control: NoNotes()
    wide: Callable[[Point], Wide | None] = known
    first_minutes: Callable[[StageView, Any], str] = lambda view, evidence: ""
    both_worse: BothWorse | None = None

    def breaks(self, point: Point) -> bool:
        return point.bad * self.bad_max.denominator > self.bad_max.numerator * point.n


class _Facts(NamedTuple):
    """What such a gate found at one look."""

    share: BadShare
    now: Point
    control: Point | None
    control_age_min: float
    stage: Point
    lasting: Lasting
    grade: Grade
    required: Grade
    weak: bool
    log_worse: float | None
    log_over: float | None
    yellow_e: float
    first_minutes: str
    uncompared: str
    sees: Sees | None
    window_min: float
    notes: Notes
    off: tuple[str, ...]
    trend: Trend

    def words(self) -> Words:
        share, now = self.share, self.now
        return Words(
            why=self._why(),
            unit=share.unit,
            value=now.value,
            control=self.control.value if self.control else None,
            limit=share.limit,
            n=now.n,
            window_s=60 * self.window_min,
            interval=share.interval(now),
            grade=self.grade,
            log_e=self.log_worse,
            notes=(*self.notes.lines(), *self.off),
            trend=self.trend.points(),
        )

    def _why(self) -> str:
        share, now, stage = self.share, self.now, self.stage
        breach, wide = share.breaks(now), share.wide(now)
        sign = (">" if breach else "<=") if share.at_most else ("<" if breach else ">=")
        against = f"{wide.value} {sign} {show(share.limit, share.unit)}" if wide else ""
        why = f"{share.what} {against or show_against(now.value, sign, share.limit, share.unit)}"
        why += self.lasting.words(breach)
        if share.breaks(stage) and not breach:
            why += f", {self._said(stage)} over the whole stage"
        if self.log_over is not None:
            why += f", proven over it by E {show_e(self.log_over)}"
        why += say_worse(self.log_worse, self.yellow_e) + self.first_minutes
        sees = self.sees.words() if self.sees else ""
        control = beside(self.control, share.unit, self.control_age_min, self._said)
        why += f" ({control}, n {now.n:,}{sees}{f'; {wide.why}' if wide else ''})"
        return why + (say_wanting(self.grade, self.required) if self.weak else "") + self.uncompared

    def _said(self, point: Point) -> str:
        wide = self.share.wide(point)
        return wide.value if wide else show(point.value, self.share.unit)


class BadShareGate:
    """GREEN needs the present window and the whole stage after its warm-up within the limit, no evidence that the
    canary is worse than control, and the grade that the plan requires. `seen` is what the last look saw of it."""

    def __init__(self, share: BadShare, weighing: Weighing[Any]) -> None:
        self.share = share
        self._weighing = weighing
        self._looks = Looks()
        self.seen: Point | NoEvidence = NoEvidence("nobody looked")

    def look(self, view: StageView, others: Mapping[str, Finding]) -> Finding:
        read = self.share.read(view)
        canary, control = seen_or_why(read, "canary", view.now), seen_or_why(view.of_control, read, view.now)
        if (since := since_gap(view)) and isinstance(canary, Point) and not self.share.breaks(canary):
            thinned = seen_or_why(read, "canary", since)
            canary = thinned if isinstance(thinned, Point) and self.share.breaks(thinned) else canary
        self.seen = canary
        seen = canary if isinstance(canary, Point) else None
        seen_control = control if isinstance(control, Point) else None
        self._looks.add(
            view,
            self.share.breaks(seen) if seen else self._breach_since_fall(view, read, canary),
            seen.value if seen else None,
            seen_control.value if seen_control else None,
        )
        self._weighing.look(view)
        try:
            # At 100 % control may be gone; at any other stage a gate without it is blind.
            beside_it = seen_control if view.moment.traffic_pct == 100 else must(control)
            return self._found(view, must(canary), beside_it, read("canary", view.warmed_up))
        except NoEvidence as missing:
            return self._blind(view, missing)

    def _breach_since_fall(self, view: StageView, read: Read, missing: Point | NoEvidence) -> bool | None:
        """True where a counter fell in the window and what it counted since breaks the limit: a breach that is seen
        counts. Without one nothing is proven."""
        if not isinstance(missing, GrowthUnknown) or missing.since is None:
            return None
        since = seen_or_why(read, "canary", Span(start=missing.since, end=view.as_of))
        return (isinstance(since, Point) and self.share.breaks(since)) or None

    def _found(self, view: StageView, now: Point, control: Point | None, stage: Point) -> Finding:
        share, lasting, log_worse = self.share, self._looks.lasting(view), self._weighing.log_worse
        breach = share.breaks(now)
        literal = lasting.light(breach or share.breaks(stage), Trigger.F1)
        said = share.both_worse.look(view) if share.both_worse else ""
        evidence = self._weighing.evidence
        first_minutes = share.first_minutes(view, evidence) if evidence is not None else ""
        light = both_worse(weighed(view, literal, log_worse, may_settle=bool(first_minutes)), said)
        log_over = self._log_over(view) if breach else None
        if log_over is not None and light.colour is not Colour.RED:
            light = Light(Colour.RED)
        grade, required = self._grade(view, stage), view.plan.grades.required(share.check, view.moment.id)
        judged, light = light, held_to_grade(light, grade, required)
        if control:
            self._weighing.doubt(view, partial(share.too_noisy, now, control))
        light, uncompared = self._weighing.held_to_comparison(view, light)
        sees = share.sees(view, evidence, now, control) if evidence is not None and control else None
        thin = light.colour is Colour.YELLOW and judged.colour is Colour.GREEN
        facts = _Facts(
            share=share,
            now=now,
            control=control,
            control_age_min=view.control_age_min if control else 0.0,
            stage=stage,
            lasting=lasting,
            grade=grade,
            required=required,
            weak=light.colour is Colour.YELLOW and literal.colour is Colour.GREEN,
            log_worse=log_worse,
            log_over=log_over,
            yellow_e=view.plan.evidence.yellow_e,
            first_minutes=first_minutes,
            uncompared=uncompared + said,
            sees=sees and sees._replace(tells_smallest=light.colour is Colour.GREEN),
            window_min=view.now.minutes,
            notes=share.notes(view, now, control),
            off=self._weighing.off,
            trend=self._looks.trend(view),
        )
        is_open = lasting.is_open or share.breaks(stage) or is_likely_worse(view, log_worse)
        return found(view, share.check, light, facts, tag_ceo=breach, open_breach=is_open, thin=thin)

    def _grade(self, view: StageView, stage: Point) -> Grade:
        """A where the bad share is proven to be at most the limit: by its bound at the end of the stage, which is the
        one look that is planned, before that by evidence that may be read at any time. B from the fewest trials that
        could prove it, else C."""
        limit, confidence = float(self.share.bad_max), view.plan.reading.confidence_ratio
        evidence = self._weighing.evidence
        if view.is_over or evidence is None:
            return share_grade(stage.bad, stage.n, limit, confidence)
        if evidence.log_within >= math.log(view.plan.evidence.proof_e):
            return Grade.A
        return Grade.B if 0 < limit < 1 and stage.n >= smallest_n(limit, confidence) else Grade.C

    def _log_over(self, view: StageView) -> float | None:
        """log E against "at most the limit", where that proves a breach."""
        evidence = self._weighing.evidence
        return evidence.log_over if evidence and evidence.log_over >= math.log(view.plan.evidence.red_e) else None

    def _blind(self, view: StageView, missing: NoEvidence) -> Finding:
        if not self._looks.lasting(view).persisted:
            return blind(view, self.share.check, missing, self._looks)
        why = f"{self.share.what} broke its limit for {view.plan.persistence.breach_min:.0f} min; "
        facts = Told(Words(why=f"{why}since then {missing.reason}"))
        return found(view, self.share.check, Light(Colour.RED, Trigger.F1), facts, blind_min=self._looks.blind_min)


def counted_share(view: StageView, part: str, whole: str, what: str) -> Read:
    """Reads the share that counter `part` is of counter `whole`, `part` being what is bad."""

    def read(slice: Slice, span: Span) -> Point:
        n = enough(view, view.recording.increase(slice, whole, span), f"{what} of {slice}")
        bad = round(view.recording.increase(slice, part, span))
        if bad > n:
            raise NoEvidence(f"{slice} counted {bad:,} {part} in {n:,} {whole}, which cannot be", part)
        return Point(value=bad / n, n=n, bad=bad)

    return read
