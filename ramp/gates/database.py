"""E4, F6: how full the database is."""

from itertools import pairwise

from ramp.gates.judging import Point, blind, colour_of_breach, how_long, lasting, look_back, say, trend
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.triggers import projected, spillover
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict

_MEASURES = {"CPU": "db_cpu_ratio", "IO": "db_io_ratio", "connections": "db_connections_ratio"}
_UTILISATION = "db_utilization_ratio"


def database(hold: Hold) -> Verdict:
    """CPU, IO, utilisation and connections: the fullest at most 80 %, with a note above the 70 % kept for headroom.
    Over 80 % with spillover risk rolls back (F6)."""
    row = hold.plan.gates.database

    def read(slice: Slice, span: Span) -> Point:
        return Point(value=max(_measures(hold, span).values()))

    looks = look_back(hold, read, lambda canary, _: canary.value > row.ratio_max)
    try:
        now = _measures(hold, hold.now)
        trends = {name: _at_the_end(hold, name) for name, ratio in now.items() if ratio > row.ratio_max}
    except NoEvidence as missing:
        return blind(hold, "database", missing, looks)
    lasted = how_long(hold, looks)
    fullest = max(now, key=lambda name: now[name])
    over = now[fullest] > row.ratio_max
    risk = spillover(now, trends, row.ratio_max)
    colour, trigger = (Colour.RED, "F6") if risk else colour_of_breach(hold, over, lasted, "F1")
    why = f"{fullest} {show(now[fullest], Unit.RATIO)} {'>' if over else '<='} {show(row.ratio_max, Unit.RATIO)}"
    why += f", with spillover risk: {risk}" if risk else lasting(hold, over, lasted)
    if row.headroom_ratio < now[fullest] <= row.ratio_max:
        why += f", above the {show(row.headroom_ratio, Unit.RATIO)} kept for headroom"
    return say(
        hold,
        "database",
        colour,
        why,
        unit=Unit.RATIO,
        value=now[fullest],
        limit=row.ratio_max,
        n=len(hold.looks),
        window_s=60 * hold.now.minutes,
        trigger=trigger,
        tag_ceo=over,
        notes=(", ".join(f"{name} {show(ratio, Unit.RATIO)}" for name, ratio in now.items()),),
        trend=tuple((minute, value, None) for minute, value, _ in trend(hold, looks)),
    )


def _measures(hold: Hold, span: Span) -> dict[str, float]:
    """Each measure's mean over `span`. Utilisation joins where the source has it; the other three must be there."""
    names = dict(_MEASURES)
    if _UTILISATION in hold.recording.names("canary"):
        names["utilisation"] = _UTILISATION
    return {name: hold.recording.mean_gauge("canary", gauge, span) for name, gauge in names.items()}


def _at_the_end(hold: Hold, name: str) -> float:
    """Where the measure will be at the end of the stage (now, if that is past) if it goes on as in this stage's looks.
    Raises NoEvidence where one of them did not see it: the trend of the others may be better than the truth."""
    spans = [Span(start=start, end=end) for start, end in pairwise((hold.start, *hold.looks))]
    points = [(hold.minute(span.end), _measures(hold, span)[name]) for span in spans]
    return projected(points, max(hold.moment.hold_min or 0, hold.held_min))
