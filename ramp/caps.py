"""Payment caps (B5): the states of a payment, its legal moves, and what counts against the caps."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

CENTS_MAX = 2**63 - 1  # what a database's whole number holds
KEY_CHARACTERS_MAX = 200  # the processor takes 255, of which the release and the step need some
PAYMENT_ID_CHARACTERS_MAX = 255


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
    REJECTED = "REJECTED"
    RELEASED = "RELEASED"

    @property
    def counts(self) -> bool:
        """Whether it counts against the number of payments: all do of which the processor may have made one."""
        return self not in (State.REJECTED, State.RELEASED)

    @property
    def holds_cents(self) -> bool:
        """Whether its amount counts against the total. A refund gives nothing back: the cap is gross."""
        return self not in (State.DECLINED, State.VOIDED, State.REJECTED, State.RELEASED)

    @property
    def is_captured(self) -> bool:
        """Whether its amount was taken, given back later or not."""
        return self in (State.CAPTURED, State.REFUNDED)

    def may_become(self, after: "State") -> bool:
        return after in _MOVES[self]


_MOVES: dict[State, frozenset[State]] = {
    State.RESERVED: frozenset({State.SENT, State.RELEASED}),
    State.SENT: frozenset(
        {State.AUTHORIZED, State.CAPTURED, State.DECLINED, State.VOIDED, State.REJECTED, State.UNKNOWN}
    ),
    State.UNKNOWN: frozenset({State.AUTHORIZED, State.CAPTURED, State.DECLINED, State.VOIDED, State.REJECTED}),
    State.AUTHORIZED: frozenset({State.CAPTURE_SENT, State.CAPTURED, State.VOIDED}),
    State.CAPTURE_SENT: frozenset({State.CAPTURED, State.VOIDED, State.UNKNOWN}),
    State.CAPTURED: frozenset({State.REFUNDED}),
    **dict.fromkeys((State.REFUNDED, State.DECLINED, State.VOIDED, State.REJECTED, State.RELEASED), frozenset()),
}


@dataclass(frozen=True)
class Caps:
    """At most `count_max` payments, each of at most `amount_cents_max`, in all at most `total_cents_max`.

    A cap of 0 lets nothing pass. Raises TypeError for what is no whole number, ValueError for a negative one or one
    that no ledger can hold.
    """

    count_max: int
    amount_cents_max: int
    total_cents_max: int

    def __post_init__(self) -> None:
        for field in fields(self):
            cap = getattr(self, field.name)
            if type(cap) is not int:
                raise TypeError(f"the cap {field.name} is a whole number, not {cap!r}")
            if not 0 <= cap <= CENTS_MAX:
                raise ValueError(f"the cap {field.name} is a whole number from 0 to {CENTS_MAX}, not {cap}")


OWNERS = Caps(count_max=100, amount_cents_max=2000, total_cents_max=150_000)  # as B5 says; a test holds the plan to it


@dataclass(frozen=True)
class Spend:
    """What counts against the caps; `reserved_cents` excludes what is captured."""

    count: int
    reserved_cents: int
    captured_cents: int

    def __add__(self, other: "Spend") -> "Spend":
        return Spend(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def total_cents(self) -> int:
        return self.reserved_cents + self.captured_cents


@dataclass(frozen=True)
class Entry:
    """One payment; `payment_id` is the processor's once it is known, `reason` why it was declined or settled so."""

    key: str
    amount_cents: int
    state: State
    payment_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Event:
    """One move of one payment, and what it left the payment as; `before` is None where it was reserved."""

    at_utc: datetime
    key: str
    amount_cents: int
    before: State | None
    after: State
    payment_id: str | None = None
    reason: str | None = None


def recount(groups: Iterable[tuple[State, int, int]]) -> Spend:
    """The spend of payments given by state: how many they are, and their cents."""
    count = reserved_cents = captured_cents = 0
    for state, number, cents in groups:
        count += number if state.counts else 0
        held_cents = cents if state.holds_cents else 0
        captured_cents += held_cents if state.is_captured else 0
        reserved_cents += 0 if state.is_captured else held_cents
    return Spend(count, reserved_cents, captured_cents)


def net(flows: Iterable[tuple[State | None, State, int, int]]) -> set[tuple[State, int, int]]:
    """What stays in each state, as number and cents, after flows of (before, after, number, cents)."""
    numbers, cents = Counter[State](), Counter[State]()
    for before, after, number, amount_cents in flows:
        numbers[after] += number
        cents[after] += amount_cents
        if before:
            numbers[before] -= number
            cents[before] -= amount_cents
    return {(state, numbers[state], cents[state]) for state in numbers if numbers[state] or cents[state]}


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


def reserve(caps: Caps, spend: Spend, known: Entry | None, key: str, amount_cents: int) -> Entry:
    """The entry of a payment that fits on top of `spend`, or `known`, the one that `key` has already.

    Raises CapExceeded, KeyConflict where the key was used for another amount, TypeError for an amount that is none.
    """
    if known is not None:
        if known.amount_cents != whole_cents(amount_cents):
            raise KeyConflict(f"payment {key} was entered with {known.amount_cents} cents, not {amount_cents}")
        return known
    admit(caps, spend, amount_cents)
    return Entry(key, amount_cents, State.RESERVED)


def move(entry: Entry, after: State, payment_id: str | None = None, reason: str | None = None) -> Entry:
    """The entry after a move; the same entry where it stands there already.

    Raises IllegalMove where the state forbids it, KeyConflict where the entry has another payment id.
    """
    if None not in (payment_id, entry.payment_id) and payment_id != entry.payment_id:
        raise KeyConflict(f"payment {entry.key} stands for another payment at the processor already")
    if entry.state is after:
        return entry
    if not entry.state.may_become(after):
        raise IllegalMove(f"payment {entry.key} is {entry.state}, from where it cannot become {after}")
    return replace(entry, state=after, payment_id=payment_id or entry.payment_id, reason=reason or entry.reason)


def follow(events: Iterable[Event]) -> dict[str, Entry]:
    """The entries by key that the events lead to, in the order of reservation.

    Raises IllegalMove where an event does not begin where its payment stood, is not allowed, changes the amount or the
    payment id, or gives a payment the id of another.
    """
    entries: dict[str, Entry] = {}
    keys: dict[str, str] = {}
    for event in events:
        stood = entries.get(event.key)
        led_to = Entry(event.key, event.amount_cents, event.after, event.payment_id, event.reason)
        if stood is None:
            follows = event.before is None and led_to == Entry(event.key, event.amount_cents, State.RESERVED)
        else:
            follows = (
                event.before is stood.state
                and stood.state.may_become(event.after)
                and stood.amount_cents == event.amount_cents
                and stood.payment_id in (None, event.payment_id)
            )
        if not follows or (event.payment_id and keys.setdefault(event.payment_id, event.key) != event.key):
            raise IllegalMove(
                f"payment {event.key} cannot go from {event.before} to {event.after} with {event.amount_cents} cents"
            )
        entries[event.key] = led_to
    return entries


def whole_cents(amount_cents: object) -> int:
    """`amount_cents`, which is a whole number; raises TypeError for a bool, a float or anything else."""
    if type(amount_cents) is not int:
        raise TypeError(f"an amount is a whole number of cents, not {amount_cents!r}")
    return amount_cents


def is_printable(text: object, characters_max: int) -> bool:
    return isinstance(text, str) and 1 <= len(text) <= characters_max and text.isprintable()


def printable(name: str, text: object, characters_max: int) -> str:
    """`text`, which can be stored and shown. Raises TypeError for no string, ValueError for another."""
    if not isinstance(text, str):
        raise TypeError(f"a {name} is text, not {text!r}")
    if not is_printable(text, characters_max):
        shown = f"{text[:40]!r} of {len(text)} characters"
        raise ValueError(f"a {name} is 1 to {characters_max} printable characters, not {shown}")
    return text
