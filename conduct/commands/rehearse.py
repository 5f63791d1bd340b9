"""T-10, then every stage in order, on one rehearsal; stops at the first HOLD or ROLLBACK."""

import sys
from argparse import ArgumentParser, Namespace

from conduct.afternoon import Afternoon
from conduct.commands.opening import opened
from conduct.judging import JudgingFailed
from conduct.run import Run


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest, such as -v or -n 2")


def run(options: Namespace) -> int:
    """The last decision's exit status, pytest's own 3 or 4, or 2 where it was interrupted. Raises Invalid for a real
    target."""
    run = opened(options, folder=options.run)
    run.site.must_rehearse()
    return said_at_the_end(Afternoon(run, options.pytest, waits=False), run)


def said_at_the_end(afternoon: Afternoon, run: Run) -> int:
    """Conducts it and says what it came to: the decision, what somebody has to look at, and where all of it is."""
    try:
        return afternoon.conduct()
    except JudgingFailed as failed:
        print(failed, file=sys.stderr)
        return failed.status
    finally:
        if afternoon.conclusions:
            last = afternoon.conclusions[-1]
            for line in last.lines:
                print(line)
            print(f"\n{last.decision.action} after {last.decision.moment}: {last.decision.reason}")
            print(f"Next: {last.decision.next_step}")
            print(f"Page: {run.folder / 'page.html'}")
