"""Looks at a real target every minute of a stage and writes down what it sees, for pytest -m stage_N --run=DIR. With
--from and --to it reads a release that is over from Prometheus' history, for python -m ramp replay.

python -m ramp observe --moment stage_1 --run=DIR
python -m ramp observe --from 2026-11-24T08:00:00Z --to 2026-11-24T09:30:00Z
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from conduct.commands.opening import allow_live_payments, opened
from conduct.common_options import takes
from conduct.conclusion import conclude, conclude_interrupted, open_journal
from conduct.conducting import Conducting
from conduct.history import record
from conduct.interrupts import Interrupts
from conduct.observing import observe
from conduct.options import at_utc, stage_at
from conduct.run import Run
from ramp.judge import Looked
from ramp.placebo_hour import PLACEBO
from ramp.validation import Invalid
from reports.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "scenario", "speed", "act", "run")
    parser.add_argument("--moment", metavar="STAGE", help="placebo, stage_1 ... stage_100")
    past = parser.add_argument_group("a release that is over")
    past.add_argument("--from", dest="t0", type=at_utc("--from"), metavar="TIME", help="T-0, as 2026-11-24T08:00:00Z")
    past.add_argument("--to", type=at_utc("--to"), metavar="TIME", help="until when it is read")
    said = "when a stage began, where it was not held as long as the plan says (may be repeated)"
    past.add_argument("--began", type=stage_at("--began"), default=[], action="append", metavar="STAGE=TIME", help=said)
    said = "the recording (default history-T-0.jsonl)"
    past.add_argument("--file", type=Path, metavar="FILE", help=said)
    allow_live_payments(parser)


def run(options: Namespace) -> int:
    """0 once the stage was looked at to its end, ROLLBACK's 20 at the look at which a trigger fired. Raises
    KeyboardInterrupt once that is written down and told."""
    if options.t0 or options.to:
        return _recorded(options)
    if options.moment is None:
        raise Invalid("observe", ["name a stage with --moment, or a release that is over with --from and --to"])
    is_placebo = options.moment == PLACEBO
    run = opened(options, folder=options.run, moments=[] if is_placebo else [options.moment])
    conducting = Conducting(run, Progress())
    with Interrupts() as interrupts:
        try:
            begun = conducting.begin().run
            row = run.plan.placebo if is_placebo else run.plan.moment(options.moment)
            fired = observe(begun, conducting.driver, row)
            if fired:
                with interrupts.held_off():
                    return _concluded(begun, options.moment, fired)
        except KeyboardInterrupt:
            with interrupts.held_off():
                for conclusion in () if is_placebo else conclude_interrupted(conducting.run, [options.moment], {}):
                    for line in conclusion.lines:
                        print(line)
            raise
        finally:
            with interrupts.held_off():
                conducting.close()
    further = (
        f"Go on with: --moment {run.plan.stages[0].id}" if is_placebo else f"Judge it with: pytest -m {options.moment}"
    )
    print(f"Observed. {further} --run={run.folder}")
    return 0


def _recorded(options: Namespace) -> int:
    """The exit status of the past."""
    if not (options.t0 and options.to) or options.moment:
        raise Invalid("observe", ["a release that is over needs --from and --to, and no --moment"])
    file = options.file or Path(f"history-{options.t0:%Y%m%dT%H%MZ}.jsonl")
    return record(options.release, options.plan, options.t0, options.to, options.began, file)


def _concluded(run: Run, moment: str, fired: Looked) -> int:
    """Told at once: nobody waits for the checks where a trigger fired. The exit status."""
    with open_journal(run, [moment]) as journal:
        conclusion = conclude(journal, run, moment, fired.verdicts())
    print(f"{conclusion.decision.action} at {moment}: {conclusion.decision.reason}")
    print(f"Next: {conclusion.decision.next_step}")
    for line in conclusion.lines:
        print(line)
    return conclusion.decision.action.exit_code
