"""The judge at each look of a stage that is held: the same that judges it under pytest and in a replay."""

from collections.abc import Iterable

from conduct.run import OBSERVATIONS, Run
from fixtures.sources import recording
from ramp.judge import Judge, Looked
from ramp.observation import Malformed, NoEvidence, Observation


class Watch:
    """Begins with what was recorded before. From a line on that cannot be trusted it sees nothing more: the checks say
    which."""

    def __init__(self, run: Run) -> None:
        self._judge = Judge(run.plan, run.plan.gates_that_apply, load_is_due=run.site.asks_load)
        self._is_blind = False
        file = run.folder / OBSERVATIONS
        if file.exists():
            self._take_in(recording.planned(file, run.plan))

    def look(self, *seen: Observation) -> Looked | None:
        """What one more look, at which all of this was `seen`, comes to; None where it is no look at a stage."""
        self._take_in(seen)
        return None if self._is_blind else self._judge.end()

    def _take_in(self, observations: Iterable[Observation]) -> None:
        try:
            for observation in () if self._is_blind else observations:
                self._judge.add(observation)
        except (NoEvidence, Malformed):
            self._is_blind = True
