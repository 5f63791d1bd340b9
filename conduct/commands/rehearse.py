"""T-10, then every stage in order, on one rehearsal; stops at the first HOLD or ROLLBACK."""

import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace

import pytest

from conduct.commands.opening import opened
from conduct.conclusion import Conclusion, conclude, conclude_interrupted, open_journal
from conduct.conducting import Conducting
from conduct.handed_over import forget_verdicts, read_verdicts
from conduct.interrupts import Interrupts, ignored_by_children
from conduct.journal import Journal
from conduct.run import PROJECT, Run
from ramp.decision import INTERRUPTED_EXIT, Action, Decision
from reports.progress import Progress

END_S = 20.0


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest, such as -v or -n 2")


def run(options: Namespace) -> int:
    """The last decision's exit status, pytest's own 3 or 4, or 2 where it was interrupted. Raises Invalid for a real
    target."""
    run = opened(options, folder=options.run)
    run.site.must_rehearse()
    with Interrupts() as interrupts:
        rehearsing = Rehearsing(options, run, interrupts)
        try:
            status = rehearsing.through_all()
        except KeyboardInterrupt:
            rehearsing.conclude_interrupted()
            status = INTERRUPTED_EXIT
        finally:
            with interrupts.held_off():
                rehearsing.conducting.close()
    if rehearsing.decision:
        _say(rehearsing.decision, run)
    return status


class Rehearsing:
    """The moments in order, each concluded before the next. `under_way` is the moment that is observed or judged."""

    def __init__(self, options: Namespace, run: Run, interrupts: Interrupts) -> None:
        self.conducting = Conducting(run, Progress())
        self.decision: Decision | None = None
        self._options = options
        self._interrupts = interrupts
        self._moments = ["t_minus_10", *(stage.id for stage in run.plan.stages)]
        self._under_way = self._moments[0]

    @property
    def _run(self) -> Run:
        return self.conducting.run

    def through_all(self) -> int:
        """The exit status. Raises KeyboardInterrupt."""
        self.conducting.begin()
        with open_journal(self._run, self._moments) as journal:
            for moment in self._moments:
                self._under_way = moment
                if self._interrupts.came:  # while the moment before was concluded
                    raise KeyboardInterrupt
                self.conducting.observe(self._run.plan.moment(self._under_way))
                status = self._judge()
                if status in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
                    print(f"pytest ended with status {status} at {self._under_way}: HOLD", file=sys.stderr)
                    return status
                if self._conclude(journal).action is not Action.CONTINUE:
                    break
        assert self.decision
        return self.decision.action.exit_code

    def _judge(self) -> int:
        """Raises KeyboardInterrupt, also where only the checks' process was told to end."""
        forget_verdicts(self._run.folder, self._under_way)  # an earlier run's must not speak for one that dies
        status = _pytest(self._options, self._run, self._under_way)
        if status == INTERRUPTED_EXIT:
            raise KeyboardInterrupt
        return status

    def _conclude(self, journal: Journal) -> Decision:
        with self._interrupts.held_off():
            given = read_verdicts(self._run.folder, self._under_way)
            conclusion = conclude(journal, self._run, self._under_way, given)
        self._tell(conclusion)
        return conclusion.decision

    def conclude_interrupted(self) -> None:
        """HOLD for the moment under way, or ROLLBACK where a trigger had fired."""
        with self._interrupts.held_off():
            given = {self._under_way: read_verdicts(self._run.folder, self._under_way)}
            for conclusion in conclude_interrupted(self._run, [self._under_way], given):
                self._tell(conclusion)

    def _tell(self, conclusion: Conclusion) -> None:
        self.decision = conclusion.decision
        for line in conclusion.lines:
            print(line)


def _pytest(options: Namespace, run: Run, moment: str) -> int:
    """The checks of `moment` as a process of their own: they return verdicts, this process concludes."""
    argv = [sys.executable, "-m", "pytest", "-m", moment, "--no-header", "-q"]
    # With "=", for pytest takes a path that stands alone for a place to look for tests.
    argv += [f"--run={run.folder.resolve()}", f"--release={run.site.release_file.resolve()}"]
    argv += [f"--plan={run.site.plan_file.resolve()}"]
    argv += ["--scenario", options.scenario, "--speed", str(options.speed)]
    argv += ["-p", "no:cacheprovider", "-p", "no:hypothesispytest", *options.pytest]
    with ignored_by_children():
        process = subprocess.Popen(argv, cwd=PROJECT, env=os.environ)
    try:
        return process.wait()
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Lets it hand over what it has found, within 20 s."""
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _say(decision: Decision, run: Run) -> None:
    print(f"\n{decision.action} after {decision.moment}: {decision.reason}")
    print(f"Next: {decision.next_step}")
    print(f"Page: {run.folder / 'page.html'}")
