"""Ctrl-C and SIGTERM: the first one ends what is under way, in order; what follows cannot tear that apart."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self

AGAIN_S = 20.0


class Interrupts:
    """From `begin` to `close`, SIGINT or SIGTERM raises KeyboardInterrupt. One that follows within 20 s is let pass,
    and while they are `held_off` none is raised at all: a HOLD that is half told helps nobody. What an interrupt leaves
    open where it comes, such as a socket, is no news: Python would print a traceback of it.

    A signal that this process ignores, as a shell has it for what it puts into the background, stays ignored.
    """

    def __init__(self) -> None:
        self._before: dict[signal.Signals, Any] = {}
        self._came_s: float | None = None
        self._are_held_off = False
        self._unraisable = sys.unraisablehook

    @property
    def came(self) -> bool:
        return self._came_s is not None

    @property
    def are_held_off(self) -> bool:
        return self._are_held_off

    def begin(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._before[number] = signal.signal(number, self._note)
        return self

    def close(self) -> None:
        """Twice is fine."""
        while self._before:
            signal.signal(*self._before.popitem())
        if sys.unraisablehook is _unsaid:
            sys.unraisablehook = self._unraisable

    @contextmanager
    def held_off(self) -> Iterator[None]:
        """What comes meanwhile is noted in `came` and raises nothing."""
        self._are_held_off = True
        try:
            yield
        finally:
            self._are_held_off = False

    def _note(self, number: int, frame: FrameType | None) -> None:
        before_s, now_s = self._came_s, time.monotonic()
        if before_s is not None and now_s - before_s < AGAIN_S:
            return
        self._came_s = now_s
        if not self._are_held_off:
            if sys.unraisablehook is not _unsaid:
                self._unraisable, sys.unraisablehook = sys.unraisablehook, _unsaid
            raise KeyboardInterrupt

    def __enter__(self) -> Self:
        return self.begin()

    def __exit__(self, *_: object) -> None:
        self.close()


def _unsaid(unraisable: "sys.UnraisableHookArgs") -> None:
    """Says nothing of it."""


@contextmanager
def ignored_by_children() -> Iterator[None]:
    """A process that is started meanwhile ignores Ctrl-C, which a terminal sends to all of a group: its parent tells it
    when to end."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
