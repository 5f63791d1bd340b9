"""A decision for a terminal or a log, in the order of its card: the word, why, who, and what is not GREEN."""

import os
from collections.abc import Mapping, Sequence
from io import StringIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ramp.decision import Action, Decision, all_green
from ramp.verdict import Colour, Verdict, worst
from reports.figures import figures
from reports.told import Line

COLOUR_STYLES = {
    Colour.GREEN: "green",
    Colour.YELLOW: "yellow",
    Colour.NO_DATA: "magenta",
    Colour.RED: "bold red",
}
ACTION_STYLES = {Action.CONTINUE: "bold green", Action.HOLD: "bold yellow", Action.ROLLBACK: "bold red"}
_NUMBERS = ("value", "control", "limit", "n", "window", "interval", "grade")
_DROPPED_FIRST = ("grade", "interval", "window", "control", "n", "limit", "value")
_WHOLE_WIDTH = 100
_REASON_WIDTH_MIN = 30
_GAP = 2


def table_text(
    verdicts: Sequence[Verdict],
    decision: Decision,
    told: Sequence[Line] = (),
    *,
    width: int,
    colour: bool,
    verbose: bool,
) -> str:
    """The recommendation with what is `told` beside it; then a row for each verdict that is not GREEN, worst first, and
    the names of the others; `width` columns wide, ending with a newline.

    Below 100 columns control and window are left out, and further numbers where the reason would get fewer than 30
    columns: it wraps and is never cut. `colour` writes ANSI colours unless NO_COLOR is set; the words are always
    there. `verbose` has a row for each GREEN verdict too, and adds interval, grade and notes.
    """
    colour = colour and not os.environ.get("NO_COLOR")
    written = StringIO()
    console = Console(
        file=written,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        legacy_windows=False,
    )
    for line in _recommendation(decision, told):
        console.print(line, soft_wrap=True)
    shown = [verdict for verdict in worst(list(verdicts)) if verbose or verdict.colour is not Colour.GREEN]
    if shown:
        console.print(Text())
        console.print(_table(shown, width, verbose))
    if others := _others(verdicts, shown):
        console.print(_printable(others, COLOUR_STYLES[Colour.GREEN]))
    return "".join(f"{line.rstrip()}\n" for line in written.getvalue().splitlines())


def _others(verdicts: Sequence[Verdict], shown: Sequence[Verdict]) -> str:
    names = [verdict.check for verdict in verdicts if verdict not in shown]
    head = "all others GREEN" if shown else all_green(len(names))
    return f"{head}: {', '.join(names)}" if names else ""


def _table(verdicts: Sequence[Verdict], width: int, verbose: bool) -> Table:
    shown = {name: [getattr(figures(verdict), name) for verdict in verdicts] for name in _NUMBERS}
    columns = _columns(verdicts, shown, width, verbose)
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("gate", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("reason", overflow="fold")
    for row, verdict in enumerate(verdicts):
        word = Text(verdict.colour.word, style=COLOUR_STYLES[verdict.colour])
        reason = "\n- ".join((verdict.why, *verdict.notes)) if verbose else verdict.why
        table.add_row(word, Text(verdict.check), *(shown[name][row] for name in columns), _printable(reason))
    return table


def _columns(verdicts: Sequence[Verdict], shown: Mapping[str, list[str]], width: int, verbose: bool) -> list[str]:
    """The numbers that fit beside the reason."""
    dropped = set() if verbose else {"interval", "grade"}
    if width < _WHOLE_WIDTH:
        dropped |= {"control", "window"}
    columns = [name for name in _NUMBERS if name not in dropped]
    widths = {name: _GAP + max(map(len, [name, *shown[name]])) for name in columns}
    words = 2 * _GAP + len("verdict") + max(map(len, ["gate", *(verdict.check for verdict in verdicts)]))
    for name in _DROPPED_FIRST:
        if name in columns and width - words - sum(widths[kept] for kept in columns) < _REASON_WIDTH_MIN:
            columns.remove(name)
    return columns


def _recommendation(decision: Decision, told: Sequence[Line]) -> list[Text]:
    word = Text(f"RECOMMEND: {decision.action}", style=ACTION_STYLES[decision.action])
    lines = [word.append_text(_printable(f" - {decision.reason}", "not bold default"))]
    lines.append(_printable(f"next step: {decision.next_step}"))
    lines += [_printable(f"before it: {said}") for said in decision.before]
    lines += [_printable(f"does not apply: {said}") for said in decision.not_applied]
    return lines + [_printable(f"{line.label.lower()}: {line.said}") for line in told]


def _printable(text: str, style: str = "") -> Text:
    """`text` without control characters: a server's answer must not steer the terminal."""
    return Text("".join(char if char.isprintable() or char == "\n" else " " for char in text), style=style)
