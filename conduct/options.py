"""What is typed after an option, read: a number or an address, or one sentence that says what it should be."""

from collections.abc import Callable
from datetime import UTC, datetime

from ramp.validation import Invalid

SPEED_MAX = 3600.0


def number(option: str, least: float, most: float, such_as: float) -> Callable[[str], float]:
    """Reads a number from `least` to `most`. What it gives raises Invalid."""

    def read(text: str) -> float:
        try:
            given = float(text)
        except ValueError:
            given = float("nan")
        if not least <= given <= most:
            should = f"should be a number from {least:g} to {most:,.10g}, for example {option} {such_as:g}"
            raise Invalid(option, [f"'{text}' {should}"])
        return given

    return read


def count(option: str, most: int) -> Callable[[str], int]:
    """Reads a whole number from 1 to `most`. What it gives raises Invalid."""

    def read(text: str) -> int:
        if not (text.isdecimal() and text.isascii() and 1 <= len(text) <= 9 and 1 <= int(text) <= most):
            raise Invalid(option, [f"'{text}' should be a whole number from 1 to {most:,}, for example {option} 1"])
        return int(text)

    return read


def address(option: str) -> Callable[[str], str]:
    """Reads HOST:PORT. What it gives raises Invalid."""

    def read(text: str) -> str:
        host, _, port = text.rpartition(":")
        if not (host and port.isdecimal() and port.isascii() and len(port) <= 5 and 0 < int(port) < 65536):
            raise Invalid(option, [f"'{text}' should be HOST:PORT, for example {option} 0.0.0.0:5557"])
        return text

    return read


def at_utc(option: str) -> Callable[[str], datetime]:
    """Reads a time with its zone. What it gives raises Invalid."""

    def read(text: str) -> datetime:
        try:
            at = datetime.fromisoformat(text)
            if at.tzinfo is not None and 2000 <= at.year < 2100:
                return at.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise Invalid(option, [f"'{text}' should be a time with its zone, for example {option} 2026-11-24T08:00:00Z"])

    return read


def stage_at(option: str) -> Callable[[str], tuple[str, datetime]]:
    """Reads STAGE=TIME. What it gives raises Invalid."""

    def read(text: str) -> tuple[str, datetime]:
        stage, equals, at = text.partition("=")
        if not equals:
            raise Invalid(
                option, [f"'{text}' should be STAGE=TIME, for example {option} stage_10=2026-11-24T08:20:00Z"]
            )
        return stage, at_utc(option)(at)

    return read


speed = number("--speed", 0.1, SPEED_MAX, 60)
