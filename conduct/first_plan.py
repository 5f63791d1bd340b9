"""A plan to begin with, written down."""

from pathlib import Path

from conduct.run import PLAN_FILE
from ramp import directive
from ramp.gates_only import GATES, gates_only
from ramp.validation import Invalid


def write_plan(file: Path) -> None:
    """Raises Invalid where the file is there already."""
    text = gates_only(PLAN_FILE.read_text("utf-8"))
    directive.parse(text, str(file))
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write(text)
    except FileExistsError:
        raise Invalid("--write-plan", [f"{file} is there already; name another with --write-plan=FILE"]) from None
    print(f"{file}: {', '.join(GATES)} are judged at every stage; all else is left out, and named on every card")
