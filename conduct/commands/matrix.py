"""The page directive -> check -> last verdict, as Markdown."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from conduct.commands.opening import named_or_newest, opened
from conduct.run import PROJECT
from reports import matrix
from reports.claims import claims
from reports.journal import read


def add_arguments(parser: ArgumentParser) -> None:
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
