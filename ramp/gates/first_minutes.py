"""The first minutes of each stage: pools grow, code is compiled and caches fill in them, and that is no regression."""

from datetime import datetime
from math import inf, log
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
    soon as it goes on: when bets that began after those minutes win too, or E rises as far again as from YELLOW to RED.
    A regression is found in as many ramps by minute 15; of healthy canaries that take six minutes to warm up half as
    many are RED (`docs/judge.md`).
    """

    def __init__(self, bar: float) -> None:
        self._log_bar = log(bar)
        self._start: datetime | None = None
        self._fed_at: datetime | None = None
        self._minutes = 0
        self._log_least = inf
        self._counts = True

    def add(self, view: StageView, evidence: Marked) -> None:
        """`evidence` has taken in one more minute of the stage."""
        if view.start != self._start:
            self._start, self._minutes, self._log_least, self._counts = view.start, 0, inf, False
        self._fed_at = view.as_of
        self._minutes += 1
        row, log_worse = view.plan.evidence, evidence.log_worse
        settles = view.held_min <= view.plan.reading.settling_min
        is_sudden = self._minutes <= row.sudden_looks and log_worse >= log(row.sudden_e)
        if not settles:
            self._log_least = min(self._log_least, log_worse)
        # What a canary that lost little before would need to be RED is enough for one that lost more.
        rises = log_worse - self._log_least >= log(row.red_e / row.yellow_e)
        goes_on = not settles and (rises or evidence.log_since >= log(row.lasting_e))
        self._counts = self._counts or is_sudden or log_worse >= self._log_bar or goes_on
        if self._counts:
            evidence.unmark()
        elif settles:
            evidence.mark()

    def words(self, view: StageView, evidence: Marked) -> str:
        """Where evidence would be RED but for them; else "". What no bet was placed on at this look, and what would not
        keep traffic from rising, is not put down to them."""
        if self._counts or view.as_of != self._fed_at or view.moment.traffic_pct == 100:
            return ""
        if view.is_over and view.moment.on_open_breach == "continue":
            return ""
        if evidence.log_worse < log(view.plan.evidence.red_e):
            return ""
        minutes = view.plan.reading.settling_min
        return f", which may be the first {minutes:g} minutes of a new canary: RED as soon as it goes on after them"
