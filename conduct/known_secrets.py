"""The secrets that a run knows, as long as a process tells of it."""

from conduct.run import Run


class KnownSecrets:
    """Called, it gives those of `run` by now: a rehearsal has its own keys once it has started, and they stay secret
    when it has ended."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._known: set[str] = set()

    def __call__(self) -> tuple[str, ...]:
        self._run = self._run.joined()
        self._known.update(self._run.site.secrets)
        return tuple(self._known)
