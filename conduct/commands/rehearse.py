"""T-10, then every stage in order, on one rehearsal; stops at the first HOLD or ROLLBACK."""

import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace

from conduct.commands.opening import opened
from conduct.conclusion import conclude, open_journal
from conduct.conducting import Conducting
from conduct.handed_over import forget_verdicts, read_verdicts
from conduct.run import PROJECT, Run
from ramp.decision import USAGE_EXIT, Action, Decision
from reports.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest, such as -v or -n 2")


def run(options: Namespace) -> int:
    """The last decision's exit status, or pytest's own 2, 3 or 4. Raises Invalid for a real target."""
    run = opened(options, folder=options.run)
    run.site.must_rehearse()
    before = ["t_minus_10", *(stage.id for stage in run.plan.stages)]
    with Conducting(run, Progress()) as conducting, open_journal(conducting.run, before) as journal:
        for moment in before:
            conducting.observe(run.plan.moment(moment))
            forget_verdicts(run.folder, moment)  # what an earlier run found must not speak for one that dies
            status = _pytest(options, conducting.run, moment)
            if status in (2, 3, USAGE_EXIT):
                print(f"pytest ended with status {status} at {moment}: HOLD, nothing was promoted", file=sys.stderr)
                return status
            conclusion = conclude(journal, conducting.run, moment, read_verdicts(run.folder, moment))
            decision = conclusion.decision
            for line in conclusion.remarks:
                print(line)
            if decision.action is not Action.CONTINUE:
                break
    _say(decision, run)
    return decision.action.exit_code


def _pytest(options: Namespace, run: Run, moment: str) -> int:
    """The checks of `moment` as a process of their own: they return verdicts, this process concludes."""
    argv = [sys.executable, "-m", "pytest", "-m", moment, "--no-header", "-q"]
    # With "=", for pytest takes a path that stands alone for a place to look for tests.
    argv += [f"--run={run.folder.resolve()}", f"--release={run.site.release_file.resolve()}"]
    argv += [f"--plan={run.site.plan_file.resolve()}"]
    argv += ["--scenario", options.scenario, "--speed", str(options.speed)]
    argv += ["-p", "no:cacheprovider", "-p", "no:hypothesispytest", *options.pytest]
    return subprocess.run(argv, cwd=PROJECT, env=os.environ, check=False).returncode


def _say(decision: Decision, run: Run) -> None:
    print(f"\n{decision.action} after {decision.moment}: {decision.reason}")
    print(f"Next: {decision.next_step}")
    print(f"Page: {run.folder / 'page.html'}")
