"""Progress of long work on standard error."""

import shutil
import sys
import time

from ramp.plan import Moment

HEARTBEAT_S = 10.0


class Progress:
    """A line that rewrites itself on a terminal; elsewhere one every 10 s, since a silent job looks like a dead one."""

    def __init__(self) -> None:
        self._last_s = time.monotonic()

    def __call__(self, moment: Moment, done_min: float, of_min: float, load: str = "") -> None:
        text = f"{moment.id}: observed {min(done_min, of_min):.0f} of {of_min:.0f} min{load and f'; load {load}'}"
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
