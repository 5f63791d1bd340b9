"""Payment caps (B5): the states of a payment, its legal moves, and what counts against the caps."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class CapExceeded(ValueError):
    """A payment does not fit under `cap` (a field of Caps); `left` is what still fits, in payments or in cents."""

    def __init__(self, cap: str, left: int, amount_cents: int) -> None:
        super().__init__(cap, left, amount_cents)
        self.cap = cap
        self.left = left
        self.amount_cents = amount_cents

    def __str__(self) -> str:
        if self.amount_cents < 1:
            return f"a payment of {self.amount_cents} cents is none: an amount is at least 1 cent"
        unit = "payments" if self.cap == "count_max" else "cents"
        return f"a payment of {self.amount_cents} cents does not fit under the cap {self.cap}: {self.left} {unit} left"


class KeyConflict(Exception):
    """A payment key is used again for something else: another amount or another payment at the processor."""


class IllegalMove(Exception):
    """A payment cannot go from the state that it is in to the one asked for, or there is no such payment."""


class State(StrEnum):
    """Where a payment stands. RESERVED is provably unsent; from SENT on the processor may have acted on it."""

    RESERVED = "RESERVED"
    SENT = "SENT"
    UNKNOWN = "UNKNOWN"
    AUTHORIZED = "AUTHORIZED"
    CAPTURE_SENT = "CAPTURE_SENT"
    CAPTURED = "CAPTURED"
    REFUNDED = "REFUNDED"
    DECLINED = "DECLINED"
    VOIDED = "VOIDED"
    RELEASED = "RELEASED"

    @property
    def counts(self) -> bool:
        """Whether it counts against the number of payments: all do that may have reached the processor."""
        return self is not State.RELEASED

    @property
    def holds_cents(self) -> bool:
        """Whether its amount counts against the total. A refund gives nothing back: the cap is gross."""
        return self not in (State.DECLINED, State.VOIDED, State.RELEASED)

    def may_become(self, after: "State") -> bool:
        return after in _MOVES[self]


_MOVES: dict[State, frozenset[State]] = {
    State.RESERVED: frozenset({State.SENT, State.RELEASED}),
    State.SENT: frozenset({State.AUTHORIZED, State.CAPTURED, State.DECLINED, State.VOIDED, State.UNKNOWN}),
    State.UNKNOWN: frozenset({State.AUTHORIZED, State.CAPTURED, State.DECLINED, State.VOIDED}),
    State.AUTHORIZED: frozenset({State.CAPTURE_SENT, State.CAPTURED, State.VOIDED}),
    State.CAPTURE_SENT: frozenset({State.CAPTURED, State.VOIDED, State.UNKNOWN}),
    State.CAPTURED: frozenset({State.REFUNDED}),
    State.REFUNDED: frozenset(),
    State.DECLINED: frozenset(),
    State.VOIDED: frozenset(),
    State.RELEASED: frozenset(),
}


@dataclass(frozen=True)
class Caps:
    """At most `count_max` payments, each of at most `amount_cents_max`, in all at most `total_cents_max`."""

    count_max: int
    amount_cents_max: int
    total_cents_max: int


@dataclass(frozen=True)
class Spend:
    """What counts against the caps; `reserved_cents` excludes what is captured."""

    count: int
    reserved_cents: int
    captured_cents: int

    @property
    def total_cents(self) -> int:
        return self.reserved_cents + self.captured_cents


def recount(payments: Iterable[tuple[State, int]]) -> Spend:
    """The spend of payments given as state and amount in cents."""
    count = reserved_cents = captured_cents = 0
    for state, amount_cents in payments:
        count += state.counts
        if state in (State.CAPTURED, State.REFUNDED):
            captured_cents += amount_cents
        elif state.holds_cents:
            reserved_cents += amount_cents
    return Spend(count, reserved_cents, captured_cents)


def follow(moves: Iterable[tuple[str, int, State | None, State]]) -> dict[str, tuple[State, int]]:
    """Where the moves (key, amount in cents, before, after) lead: state and amount by key.

    Raises IllegalMove where a move does not begin where its payment stood, is not allowed, or changes the amount.
    """
    payments: dict[str, tuple[State, int]] = {}
    for key, amount_cents, before, after in moves:
        stood = payments.get(key)
        allowed = before.may_become(after) if before else after is State.RESERVED
        if not allowed or stood != (before and (before, amount_cents)):
            raise IllegalMove(f"payment {key} cannot go from {before} to {after} with {amount_cents} cents")
        payments[key] = (after, amount_cents)
    return payments


def whole_cents(amount_cents: object) -> int:
    """`amount_cents`, which is a whole number; raises TypeError for a bool, a float or anything else."""
    if type(amount_cents) is not int:
        raise TypeError(f"an amount is a whole number of cents, not {amount_cents!r}")
    return amount_cents


def admit(caps: Caps, spend: Spend, amount_cents: int) -> None:
    """Returns when one more payment of `amount_cents` fits on top of `spend`.

    Raises CapExceeded for the first cap that it does not fit under, TypeError for anything but a whole number.
    """
    if not 1 <= whole_cents(amount_cents) <= caps.amount_cents_max:
        raise CapExceeded("amount_cents_max", caps.amount_cents_max, amount_cents)
    if spend.count >= caps.count_max:
        raise CapExceeded("count_max", 0, amount_cents)
    left_cents = caps.total_cents_max - spend.total_cents
    if amount_cents > left_cents:
        raise CapExceeded("total_cents_max", max(0, left_cents), amount_cents)
