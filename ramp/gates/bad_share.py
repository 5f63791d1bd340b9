"""A gate whose breach is "too large a share is bad": latency, errors and cache are of this kind."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from ramp.evidence import Minute, ShareEvidence, share_grade, smallest_n
from ramp.gates.judging import (
    Looks,
    Point,
    Present,
    Read,
    Standing,
    beside,
    blind,
    colour_of_breach,
    enough,
    lasting,
    persisted_here,
    resay,
    say,
)
from ramp.gates.weighing import Evidence, Weighing, held_to_grade, show_e, wanting
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.units import Unit, show
from ramp.verdict import Colour, Grade, Verdict


class BoundedEvidence(Evidence, Protocol):
    """Also against "at most the limit" and against "over the limit"."""

    @property
    def log_over(self) -> float: ...

    @property
    def log_within(self) -> float: ...


@dataclass(frozen=True, kw_only=True)
class BadShare:
    """What such a gate is about. It breaks when more than `bad_max` of n are bad, decided in whole numbers.

    `what` names the value in the sentence, `at_most` says on which side of `limit` it must stay; `sees` says what
    regression the stage can see by its evidence, `notes` are further lines for people.
    """

    check: str
    read: Callable[[Hold], Read]
    bad_max: Fraction
    limit: float
    unit: Unit
    what: str
    at_most: bool
    interval: Callable[[Hold, Point], tuple[float, float] | None]
    sees: Callable[[Hold, Any], str]
    notes: Callable[[Hold], list[str]] = lambda hold: []

    def breaks(self, point: Point) -> bool:
        return point.bad * self.bad_max.denominator > self.bad_max.numerator * point.n


class _Found(NamedTuple):
    """What the gate finds at one moment."""

    now: Point
    control: Point | None
    stage: Point
    breach: bool
    stage_breach: bool
    grade: Grade
    literal: Standing
    standing: Standing


class BadShareGate:
    """GREEN needs the present window and the whole stage after its warm-up within the limit, no evidence that the
    canary is worse than control, and the grade that the plan requires."""

    def __init__(self, share: BadShare, weighing: Weighing[Any]) -> None:
        self.share = share
        self._weighing = weighing
        self._looks = Looks()
        self._present = Present()
        self._looked_at: datetime | None = None

    def look(self, hold: Hold) -> None:
        """A look that was taken in already changes nothing: two gates may share this one."""
        if hold.as_of == self._looked_at:
            return
        self._looked_at = hold.as_of
        present = self._present.at(hold, self.share.read(hold))
        canary, control = present.seen_canary, present.seen_control
        self._looks.add(
            hold,
            self.share.breaks(canary) if canary else None,
            canary.value if canary else None,
            control.value if control else None,
        )
        self._weighing.look(hold)

    def stands(self, hold: Hold) -> Standing:
        try:
            return self._found(hold).standing
        except NoEvidence:
            persisted = persisted_here(hold, self._looks.lasted)
            return Standing(Colour.RED, "F1") if persisted else Standing(Colour.NO_DATA)

    def is_only_unproven(self, hold: Hold) -> bool:
        """Whether it is YELLOW for nothing but its grade."""
        try:
            found = self._found(hold)
        except NoEvidence:
            return False
        sound = self._weighing.weighed(hold, found.literal).colour is Colour.GREEN
        return sound and found.standing.colour is Colour.YELLOW

    def verdict(self, hold: Hold) -> Verdict:
        try:
            found = self._found(hold)
        except NoEvidence as missing:
            return self._unseen(hold, missing)
        return self._say(hold, found, self._notes(hold))

    def _notes(self, hold: Hold) -> list[str]:
        """Whatever they lack, they never change a colour."""
        try:
            return self.share.notes(hold)
        except NoEvidence as missing:
            return [f"further numbers NO DATA: {missing.reason}"]

    def _found(self, hold: Hold) -> _Found:
        """Raises NoEvidence."""
        share, read = self.share, self.share.read(hold)
        present = self._present.at(hold, read)
        # At 100 % control may be gone; at any other stage a gate without it is blind.
        control = present.seen_control if hold.moment.traffic_pct == 100 else present.control
        now, stage = present.canary, read("canary", hold.warmed_up)
        breach, stage_breach = share.breaks(now), share.breaks(stage)
        literal = colour_of_breach(hold, breach or stage_breach, self._looks.lasted, "F1")
        grade = self._grade(hold, stage)
        standing = self._weighing.weighed(hold, literal)
        if breach and self._proven_over(hold) and standing.colour is not Colour.RED:
            standing = Standing(Colour.RED)
        standing = held_to_grade(hold, share.check, standing, grade)
        return _Found(
            now=now,
            control=control,
            stage=stage,
            breach=breach,
            stage_breach=stage_breach,
            grade=grade,
            literal=literal,
            standing=standing,
        )

    def _grade(self, hold: Hold, stage: Point) -> Grade:
        """A where the bad share is proven to be at most the limit: by its bound at the end of the stage, which is the
        one look that is planned, before that by evidence that may be read at any time. B from the fewest trials that
        could prove it, else C."""
        limit, confidence = float(self.share.bad_max), hold.plan.reading.confidence_ratio
        evidence = self._weighing.evidence
        if hold.is_over or evidence is None:
            return share_grade(stage.bad, stage.n, limit, confidence)
        if evidence.log_within >= math.log(hold.plan.evidence.proof_e):
            return Grade.A
        return Grade.B if 0 < limit < 1 and stage.n >= smallest_n(limit, confidence) else Grade.C

    def _proven_over(self, hold: Hold) -> bool:
        evidence = self._weighing.evidence
        return evidence is not None and evidence.log_over >= math.log(hold.plan.evidence.red_e)

    def _unseen(self, hold: Hold, missing: NoEvidence) -> Verdict:
        lasted = self._looks.lasted
        unseen = blind(hold, self.share.check, missing, self._looks)
        if not persisted_here(hold, lasted):
            return unseen
        breach_min = hold.plan.persistence.breach_min
        why = f"{self.share.what} broke its limit for {breach_min:.0f} min; since then {missing.reason}"
        return resay(unseen, Colour.RED, why, trigger="F1")

    def _say(self, hold: Hold, found: _Found, lines: list[str]) -> Verdict:
        share, now, stage, control = self.share, found.now, found.stage, found.control
        sign = ("> " if found.breach else "<= ") if share.at_most else ("< " if found.breach else ">= ")
        why = f"{share.what} {show(now.value, share.unit)} {sign}{show(share.limit, share.unit)}"
        why += lasting(hold, found.breach, self._looks.lasted)
        if found.stage_breach and not found.breach:
            why += f", {show(stage.value, share.unit)} over the whole stage"
        if found.breach and self._proven_over(hold) and self._weighing.evidence:
            why += f", proven over it by E {show_e(self._weighing.evidence.log_over)}"
        why += self._weighing.said(hold)
        seeing = found.standing.colour is Colour.GREEN and self._weighing.evidence
        sees = share.sees(hold, self._weighing.evidence) if seeing else ""
        why += f" ({beside(hold, control, share.unit)}, n {now.n:,}{sees})"
        if found.standing.colour is Colour.YELLOW and found.literal.colour is Colour.GREEN:
            why += wanting(hold, share.check, found.grade)
        off = [] if self._weighing.evidence else [self._weighing.off]
        return say(
            hold,
            share.check,
            found.standing.colour,
            why,
            unit=share.unit,
            value=now.value,
            control=control.value if control else None,
            limit=share.limit,
            n=now.n,
            window_s=60 * hold.now.minutes,
            interval=share.interval(hold, now),
            grade=found.grade,
            log_e=self._weighing.log_worse if self._weighing.evidence else None,
            trigger=found.standing.trigger,
            tag_ceo=found.breach,
            notes=(*lines, *off),
            trend=self._looks.trend(hold),
        )


def counted_share(hold: Hold, part: str, whole: str, what: str) -> Read:
    """Reads the share that counter `part` is of counter `whole`, `part` being what is bad."""

    def read(slice: Slice, span: Span) -> Point:
        n = enough(hold, hold.recording.increase(slice, whole, span), f"{what} of {slice}")
        bad = round(hold.recording.increase(slice, part, span))
        if bad > n:
            raise NoEvidence(f"{slice} counted {bad:,} {part} in {n:,} {whole}, which cannot be", part)
        return Point(value=bad / n, n=n, bad=bad)

    return read


Counted = Callable[[Hold, Slice, Span], tuple[float, float]]


def weighing_of(counted: Counted, *, limit_ratio: float, margin_ratio: float) -> Weighing[ShareEvidence]:
    """Evidence on a share, of which `counted` gives bad and all of one slice over a span, or raises NoEvidence."""

    def add(evidence: ShareEvidence, hold: Hold, span: Span) -> None:
        evidence.add(_minute(counted, hold, span), hold.moment.id, 1.0 if hold.is_first_stage else 1 + margin_ratio)

    return Weighing(lambda hold: share_evidence(counted, hold, limit_ratio), add)


def share_evidence(counted: Counted, hold: Hold, limit_ratio: float) -> ShareEvidence:
    """What the placebo hour before `hold` shows of the share that `counted` gives. Raises NoEvidence."""
    placebo = [_minute(counted, hold, span) for span in hold.placebo]
    return ShareEvidence(placebo, limit_ratio=limit_ratio, half_life_min=hold.plan.evidence.half_life_min)


def _minute(counted: Counted, hold: Hold, span: Span) -> Minute:
    return Minute(*counted(hold, "canary", span), *counted(hold, "control", span))
