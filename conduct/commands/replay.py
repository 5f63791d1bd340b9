"""Judges recorded releases again, minute by minute as if live: when gates warned and broke, what was decided."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from conduct.run import load_plan
from ramp import gates
from ramp.replay import DEFAULT_GATES
from ramp.validation import nearest
from reports.replayed import replayed


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", nargs="+", type=Path, metavar="FILE", help="observations: JSON lines, also .gz")
    parser.add_argument("--json", action="store_true", help="one JSON object a line a file")
    named = f"the gates that the recording must carry (default {','.join(DEFAULT_GATES)})"
    parser.add_argument("--gates", type=_gates, default=DEFAULT_GATES, metavar="NAME,...", help=named)


def run(options: Namespace) -> int:
    """The worst of the files' exit statuses."""
    return replayed(load_plan(options.plan), options.file, options.gates, as_json=options.json)


def _gates(names: str) -> tuple[str, ...]:
    of = tuple(name.strip() for name in names.split(",") if name.strip())
    for name in of:
        if name not in gates.__all__:
            raise ArgumentTypeError(
                f"no gate '{name}'.{nearest(name, gates.__all__)} Known: {', '.join(gates.__all__)}"
            )
    if not of:
        raise ArgumentTypeError("names no gate")
    return of
