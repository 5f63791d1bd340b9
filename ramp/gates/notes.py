"""What a gate tells beside its value, and in its place."""

from typing import NamedTuple, Protocol

from ramp.gates.judging import Point


class Notes(Protocol):
    """Further numbers of a gate, read when it looks."""

    def lines(self) -> tuple[str, ...]: ...


class NoNotes(NamedTuple):
    def lines(self) -> tuple[str, ...]:
        return ()


class Wide(NamedTuple):
    """What is said in place of a value that is not known any closer, and why it is not."""

    value: str
    why: str


def known(point: Point) -> Wide | None:
    """Of a value that is known as it is."""
    return None
