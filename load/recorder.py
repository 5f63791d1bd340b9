"""The recorder: every request of this process in exact histograms, handed on once a second as one line of sums."""

import time
from collections import defaultdict
from typing import Any

from load.schedule import Arrivals, Timing
from ramp.order import Aim
from ramp.tally import Outcome, Tally

SETTLE_S = 1.0


class Recorder:
    """What became of this process's requests since the last line, by aim and route. A line is the whole of one second,
    so that lines of any number of processes add up.

    Whether what was due was answered is settled a second after it was due: what is still on its way is no failure yet.
    """

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
        self._arrivals: dict[str, Arrivals] = {}
        self._due_said: dict[str, int] = defaultdict(int)
        self._answered: dict[str, list[float]] = defaultdict(list)
        self._payments: dict[str, int] = defaultdict(int)
        self._since_s: float | None = None
        self._ended_s = float("inf")
        self.unpaid_because: str | None = None
        self.saturated = 0
        self.lost = 0
        self.over = False

    def begin(self, now_s: float) -> None:
        """From here on seconds count."""
        self._since_s = now_s

    def expect(self, aim: Aim, arrivals: Arrivals) -> None:
        """Counts what `arrivals` makes due."""
        self._arrivals[aim] = arrivals

    def add(self, aim: Aim, route: str, outcome: Outcome, due_s: float, timing: Timing) -> None:
        if self._ended_s < float("inf") and due_s + timing.waited_s + timing.lag_s >= self._ended_s:
            timing = timing._replace(lag_s=0.0)  # users are being stopped, which takes a moment
        self._tallies[aim, route].add(outcome, *timing)
        if outcome != "no_answer":
            self._answered[aim].append(due_s)

    def paid(self, outcome: str) -> None:
        """Counts a checkout: paid, declined, unknown, or unpaid where the journey went on without."""
        self._payments[outcome] += 1

    def end(self, now_s: float) -> None:
        """Nothing is due any more: users are being stopped."""
        self._ended_s = min(self._ended_s, now_s)

    def line(self, now_s: float) -> dict[str, Any]:
        """What happened since the last line, as JSON; `Brought.add` reads it back."""
        until_s = min(now_s, self._ended_s)
        seconds_s = 0.0
        if self._since_s is not None:
            seconds_s, self._since_s = until_s - self._since_s, until_s
        tallies, payments = self._tallies, self._payments
        self._tallies, self._payments = defaultdict(Tally), defaultdict(int)
        line = {
            "at_s": time.time(),
            "seconds_s": seconds_s,
            "due": {aim: self._due(aim, until_s - SETTLE_S) for aim in self._arrivals},
            "answered": {aim: self._settled(aim, until_s - SETTLE_S) for aim in self._arrivals},
            "cells": [[aim, route, tally.record()] for (aim, route), tally in tallies.items()],
            "payments": payments,
            "unpaid_because": self.unpaid_because,
            "saturated": self.saturated,
            "lost": self.lost,
            "over": self.over,
        }
        self.saturated = self.lost = 0
        return line

    def _due(self, aim: str, until_s: float) -> int:
        due = self._arrivals[aim].due_by(until_s)
        said, self._due_said[aim] = self._due_said[aim], due
        return due - said

    def _settled(self, aim: str, until_s: float) -> int:
        answered = self._answered[aim]
        self._answered[aim] = [due_s for due_s in answered if due_s > until_s]
        return len(answered) - len(self._answered[aim])
