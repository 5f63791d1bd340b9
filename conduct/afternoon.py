"""An afternoon of a release: one process conducts its ramp from T-10 on, and what it came to."""

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path

from conduct.calling import call
from conduct.clock_set_back import must_not_be_behind
from conduct.conclusion import Conclusion, conclude_interrupted, open_journal
from conduct.conducting import Conducting
from conduct.effects import Effects
from conduct.handed_over import read_verdicts
from conduct.interrupts import Interrupts
from conduct.journal import NotWritten, cannot_be_written
from conduct.lease import ReleaseLease
from conduct.loop import GOING_BACK, OVER, Loop
from conduct.page_copies import copied
from conduct.ports import ports_of, weight_of
from conduct.run import Run
from fixtures.traffic.contract import traffic_of
from ramp.decision import INTERRUPTED_EXIT, Action
from ramp.folded import BEFORE, before, course
from ramp.who_is_told import INCIDENT_COMMANDER
from reports.journal import read
from reports.progress import Progress


class Afternoon:
    """Of `run`, with further arguments for `pytest`; what holds ends it unless it `waits`, 100 % if `is_to_100`."""

    def __init__(self, run: Run, pytest: Sequence[str], *, waits: bool, is_to_100: bool = False) -> None:
        self._interrupts = Interrupts()
        self._conducting = Conducting(run, Progress(), self._interrupts)
        self._pytest, self._waits, self._is_to_100 = list(pytest), waits, is_to_100
        self._loop: Loop | None = None
        self.conclusions: list[Conclusion] = []

    def conduct(self) -> int:
        """The last decision's exit status, HOLD's where nothing was decided, or 2 where it was interrupted. Raises
        Conducted, SiteFailed, JudgingFailed, JournalBroken and NotWritten."""
        with self._interrupts as interrupts:
            try:
                self._conducting.begin()
                self._through(interrupts)
                return self.came_to.exit_code
            except KeyboardInterrupt:
                with interrupts.held_off():
                    self._conclude_interrupted()
                return INTERRUPTED_EXIT
            finally:
                with interrupts.held_off():
                    self._bring_the_page()
                    self._conducting.close()

    @property
    def came_to(self) -> Action:
        """The last decision; HOLD where nothing was decided, or where something that is no decision keeps the ramp from
        going on, such as a weight that cannot be set, or that the traffic does not follow."""
        last = self.conclusions[-1].decision.action if self.conclusions else Action.HOLD
        return Action.HOLD if last is Action.CONTINUE and self.held_by else last

    @property
    def held_by(self) -> str:
        """What keeps the ramp where it is."""
        ramp = self._loop.ramp if self._loop else None
        return ", ".join(sorted(ramp.blocks)) if ramp and ramp.phase not in OVER else ""

    def _through(self, interrupts: Interrupts) -> None:
        try:
            self._in_journal(interrupts)
        except OSError as failed:
            with interrupts.held_off():
                raise self._not_written(failed) from None
        except Exception as failed:
            with interrupts.held_off():
                self._call_for_lost(failed)
            raise

    def _call_for_lost(self, failed: Exception) -> None:
        """Whatever ends a conductor of a real target: while users are with the canary, whoever commands is called."""
        run, loop = self._conducting.run, self._loop
        if loop and loop.ramp.is_out and run.site.is_live:
            ended = f"the conductor ended at {loop.ramp.moment}: {failed}"
            call(run, f"{ended}; {_stands(run, loop)}; nobody looks at it", (INCIDENT_COMMANDER,))

    def _in_journal(self, interrupts: Interrupts) -> None:
        run = self._conducting.run
        moments = [*before(run.plan), *(each.moment for each in course(run.plan))]
        with _lease_of(run), ExitStack() as ending, open_journal(run, moments) as journal:
            self._conducting.writes_in(journal)
            effects = Effects(self._conducting, journal, ports_of(run, print, read(run.folder)), self._pytest)
            ending.callback(effects.close)
            ways = {"waits": self._waits, "is_to_100": self._is_to_100}
            self._loop = Loop(self._conducting, journal, effects, interrupts, **ways)
            if run.site.is_live and self._loop.ramp.phase not in GOING_BACK:
                must_not_be_behind(run, read(run.folder))
            self.conclusions = effects.conclusions
            self._loop.conduct()

    def _not_written(self, failed: OSError) -> NotWritten:
        """HOLD: whoever commands is called, for nobody looks any more."""
        run, ramp = self._conducting.run, self._loop.ramp if self._loop else None
        stands = _stands(run, self._loop)
        held = f"HOLD at {ramp.moment if ramp else BEFORE}: {cannot_be_written(failed, run.folder)}"
        called = call(run, f"{held}; {stands}; nobody looks at it", (INCIDENT_COMMANDER,))
        told = "The incident commander is paged" if called["posted"] else f"NOBODY IS PAGED: {called.get('why')}"
        go_on = f"Make room and go on: python -m ramp run --run={run.folder}. Roll back: python -m ramp rollback"
        return NotWritten(f"{held}; {stands}, and nobody looks at it any more. {told}. {go_on}")

    def _bring_the_page(self) -> None:
        """The last one, which tells the last decision, to where cards lead to."""
        run = self._conducting.run
        if (row := run.release.page) and (failed := copied(row, run.folder, run.site.secrets)):
            print(failed, file=sys.stderr)

    def _conclude_interrupted(self) -> None:
        """HOLD for the moment under way, or ROLLBACK where a trigger had fired."""
        run, moment = self._conducting.run, self._loop.ramp.moment if self._loop else BEFORE
        given = {moment: read_verdicts(run.folder, moment)}
        self.conclusions += conclude_interrupted(run, [moment], given)


def _stands(run: Run, loop: Loop | None) -> str:
    """What traffic is. The tool is asked, for what was set last may stand nowhere."""
    if loop and loop.ramp.phase in GOING_BACK:
        return "the rollback was ordered, and that it took is NOT PROVEN"
    if loop:
        read = loop.read_weight()
    elif row := run.site.target.traffic:
        read = weight_of(traffic_of(row, run.site.secrets, run.folder))
    else:
        return "nothing was set here, and what the canary's weight is is not known"
    if read.weight_pct is None:
        return f"what the canary's weight is is not known: {read.why}"
    return f"the canary's weight is {read.weight_pct:g} %"


def _lease_of(run: Run) -> AbstractContextManager[None]:
    """A rehearsal is a system of its own: many may run at once."""
    beside = (run.folder.parent, Path("runs") / run.release.version)
    return ReleaseLease(run.release.version, run.release.commit, beside) if run.site.is_live else nullcontext()
