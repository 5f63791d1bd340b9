"""An afternoon of a release: one process conducts its ramp from T-10 on, and what it came to."""

from collections.abc import Sequence
from contextlib import ExitStack

from conduct.conclusion import Conclusion, conclude_interrupted, open_journal
from conduct.conducting import Conducting
from conduct.effects import Effects
from conduct.handed_over import read_verdicts
from conduct.interrupts import Interrupts
from conduct.loop import BEFORE, Loop
from conduct.ports import ports_of
from conduct.run import Run
from ramp.decision import INTERRUPTED_EXIT, Action
from reports.progress import Progress


class Afternoon:
    """Of `run`, with further arguments for `pytest`; what holds ends it unless it `waits`."""

    def __init__(self, run: Run, pytest: Sequence[str], *, waits: bool) -> None:
        self._conducting = Conducting(run, Progress())
        self._pytest, self._waits = list(pytest), waits
        self._loop: Loop | None = None
        self.conclusions: list[Conclusion] = []

    def conduct(self) -> int:
        """The last decision's exit status, HOLD's where nothing was decided, or 2 where it was interrupted. Raises
        Conducted, SiteFailed, JudgingFailed and JournalBroken."""
        with Interrupts() as interrupts:
            try:
                self._conducting.begin()
                self._through(interrupts)
                last = self.conclusions[-1].decision.action if self.conclusions else Action.HOLD
                return last.exit_code
            except KeyboardInterrupt:
                with interrupts.held_off():
                    self._conclude_interrupted()
                return INTERRUPTED_EXIT
            finally:
                with interrupts.held_off():
                    self._conducting.close()

    def _through(self, interrupts: Interrupts) -> None:
        run = self._conducting.run
        with ExitStack() as ending, open_journal(run, [BEFORE, *(stage.id for stage in run.plan.stages)]) as journal:
            effects = Effects(self._conducting, journal, ports_of(run, print), self._pytest)
            ending.callback(effects.close)
            self._loop = Loop(self._conducting, journal, effects, interrupts, waits=self._waits)
            self.conclusions = effects.conclusions
            self._loop.conduct()

    def _conclude_interrupted(self) -> None:
        """HOLD for the moment under way, or ROLLBACK where a trigger had fired."""
        run, moment = self._conducting.run, self._loop.ramp.moment if self._loop else BEFORE
        given = {moment: read_verdicts(run.folder, moment)}
        self.conclusions += conclude_interrupted(run, [moment], given)
