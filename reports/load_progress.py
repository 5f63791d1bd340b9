"""How load fares while it flows: a table that rewrites itself on a terminal, a heartbeat line every 10 s elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from ramp.brought import Brought
from ramp.load import in_brief
from ramp.order import AIMS
from ramp.tally import quantile_s
from ramp.units import Unit, show

HEARTBEAT_S = 10.0


class LoadProgress:
    """`progress(brought, left_s)`, as often as there is news. Colours follow NO_COLOR."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._said_s = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def __call__(self, brought: Brought, left_s: float) -> None:
        if self._console.is_terminal:
            self._live.update(table(brought, left_s), refresh=True)
        elif time.monotonic() - self._said_s >= HEARTBEAT_S:
            self._said_s = time.monotonic()
            print(f"load: {in_brief(brought)}, {left_s:.0f} s left", file=sys.stderr, flush=True)


def table(brought: Brought, left_s: float | None = None) -> Table:
    """A row for each aim: how much was due, what came of it, and P95 since the load began, as due and as sent."""
    of = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    of.add_column("load")
    for name in ("due", "answered", "per s", "errors", "wrong slice", "P95 as due", "P95 as sent"):
        of.add_column(name, justify="right")
    seconds_s = brought.seconds_s or 1.0
    for aim in AIMS:
        tally = brought.of(aim)
        p95 = [
            show(quantile_s(ticks, 0.95), Unit.SECONDS) if ticks else "-" for ticks in (tally.corrected, tally.service)
        ]
        errors, wrong = tally.count("error") + tally.count("no_answer"), tally.count("wrong_slice")
        row = [f"{brought.due.get(aim, 0):,}", f"{brought.answered.get(aim, 0):,}", f"{tally.requests / seconds_s:.1f}"]
        row += [f"{errors:,}", f"{wrong:,}", *p95]
        of.add_row(aim, *row, style="red" if errors or wrong else None)
    if left_s is not None:
        of.caption = f"{left_s:.0f} s left"
        of.caption_justify = "left"
    return of
