"""The page directive -> check -> last verdict, as Markdown.

python -m ramp matrix                         the newest run, on standard output
python -m ramp matrix --output=matrix.md --run=DIR
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from conduct.commands.opening import named_or_newest, opened
from conduct.common_options import takes
from conduct.run import PROJECT
from reports import matrix
from reports.claims import claims
from reports.journal import read


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "run")
    parser.add_argument("--output", type=Path, metavar="FILE")


def run(options: Namespace) -> int:
    """Raises JournalBroken, and OSError where FILE cannot be written."""
    run = opened(options, folder=named_or_newest(options))
    text = matrix.matrix(run.plan, read(run.folder), claims(PROJECT / "checks"))
    if options.output:
        options.output.write_text(text, "utf-8")
        print(options.output)
    else:
        print(text)
    return 0
