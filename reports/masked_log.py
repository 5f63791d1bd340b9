"""What is logged while pytest runs, masked where it enters: in pytest's reports, on the terminal, in a --log-file."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ramp.privacy.masking import scrub

_FORMATTER = logging.Formatter()


@contextmanager
def masked_log(secrets: Callable[[], tuple[str, ...]]) -> Iterator[None]:
    """`secrets` gives the values to mask by name. Records have no arguments then, which stand in their messages, and
    tracebacks are text."""
    made = logging.getLogRecordFactory()

    def masked(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record, known = made(*args, **kwargs), secrets()
        record.msg, record.args = scrub(_said(record), known), None
        if record.exc_info:
            record.exc_text = scrub(_FORMATTER.formatException(record.exc_info), known)
        return record

    logging.setLogRecordFactory(masked)
    try:
        yield
    finally:
        logging.setLogRecordFactory(made)


def _said(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} (its arguments do not fit)"
