"""Progress of long work on standard error."""

import shutil
import sys
import time
from collections.abc import Mapping
from types import MappingProxyType

from ramp.plan import Moment
from ramp.verdict import Colour

HEARTBEAT_S = 10.0
REWRITTEN_S = 0.3
NO_GATES: Mapping[str, Colour] = MappingProxyType({})


class Progress:
    """A line that rewrites itself on a terminal; elsewhere one whenever a gate changes its colour, and one every 10 s,
    since a silent job looks like a dead one."""

    def __init__(self) -> None:
        self._last_s = time.monotonic()
        self._colours: dict[str, Colour] = {}

    def __call__(
        self, moment: Moment, done_min: float, of_min: float, load: str = "", gates: Mapping[str, Colour] = NO_GATES
    ) -> None:
        """`gates` are the colours of the last look, by gate."""
        said = [f"{moment.id}: observed {min(done_min, of_min):.0f} of {of_min:.0f} min", *_in_brief(gates)]
        text, over = "; ".join([*said, *([f"load {load}"] if load else [])]), done_min >= of_min
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{text[: _columns()]:<{_columns()}}" + ("\n" if over else ""))
        elif over or dict(gates) != self._colours or time.monotonic() - self._last_s >= HEARTBEAT_S:
            self._last_s, self._colours = time.monotonic(), dict(gates)
            sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _in_brief(gates: Mapping[str, Colour]) -> list[str]:
    """`RED, so its clock stands: latency`, `NO DATA: cache`, `10 GREEN`, worst first."""
    said = []
    for colour in sorted({*gates.values()}, reverse=True):
        names = [name for name, its in gates.items() if its is colour]
        word = f"{colour.word}, so its clock stands" if colour is Colour.RED else colour.word
        said.append(f"{len(names)} GREEN" if colour is Colour.GREEN else f"{word}: {', '.join(names)}")
    return said


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
