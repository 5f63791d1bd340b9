"""Writes a plan to begin with: latency, errors and share are judged at every stage, all else is left out in view.

For example: `python -m ramp init`, then `python -m ramp doctor --plan=gates-only.toml`.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from conduct.run import PLAN_FILE
from ramp import directive
from ramp.gates_only import GATES, gates_only
from ramp.validation import Invalid

FILE = Path("gates-only.toml")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--write-plan", type=Path, default=FILE, metavar="FILE", help=f"the new plan (default {FILE})")


def run(options: Namespace) -> int:
    """Raises Invalid where the file is there already: it may be somebody's work."""
    write_plan(options.write_plan)
    return 0


def write_plan(file: Path) -> None:
    """Raises Invalid."""
    text = gates_only(PLAN_FILE.read_text("utf-8"))
    directive.parse(text, str(file))
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write(text)
    except FileExistsError:
        raise Invalid("--write-plan", [f"{file} is there already; name another with --write-plan=FILE"]) from None
    print(f"{file}: {', '.join(GATES)} are judged at every stage; all else is left out, and named on every card")
    print(f"Go on with: python -m ramp doctor --plan={file}")
