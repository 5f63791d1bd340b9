"""The first minutes of each stage: pools grow, code is compiled and caches fill in them, and that is no regression."""

from datetime import datetime
from math import log
from typing import Protocol

from ramp.stage_view import StageView


class Marked(Protocol):
    """Logs of E against "no worse than control": of all bets, and of those that began at a mark."""

    @property
    def log_worse(self) -> float: ...

    @property
    def log_since(self) -> float: ...

    def mark(self) -> None: ...

    def unmark(self) -> None: ...


class FirstMinutes:
    """Whether what the canary lost to control may be no more than its first minutes at this stage.

    It is RED at once where it is sudden, or very much: an E of `bar`. Else it is YELLOW and an open breach, and RED as
    soon as it goes on: when bets that began after those minutes win too. A regression is found in as many ramps by
    minute 15; of healthy canaries that take six minutes to warm up half as many are RED (`docs/judge.md`).
    """

    def __init__(self, bar: float) -> None:
        self._log_bar = log(bar)
        self._start: datetime | None = None
        self._minutes = 0
        self._counts = True

    def add(self, view: StageView, evidence: Marked) -> None:
        """`evidence` has taken in one more minute of the stage."""
        if view.start != self._start:
            self._start, self._minutes, self._counts = view.start, 0, False
        self._minutes += 1
        row, log_worse = view.plan.evidence, evidence.log_worse
        settles = view.held_min <= view.plan.reading.settling_min
        is_sudden = self._minutes <= row.sudden_looks and log_worse >= log(row.sudden_e)
        goes_on = not settles and evidence.log_since >= log(row.lasting_e)
        lost_little = not settles and log_worse < log(row.yellow_e)  # so what is RED later is not of the first minutes
        self._counts = self._counts or is_sudden or log_worse >= self._log_bar or goes_on or lost_little
        if self._counts:
            evidence.unmark()
        elif settles:
            evidence.mark()

    def words(self, view: StageView, evidence: Marked) -> str:
        """Where evidence would be RED but for them; else ""."""
        if self._counts or view.start != self._start or view.moment.traffic_pct == 100:
            return ""
        if evidence.log_worse < log(view.plan.evidence.red_e):
            return ""
        minutes = view.plan.reading.settling_min
        return f", which may be the first {minutes:g} minutes of a new canary: RED as soon as it goes on after them"
