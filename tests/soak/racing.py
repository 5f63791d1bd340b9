"""Many processes that reserve from one ledger at the same instant, and what each was told."""

import multiprocessing
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from fixtures.payments.ledger import CapExceeded, CapLedger, Caps, LedgerUnavailable

CAPS = Caps(count_max=100, amount_cents_max=2000, total_cents_max=150_000)


@dataclass
class Told:
    """What a ledger answered: amounts by acknowledged key, how long each answer took, and what was refused."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    latencies_s: list[float] = field(default_factory=list)
    exceeded: list[int] = field(default_factory=list)
    unavailable: list[str] = field(default_factory=list)


class Racers:
    """Processes that wait for a race. They are forked from a clean one, so that none inherits anything of ours."""

    def __init__(self, number: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["fixtures.payments.postgres_store", "fixtures.payments.ledger"])
        self._lines: list[Connection] = []
        self._processes = []
        for _ in range(number):
            ours, theirs = context.Pipe()
            process = context.Process(target=_race, args=(theirs,), daemon=True)
            process.start()
            self._lines.append(ours)
            self._processes.append(process)

    def race(self, url: str, caps: Caps, amounts: Sequence[int]) -> tuple[Told, float]:
        """What they were told when each asked for every one of `amounts`, and the seconds that it took them all."""
        for number, line in enumerate(self._lines):
            line.send((url, caps, f"p{number}", amounts))
        for line in self._lines:
            line.recv()
        began = time.monotonic()
        for line in self._lines:
            line.send("go")
        answers = [line.recv() for line in self._lines]
        took_s = time.monotonic() - began
        all = Told()
        for told in answers:
            all.acknowledged |= told.acknowledged
            all.latencies_s += told.latencies_s
            all.exceeded += told.exceeded
            all.unavailable += told.unavailable
        return all, took_s

    def close(self) -> None:
        for line in self._lines:
            line.send(None)
        for process in self._processes:
            process.join(10)


def racing_round(crowd: Racers, url: str, seed: int) -> list[str]:
    """What did not hold when all asked at once for more than fits, by number in even rounds, by money in odd ones."""
    choose = random.Random(seed)  # noqa: S311 (no secret)
    amounts = [choose.randint(1, 1500) if seed % 2 == 0 else choose.randint(1500, 2000) for _ in range(7)]
    told, _ = crowd.race(url, CAPS, amounts)
    ledger = CapLedger(url, CAPS)
    entered = {entry.key: entry.amount_cents for entry in ledger.entries()}
    held_cents = sum(entered.values())
    broken = list(told.unavailable)
    if entered != told.acknowledged:
        broken.append(f"{len(told.acknowledged)} payments were acknowledged, {len(entered)} entered")
    if len(entered) > CAPS.count_max or held_cents > CAPS.total_cents_max:
        broken.append(f"overspent: {len(entered)} payments of {held_cents} cents")
    # Nothing was given back, so that what did not fit once does not fit now.
    if len(entered) < CAPS.count_max and held_cents + min(told.exceeded) <= CAPS.total_cents_max:
        broken.append(f"refused although it fitted: {len(entered)} payments of {held_cents} cents")
    if ledger.spend().total_cents != held_cents:
        broken.append(f"{ledger.spend()} is not {held_cents} cents")
    return broken


@contextmanager
def racers(number: int) -> Iterator[Racers]:
    crowd = Racers(number)
    try:
        yield crowd
    finally:
        crowd.close()


def _race(line: Connection) -> None:
    while (order := line.recv()) is not None:
        url, caps, name, amounts = order
        ledger = CapLedger(url, caps)
        line.send("ready")
        line.recv()
        told = Told()
        for number, amount_cents in enumerate(amounts):
            began = time.monotonic()
            try:
                entry = ledger.reserve(f"{name}-{number}", amount_cents)
                told.acknowledged[entry.key] = entry.amount_cents
            except CapExceeded:
                told.exceeded.append(amount_cents)
            except LedgerUnavailable as unavailable:
                told.unavailable.append(str(unavailable))
            told.latencies_s.append(time.monotonic() - began)
        line.send(told)
