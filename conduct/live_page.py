"""The page while a ramp is conducted: written anew at a look, and brought to where people find it."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Self

from conduct.journal import Journal
from conduct.page_copies import Copies
from conduct.run import Run
from ramp.judge import Looked
from ramp.privacy.masking import scrub
from reports.journal import read
from reports.page import NothingToShow, put, render
from reports.under_way import Live

WRITTEN_EVERY_S = 1.0


class LivePage:
    """Of the `run` whose journal this process writes."""

    def __init__(self, run: Run, journal: Journal) -> None:
        self._run, self._journal = run, journal
        self._before, self._since = read(run.folder), len(journal.appended)
        self._written_s, self._failed = -WRITTEN_EVERY_S, False
        self._copies = Copies(run.release.page, run.folder, run.site.secrets) if run.release.page else None

    def look(self, looked: Looked | None) -> str | None:
        """Writes what stands in the journal and what was `looked` at, at most once a second. What is to be said of it:
        once that the page fails, and what is said of its copies. It keeps nobody from looking."""
        failed = None
        if time.monotonic() - self._written_s >= WRITTEN_EVERY_S:
            self._written_s = time.monotonic()
            failed = self._fails(looked)
        return failed or (self._copies.next() if self._copies else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._copies:
            self._copies.close()

    def _fails(self, looked: Looked | None) -> str | None:
        """Whatever is wrong with a page: nobody's traffic waits for it."""
        try:
            put(self._run.folder, render(self._records(), self._run.plan, _live(looked, self._run.site.secrets)))
        except NothingToShow:
            return None
        except Exception as error:
            if self._failed:
                return None
            self._failed = True
            return f"the page is not written: {type(error).__name__} ({error}); the ramp goes on without it"
        return None

    def _records(self) -> Sequence[dict[str, object]]:
        return [*self._before, *self._journal.appended[self._since :]]


def _live(looked: Looked | None, secrets: Sequence[str]) -> Live | None:
    """Masked, as what stands in the journal is."""
    if looked is None:
        return None
    known = tuple(secrets)
    verdicts = [
        replace(verdict, why=scrub(verdict.why, known), notes=tuple(scrub(note, known) for note in verdict.notes))
        for verdict in looked.verdicts().values()
    ]
    return Live(moment=looked.view.moment.id, at_utc=looked.view.as_of.isoformat(), verdicts=tuple(verdicts))
