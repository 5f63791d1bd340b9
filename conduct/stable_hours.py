"""The stable hours at 100 %, as the conductor counts them: the looks of the recording, and each that follows."""

from conduct.run import Run
from ramp.judge import Looked
from ramp.observation import NoEvidence
from ramp.stable import Stable, with_look


class StableHours:
    """Of `run`. What was recorded before is read once, so that a conductor that was killed takes nothing away."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._so_far: Stable | None = None

    @property
    def minutes(self) -> float:
        return self._so_far.minutes if self._so_far else 0.0

    def look(self, looked: Looked | None) -> str | None:
        """Takes in a look that is in the recording: what ended the stable time at it, if anything did. One that saw
        nothing leaves a gap."""
        before = self._so_far.broken if self._so_far else None
        if looked is not None:
            self._so_far = with_look(self._run.plan, self._so_far, looked) if self._so_far else self._recorded()
        broken = self._so_far.broken if self._so_far else ()
        return broken[-1] if broken and before is not None and broken != before else None

    def _recorded(self) -> Stable:
        try:
            return self._run.stable()[0]
        except NoEvidence as unread:
            return Stable(why_not=unread.reason)
