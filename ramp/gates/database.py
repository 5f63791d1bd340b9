"""E4, F6: how full the database is."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime

from ramp.gates.judging import (
    Looks,
    Standing,
    after_the_looks,
    blind,
    colour_of_breach,
    lasting,
    or_none,
    say,
    still_fired,
)
from ramp.hold import Hold
from ramp.observation import NoEvidence, Span
from ramp.triggers import projected, spillover
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict

_MEASURES = {"CPU": "db_cpu_ratio", "IO": "db_io_ratio", "connections": "db_connections_ratio"}
_UTILISATION = "db_utilization_ratio"
_LOOKS_MAX = 600


def database(hold: Hold) -> Verdict:
    """CPU, IO, utilisation and connections: the fullest at most 80 %, with a note above the 70 % kept for headroom.
    Over 80 % with spillover risk rolls back (F6)."""
    return after_the_looks(DatabaseGate(), hold)


class DatabaseGate:
    def __init__(self) -> None:
        self._looks = Looks()
        self._measured: deque[tuple[datetime, Mapping[str, float] | None]] = deque(maxlen=_LOOKS_MAX)
        self._fired: tuple[datetime, Verdict] | None = None

    def look(self, hold: Hold) -> None:
        now = or_none(_measures, hold, hold.now)
        fullest = max(now.values()) if now else None
        self._looks.add(hold, fullest > hold.plan.gates.database.ratio_max if fullest is not None else None, fullest)
        began = max(hold.start, self._measured[-1][0]) if self._measured else hold.start
        self._measured.append((hold.as_of, or_none(_measures, hold, Span(start=began, end=hold.as_of))))
        verdict = self._judged(hold)
        if verdict.trigger == "F6":
            self._fired = (hold.as_of, verdict)

    def stands(self, hold: Hold) -> Standing:
        verdict = self.verdict(hold)
        return Standing(verdict.colour, verdict.trigger)

    def verdict(self, hold: Hold) -> Verdict:
        return still_fired(hold, self._judged(hold), self._fired)

    def _judged(self, hold: Hold) -> Verdict:
        row = hold.plan.gates.database
        try:
            now = _measures(hold, hold.now)
            trends = {name: self._at_the_end(hold, name) for name, ratio in now.items() if ratio > row.ratio_max}
        except NoEvidence as missing:
            return blind(hold, "database", missing, self._looks)
        lasted = self._looks.lasted
        fullest = max(now, key=lambda name: now[name])
        over = now[fullest] > row.ratio_max
        risk = spillover(now, trends, row.ratio_max)
        colour, trigger = (Colour.RED, "F6") if risk else colour_of_breach(hold, over, lasted, "F1")
        why = f"{fullest} {show(now[fullest], Unit.RATIO)} {'>' if over else '<='} {show(row.ratio_max, Unit.RATIO)}"
        why += f", with spillover risk: {risk}" if risk else lasting(hold, over, lasted)
        if row.headroom_ratio < now[fullest] <= row.ratio_max:
            why += f", above the {show(row.headroom_ratio, Unit.RATIO)} kept for headroom"
        trend = self._looks.trend(hold)
        return say(
            hold,
            "database",
            colour,
            why,
            unit=Unit.RATIO,
            value=now[fullest],
            limit=row.ratio_max,
            n=len(trend),
            window_s=60 * hold.now.minutes,
            trigger=trigger,
            tag_ceo=over,
            notes=(", ".join(f"{name} {show(ratio, Unit.RATIO)}" for name, ratio in now.items()),),
            trend=trend,
        )

    def _at_the_end(self, hold: Hold, name: str) -> float:
        """Where the measure will be at the end of the stage (now, if that is past) if it goes on as in this stage's
        looks. Raises NoEvidence where one of them did not see it: the others' trend may be better than the truth."""
        points = []
        for at, measured in self._measured:
            if at > hold.start:
                if measured is None or name not in measured:
                    raise NoEvidence(f"{name} was not seen at {at:%H:%M:%SZ}, so its trend is not known")
                points.append((hold.minute(at), measured[name]))
        return projected(points, max(hold.moment.hold_min or 0, hold.held_min))


def _measures(hold: Hold, span: Span) -> dict[str, float]:
    """Each measure's mean over `span`. Utilisation joins where the source has it; the other three must be there."""
    names = dict(_MEASURES)
    if _UTILISATION in hold.recording.names("canary"):
        names["utilisation"] = _UTILISATION
    return {name: hold.recording.mean_gauge("canary", gauge, span) for name, gauge in names.items()}
