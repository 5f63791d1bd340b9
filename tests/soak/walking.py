"""Every move of a ledger by the state that it leads to, and a way to each state."""

from collections.abc import Callable, Iterable

from fixtures.payments.ledger import CapLedger, Entry, State

MOVES: dict[State, Callable[[CapLedger, str], Entry]] = {
    State.SENT: lambda ledger, key: ledger.mark_sent(key),
    State.AUTHORIZED: lambda ledger, key: ledger.authorized(key, f"pi_{key}"),
    State.CAPTURE_SENT: lambda ledger, key: ledger.mark_capture_sent(key),
    State.CAPTURED: lambda ledger, key: ledger.captured(key),
    State.VOIDED: lambda ledger, key: ledger.voided(key),
    State.DECLINED: lambda ledger, key: ledger.declined(key, "generic_decline"),
    State.REJECTED: lambda ledger, key: ledger.rejected(key, "no such card"),
    State.UNKNOWN: lambda ledger, key: ledger.unknown(key),
    State.RELEASED: lambda ledger, key: ledger.release(key),
    State.REFUNDED: lambda ledger, key: ledger.refunded(key),
}
WAYS: dict[State, tuple[State, ...]] = {
    State.RESERVED: (),
    State.SENT: (State.SENT,),
    State.UNKNOWN: (State.SENT, State.UNKNOWN),
    State.AUTHORIZED: (State.SENT, State.AUTHORIZED),
    State.CAPTURE_SENT: (State.SENT, State.AUTHORIZED, State.CAPTURE_SENT),
    State.CAPTURED: (State.SENT, State.AUTHORIZED, State.CAPTURE_SENT, State.CAPTURED),
    State.REFUNDED: (State.SENT, State.AUTHORIZED, State.CAPTURE_SENT, State.CAPTURED, State.REFUNDED),
    State.DECLINED: (State.SENT, State.DECLINED),
    State.VOIDED: (State.SENT, State.AUTHORIZED, State.VOIDED),
    State.REJECTED: (State.SENT, State.REJECTED),
    State.RELEASED: (State.RELEASED,),
}


def lead(ledger: CapLedger, key: str, way: Iterable[State], amount_cents: int = 100) -> None:
    """Reserves `key` and takes it along `way`."""
    ledger.reserve(key, amount_cents)
    for state in way:
        MOVES[state](ledger, key)
