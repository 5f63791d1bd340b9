"""The judge of a ramp: takes in observation after observation and judges each look as if it were the present."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ramp import gates
from ramp.gates.judging import Gate, Standing
from ramp.hold import Hold, Ramp
from ramp.observation import Observation
from ramp.plan import Plan
from ramp.recording import Recording
from ramp.verdict import Verdict

# What is kept of a stream beyond the longest look back: the placebo hour until it has been weighed.
_KEPT_BEYOND = timedelta(minutes=15)


@dataclass(frozen=True)
class Looked:
    """One look: its hold, and how each gate stands at it."""

    hold: Hold
    standings: Mapping[str, Standing]

    @property
    def minute(self) -> float:
        """Minutes since T-0."""
        return (self.hold.as_of - self.hold.ramp_start) / timedelta(minutes=1)

    @property
    def trigger(self) -> str | None:
        """The rollback trigger that fired, the first by its number where there are several."""
        fired = [standing.trigger for standing in self.standings.values() if standing.trigger]
        return min(fired, default=None)


class Judge:
    """Judges by the gates named `of`, in memory that does not grow with the ramp.

    A look is judged once everything of its instant was seen: with the first later observation, or at the end.
    """

    def __init__(self, plan: Plan, of: Sequence[str]) -> None:
        self._recording = Recording([], timedelta(minutes=plan.reading.fresh_min))
        self._ramp = Ramp(plan, self._recording)
        watched = gates.watch(plan)
        self._gates: dict[str, Gate] = {name: watched[name] for name in of}
        self._due: Hold | None = None
        self._kept = timedelta(minutes=max(plan.evidence.placebo_min_max, plan.reading.window_min)) + _KEPT_BEYOND

    def add(self, observation: Observation) -> Looked | None:
        """The look that was due before `observation`, if there was one. Raises Malformed when time goes backwards."""
        looked = self.end() if self._due and observation.at > self._due.as_of else None
        self._recording.append(observation)
        hold = self._ramp.follow(observation.slice, self._recording.frames(observation.slice)[-1])
        if hold and hold.is_look:
            self._due = hold
        return looked

    def end(self) -> Looked | None:
        """The look that is due, if there is one: nothing later of its instant will come."""
        hold, self._due = self._due, None
        if hold is None:
            return None
        for gate in self._gates.values():
            gate.look(hold)
        marks = (hold.ramp_start, hold.start, hold.start + timedelta(minutes=hold.plan.reading.warm_up_min))
        self._recording.forget(self._kept, marks)
        return Looked(hold, {name: gate.stands(hold) for name, gate in self._gates.items()})

    def verdicts(self, hold: Hold, of: Iterable[str] | None = None) -> dict[str, Verdict]:
        """The verdicts at the last look, `hold`, of the gates `of` (by default of all)."""
        return {name: self._gates[name].verdict(hold) for name in (self._gates if of is None else of)}
