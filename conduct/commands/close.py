"""Closes a release after two stable hours at 100 %: lifts the payment caps, removes the infra lock, writes win note,
cohort review and freeze, and posts the win note once it is filled in. Each step once, however often it is run.

On a real system the commands of [close] run with --act. Exit status: 0 done, but for what waits for people; 10 where a
step could not be done, or nothing proves the two hours. docs/close.md

python -m ramp close --run=DIR
python -m ramp close --act
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from conduct.close_out import close
from conduct.cohorts_reviewed import review_cohorts
from conduct.commands.opening import named_or_newest, opened
from conduct.common_options import takes
from conduct.journal import Journal
from ramp.observation import NoEvidence


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "speed", "act", "run")
    said = "what users did by day and slice, CSV or JSON lines, for the 7-day cohort review"
    parser.add_argument("--cohorts", type=Path, metavar="EXPORT", help=said)


def run(options: Namespace) -> int:
    """Raises NoEvidence with the step that could not be done."""
    folder = named_or_newest(options)
    if folder is None:
        raise NoEvidence("there is no run to close; name one with --run=DIR")
    run = opened(options, folder=folder)
    with Journal(folder, run.site.secrets) as journal:
        for said in close(run, journal):
            print(said, flush=True)
        if options.cohorts:
            print(review_cohorts(run, journal, options.cohorts))
    return 0
