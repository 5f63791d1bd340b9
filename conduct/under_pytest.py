"""The controller of a run under pytest: has moments observed before their checks, and concludes after them."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from conduct.conclusion import Conclusion, conclude, conclude_interrupted, facts_of, held_min, open_journal
from conduct.conducting import Conducting
from conduct.drill import is_drilled_at, try_to_drill
from conduct.handed_over import hand_over
from conduct.interrupts import Interrupts
from conduct.journal import JournalBusy, cannot_be_written
from conduct.lease import Conducted
from conduct.run import Run
from conduct.site import SiteFailed
from ramp.decision import EVIDENCE_BROKEN_EXIT, Action, complete, decide
from ramp.privacy.masking import scrub
from ramp.validation import Invalid
from reports import allure_results, told
from reports.journal import FILE, JournalBroken, read_file
from reports.progress import Progress
from reports.terminal import table_text
from reports.verdicts import Collected

LOG_WIDTH = 140


class Controller:
    """A plugin of the process that the user started, never of an xdist worker.

    Where another process conducts the run, it only judges. Verdicts go to the conductor that began it, `conducted_by`,
    also where that one is gone: then nobody reads them, and nothing is concluded here in its stead.
    """

    def __init__(
        self, config: pytest.Config, run: Run, moments: Sequence[str], conducted_by: int | None = None
    ) -> None:
        self._config = config
        self._conducted_by = conducted_by
        self._moments = list(moments)
        self._under_way = list(moments)[:1]
        self._has_begun = False
        self._interrupts = Interrupts()
        self._conducting = Conducting(run, Progress(), self._interrupts)
        self._conducted_elsewhere = conducted_by is not None
        self._collected = Collected()
        self._conclusions: list[Conclusion] = []

    @property
    def _run(self) -> Run:
        return self._conducting.run

    @property
    def has_concluded(self) -> bool:
        return bool(self._conclusions)

    def pytest_sessionstart(self) -> None:
        self._interrupts.begin()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """The rehearsal starts while xdist's workers do, and not for what only lists, such as --fixtures. For a journal
        that is broken nothing starts."""
        try:
            read_file(self._run.folder / FILE, may_be_torn=True)  # who conducts it elsewhere may be writing
            self._has_begun = True
            if not self._conducted_elsewhere:
                self._conducting.begin()
        except Conducted:
            self._conducted_elsewhere = True
        except (SiteFailed, Invalid) as failed:
            raise pytest.UsageError(scrub(str(failed), self._run.site.secrets)) from None
        except OSError as failed:
            raise pytest.UsageError(f"the run folder cannot be written: {failed}") from None
        except JournalBroken as broken:
            pytest.exit(scrub(str(broken), self._run.site.secrets), EVIDENCE_BROKEN_EXIT)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Has every chosen moment observed before the first check runs, up to one at which a trigger fired."""
        collected_nothing = not session.config.getoption("numprocesses", None) and not session.testscollected
        if self._conducted_elsewhere or session.testsfailed or collected_nothing:
            return
        for moment in self._moments:
            self._under_way = [moment]
            try:
                if self._conducting.observe(self._run.plan.moment(moment)):
                    break
                self._drill(moment)
            except OSError as failed:
                self._hold_unwritten(failed)
        self._under_way = self._moments

    def _drill(self, moment: str) -> None:
        """A rehearsal drills its rollback before the checks that ask for it."""
        if is_drilled_at(self._run, moment):
            with suppress(JournalBusy), open_journal(self._run, [moment]) as journal:  # which the conclusion says
                try_to_drill(self._run, journal)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._collected.add(report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Concludes. Pytest's own 3 and 4 stay, and its 2 where the operator interrupted it; all else, such as the 2 of
        `-x` under xdist, becomes the worst decision's exit status."""
        if exitstatus in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR) or not self._has_begun:
            return
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and any(map(self._run.plan.required, self._moments)):
            return  # -k or a path selects none of the checks that there are: nobody is told of a slip
        interrupted = self._interrupts.came
        self._end(interrupted)
        allure_results.write_context(Path(self._config.option.allure_report_dir), facts_of(self._run))
        if not interrupted:
            session.exitstatus = max(conclusion.decision.action.exit_code for conclusion in self._conclusions)

    def _end(self, interrupted: bool) -> None:
        with self._interrupts.held_off():
            if self._conducted_elsewhere:
                self._hand_over(interrupted)
                return
            try:
                self._conclude(interrupted)
            except JournalBusy as busy:
                raise pytest.UsageError(scrub(str(busy), self._run.site.secrets)) from None
            except JournalBroken as broken:
                pytest.exit(scrub(str(broken), self._run.site.secrets), EVIDENCE_BROKEN_EXIT)
            except OSError as failed:
                self._hold_unwritten(failed)

    def _hold_unwritten(self, failed: OSError) -> None:
        """Where the disk is full nothing can be concluded."""
        why = cannot_be_written(failed, self._run.folder)
        pytest.exit(
            f"HOLD: {why}. Make room and run it again; roll back: python -m ramp rollback", Action.HOLD.exit_code
        )

    def _conclude(self, interrupted: bool) -> None:
        run, given = self._run, self._collected.verdicts
        if interrupted:
            self._conclusions += conclude_interrupted(run, self._under_way, given)
            return
        with open_journal(run, self._moments) as journal:
            for moment in self._moments:
                found = self._collected.facts.get(moment, {}).values()
                self._conclusions.append(conclude(journal, run, moment, given.get(moment, {}), facts=found))

    def _hand_over(self, interrupted: bool) -> None:
        for moment in self._moments:
            given = self._collected.verdicts.get(moment, {})
            found = self._collected.facts.get(moment, {})
            if to := self._conducted_by:
                hand_over(self._run.folder, moment, given.values(), found.values(), self._run.site.secrets, to)
            held = held_min(self._run, moment)
            decision = decide(self._run.plan, moment, given, held, interrupted=interrupted)
            verdicts = complete(self._run.plan, moment, given, interrupted=interrupted)
            to_tell = tuple(told.who(decision, None, None))  # by the process that conducts the run
            self._conclusions.append(Conclusion(verdicts=verdicts, decision=decision, told=to_tell))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for conclusion in self._conclusions:
            terminalreporter.section(f"{conclusion.decision.moment} of {self._run.release.version}")
            terminalreporter.write(
                table_text(
                    conclusion.verdicts,
                    conclusion.decision,
                    conclusion.told,
                    width=terminalreporter._tw.fullwidth if terminalreporter.isatty else LOG_WIDTH,
                    colour=terminalreporter.hasmarkup,
                    verbose=self._config.option.verbose > 0,
                )
            )
            for line in conclusion.remarks:
                terminalreporter.write_line(scrub(line, self._run.site.secrets))
        if self._conclusions and not self._conducted_elsewhere:
            terminalreporter.write_line(f"Page: {self._run.folder / 'page.html'}")

    def pytest_unconfigure(self) -> None:
        with self._interrupts.held_off():
            self._conducting.close()
        self._interrupts.close()
