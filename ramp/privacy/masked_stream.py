"""A stream of text that masks what is written before it goes on."""

from collections.abc import Callable
from typing import Any, TextIO

from ramp.privacy.masking import scrub


class MaskedStream:
    """`stream`, of which nobody sees what is secret: each line is masked as a whole, for what stands before a value may
    be what tells it. `known` gives the values to mask by name. What has no line break yet goes on with `flush`."""

    def __init__(self, stream: TextIO, known: Callable[[], tuple[str, ...]]) -> None:
        self._stream = stream
        self._known = known
        self._begun = ""

    def write(self, text: str) -> int:
        whole, line_break, rest = text.rpartition("\n")
        if line_break:
            whole, self._begun = self._begun + whole + line_break, ""
            self._stream.write(scrub(whole, self._known()))
        self._begun += rest
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        begun, self._begun = self._begun, ""
        if begun:
            self._stream.write(scrub(begun, self._known()))
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        """What else a stream can do, such as saying whether it is a terminal."""
        return getattr(self._stream, name)
