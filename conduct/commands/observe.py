"""Looks at a real target every minute of a stage and writes down what it sees, for pytest -m stage_N --run=DIR."""

from argparse import ArgumentParser, Namespace

from conduct.commands.opening import allow_live_payments, opened
from conduct.conducting import Conducting
from conduct.stage_driver import StageDriver
from ramp.stage_view import PLACEBO
from reports.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--moment", required=True, metavar="STAGE", help="placebo, stage_1 ... stage_100")
    allow_live_payments(parser)


def run(options: Namespace) -> int:
    """0 once the stage was looked at to its end."""
    is_placebo = options.moment == PLACEBO
    run = opened(options, folder=options.run, moments=[] if is_placebo else [options.moment])
    with Conducting(run, Progress()) as conducting:
        driver = StageDriver(conducting.run, Progress())
        try:
            driver.observe(run.plan.placebo if is_placebo else run.plan.moment(options.moment))
        finally:
            driver.close()
    further = (
        f"Go on with: --moment {run.plan.stages[0].id}" if is_placebo else f"Judge it with: pytest -m {options.moment}"
    )
    print(f"Observed. {further} --run={run.folder}")
    return 0
