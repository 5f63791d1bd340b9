"""#ship-room as the conductor knows it from the run's journal, and how it speaks in a thread there."""

from collections.abc import Iterable, Mapping
from typing import Any

from conduct.journal import Journal
from conduct.run import Run
from conduct.telling import tell_in_thread
from ramp.room import Room
from reports.slack_text import plain

ANSWER_CHARACTERS = 400


class InRoom:
    """Follows `journal`, of which `records` stood there before."""

    def __init__(self, run: Run, journal: Journal, records: Iterable[Mapping[str, Any]]) -> None:
        self.run, self.journal = run, journal
        self._room, self._followed = Room(), len(journal.appended)
        for record in records:
            self._room.follow(record)

    @property
    def now(self) -> Room:
        """As of the last record."""
        for record in self.journal.appended[self._followed :]:
            self._room.follow(record)
        self._followed = len(self.journal.appended)
        return self._room

    def write(self, kind: str, **fields: Any) -> None:
        self.journal.append(kind, self.run.site.clock.now(), **fields)

    def say(self, thread: str, about: str, text: str) -> bool:
        """Whether #ship-room took it."""
        return tell_in_thread(self.journal, self.run, thread, about, text)

    def answer(self, thread: str, about: str, what: str) -> bool:
        return self.say(thread, about, plain(what, ANSWER_CHARACTERS))
