"""The detection matrix: each rehearsed fault, what found it and when, what was decided, and when no user was left."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.table import Table

from ramp.detection import Detection, Led

FILE = "page.html"
HEADER = ("Fault", "Moment", "Gate", "Minutes to detect", "Decision", "Seconds to zero", "As it must")
NONE = "-"
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def cells(row: Detection) -> tuple[str, ...]:
    """One scenario as the matrix shows it, in the order of HEADER."""
    return (
        row.name,
        row.moment,
        _gate(row.came),
        NONE if row.detected_min is None else f"{row.detected_min:.0f}",
        row.came.decision or "none",
        NONE if row.zero_s is None else f"{row.zero_s:.1f}",
        "yes" if row.held else f"NO: {why_not(row)}",
    )


def why_not(row: Detection) -> str:
    """What of it is not as it must be."""
    if row.problem:
        return row.problem
    if row.came == row.must:
        return "it was rolled back, and zero was not proven"
    return f"{_told(row.must)} was due"


def in_brief(row: Detection) -> str:
    """`slow_canary at stage_50: latency RED, F1, after 9 min; ROLLBACK, zero after 1.2 s`."""
    found = _gate(row.came)
    after = f" after {row.detected_min:.0f} min" if row.detected_min is not None else ""
    zero = f", zero after {row.zero_s:.1f} s" if row.zero_s is not None else ""
    said = f"{found}{after}; " if found != NONE else ""
    told = f"{row.name} at {row.moment}: {said}{row.came.decision or 'no decision'}{zero}"
    return told if row.held else f"{told} - NOT AS IT MUST: {why_not(row)}"


def table_text(rows: Sequence[Detection], width: int) -> str:
    """The matrix for a terminal that is `width` columns wide."""
    table = Table(*HEADER, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*cells(row))
    console = Console(width=width, no_color=True, highlight=False, markup=False)
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def summed_up(rows: Sequence[Detection], of: int) -> str:
    """`65 of 66 scenarios led to what they must; not: slow_canary`."""
    wrong = [row.name for row in rows if not row.held]
    missing = f"; {of - len(rows)} not rehearsed yet" if len(rows) < of else ""
    said = f"{len(rows) - len(wrong)} of {of} scenarios led to what they must"
    return f"{said}{missing}{'; not: ' + ', '.join(wrong) if wrong else ''}"


def write_page(folder: Path, rows: Sequence[Detection], of: int, at_utc: datetime) -> Path:
    """Writes the matrix of `rows`, out of `of` scenarios, as `page.html` into `folder` and says where."""
    html = _TEMPLATES.get_template("detection.html").render(
        rows=rows, cells=cells, header=HEADER, summed_up=summed_up(rows, of), is_sound=_is_sound(rows, of),
        time=f"{at_utc:%Y-%m-%d %H:%M} UTC",
    )  # fmt: skip
    unfinished = folder / f"{FILE}.tmp"
    unfinished.write_text(html, "utf-8")
    return unfinished.replace(folder / FILE)


def _is_sound(rows: Sequence[Detection], of: int) -> bool:
    return len(rows) == of and all(row.held for row in rows)


def _gate(led: Led) -> str:
    if led.check is None:
        return NONE
    return " ".join(filter(None, (led.check, led.verdict or "without a verdict", led.trigger)))


def _told(led: Led) -> str:
    gate = _gate(led)
    return f"{led.decision}{f' with {gate}' if gate != NONE else ''}"
