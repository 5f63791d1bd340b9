"""A gate whose breach is "too large a share is bad": latency, errors and cache are of this kind."""

from collections.abc import Callable
from fractions import Fraction

from ramp.evidence import share_grade
from ramp.gates.judging import (
    Point,
    Read,
    beside,
    blind,
    colour_of_breach,
    control_beside,
    enough,
    held_to_grade,
    how_long,
    lasting,
    look_back,
    persisted_here,
    resay,
    say,
    trend,
)
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict


def judge_bad_share(
    hold: Hold,
    check: str,
    read: Read,
    *,
    bad_max: Fraction,
    limit: float,
    unit: Unit,
    what: str,
    at_most: bool,
    interval: Callable[[Point], tuple[float, float] | None],
    notes: Callable[[], list[str]] = list,
) -> Verdict:
    """The verdict of a gate that breaks when more than `bad_max` of n are bad, decided in whole numbers at every look.

    `what` names the value in the sentence, `at_most` says on which side of `limit` it must stay. GREEN needs the
    present window and the whole stage after its warm-up within the limit, at the grade that the plan requires.
    """

    def breaks(point: Point) -> bool:
        return point.bad > bad_max * point.n

    looks = look_back(hold, read, lambda canary, _: breaks(canary))
    lasted = how_long(hold, looks)
    try:
        now, stage, control = read("canary", hold.now), read("canary", hold.warmed_up), control_beside(hold, read)
        lines = notes()
    except NoEvidence as missing:
        unseen = blind(hold, check, missing, looks)
        why = f"{what} broke its limit for {hold.plan.persistence.breach_min:.0f} min; since then {missing.reason}"
        return resay(unseen, Colour.RED, why, trigger="F1") if persisted_here(hold, lasted) else unseen
    breach, stage_breach = breaks(now), breaks(stage)
    colour, trigger = colour_of_breach(hold, breach or stage_breach, lasted, "F1")
    sign = ("> " if breach else "<= ") if at_most else ("< " if breach else ">= ")
    why = f"{what} {show(now.value, unit)} {sign}{show(limit, unit)}{lasting(hold, breach, lasted)}"
    why += f", {show(stage.value, unit)} over the whole stage" if stage_breach and not breach else ""
    verdict = say(
        hold,
        check,
        colour,
        f"{why} ({beside(hold, control, unit)}, n {now.n:,})",
        unit=unit,
        value=now.value,
        control=control.value if control else None,
        limit=limit,
        n=now.n,
        window_s=60 * hold.now.minutes,
        interval=interval(now),
        grade=share_grade(stage.bad, stage.n, float(bad_max), hold.plan.reading.confidence_ratio),
        trigger=trigger,
        tag_ceo=breach,
        notes=tuple(lines),
        trend=trend(hold, looks),
    )
    return held_to_grade(hold, verdict)


def counted_share(hold: Hold, part: str, whole: str, what: str) -> Read:
    """Reads the share that counter `part` is of counter `whole`, `part` being what is bad."""

    def read(slice: Slice, span: Span) -> Point:
        n = enough(hold, hold.recording.increase(slice, whole, span), f"{what} of {slice}")
        bad = round(hold.recording.increase(slice, part, span))
        if bad > n:
            raise NoEvidence(f"{slice} counted {bad:,} {part} in {n:,} {whole}, which cannot be", part)
        return Point(value=bad / n, n=n, bad=bad)

    return read
