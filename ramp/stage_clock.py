"""The clock of a stage: it stands while a gate is RED, so that no hold is finished by waiting beside what is broken."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ramp.finding import Finding
from ramp.stage_view import StageView
from ramp.verdict import Colour


class StageClock:
    """Told look by look, it adds up the time between looks of which one was RED."""

    def __init__(self) -> None:
        self._start: datetime | None = None
        self._looked_at: datetime | None = None
        self._was_red = False
        self._stood = timedelta()

    def look(self, view: StageView, findings: Iterable[Finding]) -> float:
        """For how many minutes of the stage it has stood until `view`."""
        if view.start != self._start:
            self._start, self._looked_at, self._was_red, self._stood = view.start, view.start, False, timedelta()
        is_red = any(finding.colour is Colour.RED for finding in findings)
        if self._looked_at and (is_red or self._was_red):
            self._stood += view.as_of - self._looked_at
        self._looked_at, self._was_red = view.as_of, is_red
        return self._stood / timedelta(minutes=1)
