"""GO+30, GO+60, T-10, each stage and the two stable hours, on one rehearsal; stops at the first HOLD or ROLLBACK.

python -m ramp rehearse --speed 120                 the whole afternoon in two and a half minutes
python -m ramp rehearse --until stage_100           without the two stable hours
python -m ramp rehearse --speed 120 -- -n auto      with the checks of each moment on all cores
python -m ramp rehearse --drill                     every scenario of the rehearsal by itself, and what found its fault
python -m ramp rehearse --drill --run=DIR           goes on with a drill: what has its result is not rehearsed again
python -m ramp rehearse --drill --only slow_canary  one of them; --only may be given several times
"""

import secrets
import shutil
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from conduct.afternoon import Afternoon
from conduct.commands.opening import opened
from conduct.common_options import takes
from conduct.gate_drill import FILE, GateDrill
from conduct.judging import JudgingFailed
from conduct.run import Run, open_run
from ramp.decision import Action
from ramp.validation import Invalid
from reports import detection
from reports.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "scenario", "speed", "run")
    parser.add_argument("--drill", action="store_true", help="rehearse every scenario; exit 0 if each is found")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="with --drill: this scenario")
    parser.add_argument("--until", metavar="MOMENT", help="the last stage: end once all traffic is on the release")
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest, after --, such as -- -v -n 2")


def run(options: Namespace) -> int:
    """The last decision's exit status, pytest's own 3 or 4, or 2 where it was interrupted; of a drill 0 where every
    fault led to what it must, else 10. Raises Invalid for a real target."""
    if options.drill:
        return _drill(options)
    if options.only:
        raise Invalid("--only", ["chooses scenarios of a drill: type --drill too, or --scenario for a whole ramp"])
    run = opened(options, folder=options.run)
    run.site.must_rehearse()
    return said_at_the_end(Afternoon(run, options.pytest, waits=False, is_to_100=_is_to_100(options, run)), run)


def _is_to_100(options: Namespace, run: Run) -> bool:
    """Raises Invalid."""
    last = run.plan.stages[-1].id
    if options.until not in (None, last):
        raise Invalid(
            "--until", [f"'{options.until}': a rehearsal ends by itself at {last}; leave --until out for all"]
        )
    return options.until is not None


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
            # That all is GREEN stands above, where the checks of the last moment ended.
            is_told = last.decision.action is Action.CONTINUE and not last.decision.because
            reason = "" if is_told else f": {last.decision.reason}"
            print(f"\n{last.decision.action} after {last.decision.moment}{reason}")
            if afternoon.came_to is not last.decision.action:
                print(f"{afternoon.came_to} since, by {afternoon.held_by}: see {run.folder / 'page.html'}")
            else:
                print(f"Next: {last.decision.next_step}")
            print(f"Page: {run.folder / 'page.html'}")


def _drill(options: Namespace) -> int:
    if options.scenario != "healthy":
        raise Invalid("--scenario", [f"a drill rehearses them all; for one of them: --only {options.scenario}"])
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    folder = options.run or Path("runs") / "drills" / name
    base = _opened(options, folder / "none", "healthy", options.speed)
    base.site.must_rehearse()
    base.site.confine()
    drill = GateDrill(folder, base.plan, options.only, lambda *of: _opened(options, *of), options.speed)
    try:
        found_all = drill.drill(options.pytest, lambda said: print(said, flush=True), Progress())
    finally:
        columns = shutil.get_terminal_size((140, 24)).columns
        print(f"\n{detection.table_text(drill.rows, columns)}\n\n{detection.summed_up(drill.rows, drill.count)}")
        print(f"Results: {folder / FILE}\nPage: {folder / detection.FILE}")
        if len(drill.rows) < drill.count:
            print(f"Go on: python -m ramp rehearse --drill --run={folder}")
    return Action.CONTINUE.exit_code if found_all else Action.HOLD.exit_code


def _opened(options: Namespace, folder: Path, scenario: str, speed: float | None) -> Run:
    return open_run(options.release, [], plan_file=options.plan, folder=folder, scenario=scenario, speed=speed)
