"""Progress of long work on standard error."""

import shutil
import sys
import time
from collections.abc import Sequence

from ramp.plan import Moment

HEARTBEAT_S = 10.0
REWRITTEN_S = 0.3


class Progress:
    """A line that rewrites itself on a terminal; elsewhere one every 10 s, since a silent job looks like a dead one."""

    def __init__(self) -> None:
        self._last_s = time.monotonic()

    def __call__(self, moment: Moment, done_min: float, of_min: float, load: str = "", red: Sequence[str] = ()) -> None:
        """`red` names the gates that are."""
        stands = f"; RED, so its clock stands: {', '.join(red)}" if red else ""
        loaded = f"; load {load}" if load else ""
        text = f"{moment.id}: observed {min(done_min, of_min):.0f} of {of_min:.0f} min{stands}{loaded}"
        over = done_min >= of_min
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{text[: _columns()]:<{_columns()}}" + ("\n" if over else ""))
        elif over or time.monotonic() - self._last_s >= HEARTBEAT_S:
            self._last_s = time.monotonic()
            sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _columns() -> int:
    """A line that wraps could not be written over."""
    return shutil.get_terminal_size().columns - 1


class Counting:
    """A line on a terminal that says how far long work is, rewritten a few times a second or every `every_s`; elsewhere
    nothing."""

    def __init__(self, every_s: float = REWRITTEN_S) -> None:
        self._every_s = every_s
        self._is_terminal = sys.stderr.isatty()
        self._told_s = time.monotonic()
        self._is_told = False

    def __call__(self, text: str) -> None:
        if self._is_terminal and time.monotonic() - self._told_s >= self._every_s:
            self._told_s, self._is_told = time.monotonic(), True
            sys.stderr.write(f"\r{text[: _columns()]:<{_columns()}}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Takes the line away, so that something else can be said."""
        if self._is_told:
            self._is_told = False
            sys.stderr.write(f"\r{'':<{_columns()}}\r")
            sys.stderr.flush()
