"""A toy payment processor: what really happened, outside of any ledger, in a process that is never killed.

It answers each key once and repeats itself afterwards, loses some answers, and can be told to refuse a key for ever.
"""

import random
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Client, Connection, Listener
from typing import Any

LOST_SHARE, DECLINED_SHARE = 0.1, 0.1


@dataclass
class Payment:
    amount_cents: int
    state: str  # authorised, captured, refunded, voided, declined or poisoned
    id: str = ""


@dataclass
class Truth:
    """What reached the processor, by key, and what its callers said that the ledger had acknowledged."""

    payments: dict[str, Payment] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, int] = field(default_factory=dict)
    pids: set[int] = field(default_factory=set)
    gave_up: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Processor:
    """Listens at `address`, a unix socket's path; `truth` is read once nobody pays."""

    def __init__(self, address: str, seed: int) -> None:
        self.truth = Truth()
        self._random = random.Random(seed)  # noqa: S311 (no secret)
        self._lock = threading.Lock()
        self._listener = Listener(address, family="AF_UNIX", backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def ask(self, what: str, key: str, amount_cents: int = 0) -> tuple[str, str]:
        """The payment's state and id after what was asked, which changes nothing a second time."""
        with self._lock:
            payment = self.truth.payments.get(key)
            if what == "authorise" and payment is None:
                declined = self._random.random() < DECLINED_SHARE
                payment = Payment(amount_cents, "declined" if declined else "authorised", f"pi_{key}")
                self.truth.payments[key] = payment
                self.truth.made[key] += not declined
            elif what == "poison" and payment is None:
                payment = self.truth.payments[key] = Payment(0, "poisoned")
            if payment is None:
                return "absent", ""
            next_state = {"capture": ("authorised", "captured"), "refund": ("captured", "refunded")}
            before, after = (next_state | {"void": ("authorised", "voided")}).get(what, ("", ""))
            if payment.state == before:
                payment.state = after
            return payment.state, payment.id

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self._listener.accept(),), daemon=True).start()

    def _serve(self, line: Connection) -> None:
        with suppress(EOFError, OSError), line:
            while True:
                what, *facts = line.recv()
                line.send(self._answer(what, facts))

    def _answer(self, what: str, facts: list[Any]) -> tuple[str, str]:
        if what == "here":
            self.truth.pids.add(facts[0])
        elif what == "acknowledged":
            self.truth.acknowledged[facts[0]] = facts[1]
        elif what == "gave up":
            self.truth.gave_up.append(facts[0])
        elif what == "complain":
            self.truth.complaints.append(facts[0])
        else:
            answer = self.ask(what, *facts)
            return answer if self._random.random() >= LOST_SHARE else ("lost", "")
        return "noted", ""


def call(address: str) -> Connection:
    return Client(address, family="AF_UNIX")
