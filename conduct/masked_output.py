"""What a process says, masked on its way: on its standard output, where that may hold any text, and standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, cast

from ramp.privacy.masked_stream import MaskedStream


@contextmanager
def masked_output(known: Callable[[], tuple[str, ...]], *, only_errors: bool = False) -> Iterator[None]:
    """`known` gives the values to mask by name, which may be known only later."""
    out, err = sys.stdout, sys.stderr
    masked_out = out if only_errors else cast(TextIO, MaskedStream(out, known))
    sys.stdout, sys.stderr = masked_out, cast(TextIO, MaskedStream(err, known))
    try:
        yield
    finally:
        for stream in (masked_out, sys.stderr):
            with suppress(OSError, ValueError):  # the reader has gone, or it was closed
                stream.flush()
        sys.stdout, sys.stderr = out, err
