"""The conductor's heartbeat: an outside monitor hears at each look that it lives."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from conduct.run import Run
from fixtures.heartbeat import beat
from ramp.observation import NoEvidence


class Heart:
    """Beats aside, so that no monitor keeps a look waiting."""

    def __init__(self, run: Run) -> None:
        self._run, self._row = run, run.site.target.heartbeat
        self._aside = ThreadPoolExecutor(1)
        self._beat: Future[str | None] | None = None
        self._fails = False

    def beat(self) -> str | None:
        """One beat more, unless the one before has no answer yet. What is to be said of those before: once that they
        are not taken, and why, and once that they are again."""
        if self._row is None or (self._beat and not self._beat.done()):
            return None
        failed = self._beat.result() if self._beat else None
        begins, ends = failed is not None and not self._fails, self._beat is not None and failed is None and self._fails
        self._fails = failed is not None
        self._beat = self._aside.submit(self._sent)
        if begins:
            return f"{failed}; the ramp goes on, and nobody is called should the conductor die"
        return "the outside monitor takes heartbeats again" if ends else None

    def _sent(self) -> str | None:
        """Why it was not taken."""
        assert self._row is not None
        try:
            beat(self._row, self._run.site.secret(self._row.url_env).get_secret_value())
        except NoEvidence as missing:
            return missing.reason
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._aside.shutdown(wait=False, cancel_futures=True)
