"""Payers that are killed, stopped and forked at random points, then recovered: I1 to I9 of the payment caps.

I1 to I9 are the invariants of the ledger's design: what the caps hold at every commit (I1), that counters, entries and
events agree (I2), that whatever reached the processor was entered first (I3) and is covered by the caps (I4), that a
key is used once (I5), that an end is an end (I6), that an acknowledgement survives kill -9 (I7), that recovery ends
every payment as the processor has it (I8) and frees what was never sent (I9).
"""

import contextlib
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from fixtures.payments.ledger import (
    CapExceeded,
    CapLedger,
    Entry,
    IllegalMove,
    KeyConflict,
    LedgerUnavailable,
    Spend,
    State,
)
from tests.soak.processor import Processor, Truth, call
from tests.soak.racing import CAPS

WORKERS = 4
ENDED = {"CAPTURED", "REFUNDED", "DECLINED", "VOIDED", "RELEASED"}
AT_PROCESSOR = {
    "captured": {"CAPTURED"},
    "refunded": {"REFUNDED", "CAPTURED"},
    "voided": {"VOIDED"},
    "declined": {"DECLINED"},
    "poisoned": {"DECLINED", "RELEASED"},
}


@dataclass
class Tally:
    kills: int = 0
    pauses: int = 0
    gave_up: int = 0
    payments: int = 0
    left_open: int = 0


def pay_on(url: str, address: str, name: str, seed: int) -> None:
    """One payer: pays under the ledger until the caps are reached. A third of them fork with the ledger open."""
    choose = random.Random(seed)  # noqa: S311 (no secret)
    line = call(address)
    ask(line, "here", os.getpid())
    try:
        ledger = CapLedger(url, CAPS)
        if choose.random() < 0.33 and os.fork() == 0:
            name, choose, line = f"{name}f", random.Random(seed + 1), call(address)  # noqa: S311
            ask(line, "here", os.getpid())
        for number in range(1000):
            pay(ledger, line, f"{name}-{number}", choose)
    except CapExceeded:
        pass
    except IllegalMove:
        pass  # a payer that was stopped while its payment was recovered goes no further
    except LedgerUnavailable as unavailable:
        with contextlib.suppress(OSError):
            ask(line, "gave up", str(unavailable))
    except Exception as error:
        with contextlib.suppress(OSError):
            ask(line, "complain", f"{name}: {type(error).__name__}: {error}")
    os._exit(0)


def pay(ledger: CapLedger, line: Connection, key: str, choose: random.Random) -> None:
    amount_cents = choose.choice([1, 500, 1999, 2000, choose.randint(1, 2000)])
    ledger.reserve(key, amount_cents)
    ask(line, "acknowledged", key, amount_cents)
    if choose.random() < 0.1:
        ledger.release(key)
        return
    ledger.mark_sent(key)
    state, id = ask(line, "authorise", key, amount_cents)
    if state == "declined":
        ledger.declined(key, "generic_decline")
    elif state != "authorised":
        ledger.unknown(key)
    else:
        ledger.authorized(key, id)
        finish(ledger, line, key, choose)


def finish(ledger: CapLedger, line: Connection, key: str, choose: random.Random) -> None:
    if choose.random() < 0.2:
        if ask(line, "void", key)[0] == "voided":
            ledger.voided(key)
        return
    ledger.mark_capture_sent(key)
    if ask(line, "capture", key)[0] != "captured":
        ledger.unknown(key)
        return
    ledger.captured(key)
    if choose.random() < 0.2 and ask(line, "refund", key)[0] == "refunded":
        ledger.refunded(key)


def ask(line: Connection, *what: object) -> tuple[str, str]:
    line.send(what)
    return line.recv()


def killing_round(url: str, folder: Path, kills: int, seed: int, tally: Tally) -> list[str]:
    """What of I1 to I9 did not hold while `kills` payers of one ledger were killed, and after recovering them."""
    choose, pauses = random.Random(seed), tally.pauses  # noqa: S311
    address = str(folder / f"p{seed}.sock")
    processor = Processor(address, seed)
    ledger = CapLedger(url, CAPS)
    ended: dict[str, Entry] = {}
    crowd: list[BaseProcess] = []
    try:
        for number in range(kills):
            _fill_up(crowd, url, address, seed)
            _wait_for_payers(processor.truth)
            time.sleep(choose.uniform(0.005, 0.12))
            strike(processor.truth, choose, tally)
            if number % 5 == 0:
                broken = breaches(ledger, processor.truth, ended, is_over=False)
                if broken:
                    return broken
        paused = pause_one(processor.truth, choose, tally)
        _kill_all(processor.truth, crowd, paused, tally)
        tally.left_open += recover(ledger, processor, paused)
        for pid in paused:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        _wait_for_end(processor.truth, paused)
        _kill_all(processor.truth, crowd, set(), tally)
        recover(ledger, processor, set())
        tally.payments += len(processor.truth.payments)
        tally.gave_up += len(processor.truth.gave_up)
        # Whoever waits for a stopped one, or is evicted as one, may give up; nobody else may.
        given_up = processor.truth.gave_up if tally.pauses == pauses else []
        return [*breaches(ledger, processor.truth, ended, is_over=True), *given_up]
    finally:
        _kill_all(processor.truth, crowd, set(), Tally())
        processor.close()


def _fill_up(crowd: list[BaseProcess], url: str, address: str, seed: int) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fixtures.payments.postgres_store", "tests.soak.killing"])
    for _ in range(WORKERS - sum(process.is_alive() for process in crowd)):
        name = f"w{len(crowd)}"
        process = context.Process(target=pay_on, args=(url, address, name, seed * 1000 + len(crowd)), daemon=True)
        process.start()
        crowd.append(process)


def _kill_all(truth: Truth, crowd: list[BaseProcess], but: set[int], tally: Tally) -> None:
    """Kills every payer, also one that had just been forked and not said so yet."""
    while left := (living(truth) | {process.pid for process in crowd if process.is_alive()}) - but:
        for pid in left:
            kill(pid, tally)
        time.sleep(0.02)


def _wait_for_end(truth: Truth, paused: set[int]) -> None:
    """What was paused finds its payment recovered, which ends it, or pays on for a moment."""
    deadline = time.monotonic() + 0.2
    while living(truth) & paused and time.monotonic() < deadline:
        time.sleep(0.005)


def _wait_for_payers(truth: Truth) -> None:
    deadline = time.monotonic() + 5
    while not living(truth) and time.monotonic() < deadline:
        time.sleep(0.002)


def living(truth: Truth) -> set[int]:
    return {pid for pid in set(truth.pids) if _runs(pid)}


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


def kill(pid: int, tally: Tally) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        tally.kills += 1
    deadline = time.monotonic() + 5
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.001)


def strike(truth: Truth, choose: random.Random, tally: Tally) -> None:
    """Kills one payer; one in four is stopped first, while the others go on, and half of those live on."""
    pids = sorted(living(truth))
    if not pids:
        return
    pid = choose.choice(pids)
    with contextlib.suppress(ProcessLookupError):
        if choose.random() < 0.25:
            os.kill(pid, signal.SIGSTOP)
            tally.pauses += 1
            time.sleep(choose.uniform(0.01, 0.1))
            if choose.random() < 0.5:
                os.kill(pid, signal.SIGCONT)
                return
        kill(pid, tally)


def pause_one(truth: Truth, choose: random.Random, tally: Tally) -> set[int]:
    """Sometimes one payer is only stopped, and taken for dead by the recovery."""
    pids = sorted(living(truth))
    if not pids or choose.random() < 0.8:
        return set()
    pid = choose.choice(pids)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
        tally.pauses += 1
    return {pid}


def recover(ledger: CapLedger, processor: Processor, paused: set[int]) -> int:
    """Ends every open payment as the processor has it, until a pass changes nothing. Returns how many were open."""
    open_at_first = None
    while True:
        try:
            left = [entry for entry in ledger.entries() if entry.state not in ENDED]
            open_at_first = len(left) if open_at_first is None else open_at_first
            if not left:
                return open_at_first
            for entry in left:
                resolve(ledger, processor, entry)
        except LedgerUnavailable:
            if not paused:
                raise
            kill(paused.pop(), Tally())  # it was stopped while it held the ledger


def resolve(ledger: CapLedger, processor: Processor, entry: Entry) -> None:
    with contextlib.suppress(IllegalMove):  # its last commit came late: the next pass sees it
        if entry.state is State.RESERVED:
            ledger.release(entry.key)
            return
        state, _ = processor.ask("poison", entry.key)
        if state == "authorised":
            state, _ = processor.ask("void", entry.key)
        if state in ("poisoned", "declined"):
            ledger.declined(entry.key, "never made")
        elif state == "voided":
            ledger.voided(entry.key)
        else:
            ledger.captured(entry.key)


def breaches(ledger: CapLedger, truth: Truth, ended: dict[str, Entry], is_over: bool) -> list[str]:
    """What does not hold; `ended` remembers the payments that had come to their end."""
    acknowledged, payments = (
        dict(truth.acknowledged),
        {key: (p.state, p.id) for key, p in truth.payments.copy().items()},
    )
    try:
        entries, spend = {entry.key: entry for entry in ledger.entries()}, ledger.spend()
    except LedgerUnavailable as unavailable:
        return [f"I2: {unavailable}"] if is_over or "another process" not in str(unavailable) else []
    broken = [*_caps(entries, spend if is_over else None), *_ends(entries, ended)]
    broken += [f"I7: {key} was acknowledged and is lost" for key in acknowledged.keys() - entries.keys()]
    for key, (state, _) in payments.items():
        entry = entries.get(key)
        if state != "poisoned" and (entry is None or entry.state in (State.RESERVED, State.RELEASED)):
            broken.append(f"I3: the processor has {key} as {state}, the ledger {entry}")
    if is_over:
        broken += [*_settled(entries, truth, spend), *_reuse(ledger, entries), *truth.complaints]
    return broken


def _caps(entries: dict[str, Entry], spend: Spend | None) -> Iterator[str]:
    counted = [entry for entry in entries.values() if entry.state != "RELEASED"]
    held_cents = sum(entry.amount_cents for entry in counted if entry.state not in ("DECLINED", "VOIDED"))
    if len(counted) > CAPS.count_max or held_cents > CAPS.total_cents_max:
        yield f"I1: {len(counted)} payments of {held_cents} cents"
    if not all(1 <= entry.amount_cents <= CAPS.amount_cents_max for entry in counted):
        yield "I1: a payment is over its cap"
    if spend and (spend.count, spend.total_cents) != (len(counted), held_cents):
        yield f"I2, I9: {spend} is not {len(counted)} payments of {held_cents} cents"


def _ends(entries: dict[str, Entry], ended: dict[str, Entry]) -> Iterator[str]:
    for key, entry in ended.items():
        now = entries.get(key)
        if now != entry and not (entry.state == "CAPTURED" and now and now.state == "REFUNDED"):
            yield f"I6: {entry} became {now}"
    ended.update({key: entry for key, entry in entries.items() if entry.state in ENDED})


def _settled(entries: dict[str, Entry], truth: Truth, spend: Spend) -> Iterator[str]:
    for key, entry in entries.items():
        payment = truth.payments.get(key)
        fits = entry.state in AT_PROCESSOR.get(payment.state, set()) if payment else entry.state == "RELEASED"
        if not fits:
            yield f"I8: {entry} is {payment} at the processor"
    taken = [payment for payment in truth.payments.values() if payment.state in ("authorised", "captured", "refunded")]
    if sum(truth.made.values()) > spend.count or any(times > 1 for times in truth.made.values()):
        yield f"I4: {sum(truth.made.values())} payments made, {spend.count} entered"
    if sum(payment.amount_cents for payment in taken) > spend.total_cents:
        yield f"I4: more taken than {spend.total_cents} cents"


def _reuse(ledger: CapLedger, entries: dict[str, Entry]) -> Iterator[str]:
    before = ledger.events()
    for entry in list(entries.values())[:5]:
        if ledger.reserve(entry.key, entry.amount_cents) != entry:
            yield f"I5: {entry.key} is another entry when asked for again"
        with contextlib.suppress(KeyConflict):
            ledger.reserve(entry.key, entry.amount_cents + 1)
            yield f"I5: {entry.key} was taken with another amount"
    if ledger.events() != before:
        yield "I5: asking again changed the ledger"
