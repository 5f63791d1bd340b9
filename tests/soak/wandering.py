"""A ledger that is moved, copied, lost, emptied and brought back at random while two machines pay for one release.

Whatever became of the ledger, no more reaches the processor than the caps allow: before a first payment it is asked.
"""

import random
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl

import psycopg

from conduct.run import load_plan
from fixtures.payments.ledger import CapExceeded, CapLedger, Caps, LedgerUnavailable
from fixtures.payments.payer import Payer
from fixtures.payments.probing import probed
from fixtures.payments.reconciliation import must_agree
from fixtures.payments.scratch import scratch_schema
from ramp.observation import NoEvidence
from tests.fixtures.lost_replies import VERSION, Crash, Sender, World

MEETS = ("lost", "down", "500", "503", "400", "die before", "die after")
STEPS, PLAN = 30, load_plan()
TABLES = ("ledger", "entries", "events")


class Home(Protocol):
    """Where one machine keeps its ledger: a folder, or a schema. What is not there cannot be kept or emptied."""

    @property
    def url(self) -> str: ...
    def lose(self) -> None: ...
    def empty(self) -> None: ...
    def keep(self, name: str) -> bool: ...
    def bring_back(self, name: str) -> None: ...


class Folder:
    def __init__(self, home: Path, kept: Path) -> None:
        self._home, self._kept = home, kept
        home.mkdir(parents=True)

    @property
    def url(self) -> str:
        return f"sqlite:///{self._home / 'ledger.db'}"

    def lose(self) -> None:
        shutil.rmtree(self._home)
        self._home.mkdir()

    def empty(self) -> None:
        (self._home / "ledger.db").write_bytes(b"")

    def keep(self, name: str) -> bool:
        if (self._home / "ledger.db").exists():
            shutil.copytree(self._home, self._kept / name)
        return (self._kept / name).exists()

    def bring_back(self, name: str) -> None:
        shutil.rmtree(self._home)
        shutil.copytree(self._kept / name, self._home)


class Schema:
    def __init__(self, url: str) -> None:
        self.url = url
        options = dict(parse_qsl(url.partition("?")[2]))["options"]
        self._own = options.rpartition("=")[2]
        self._kept: set[str] = set()

    def _do(self, *statements: str) -> None:
        with closing(psycopg.connect(self.url, autocommit=True)) as db, db.transaction():
            for statement in statements:
                db.execute(statement)

    def lose(self) -> None:
        self._do(*(f"DROP TABLE IF EXISTS {table} CASCADE" for table in TABLES))

    def empty(self) -> None:
        with suppress(psycopg.errors.UndefinedTable):
            self._do(f"TRUNCATE {', '.join(TABLES)}")

    def keep(self, name: str) -> bool:
        try:
            self._do(*(f"CREATE TABLE kept_{name}_{table} AS TABLE {table}" for table in TABLES))
        except psycopg.errors.UndefinedTable:
            return False
        self._kept.add(name)
        return True

    def bring_back(self, name: str) -> None:
        self.lose()
        self._do(*(f"CREATE TABLE {table} AS TABLE kept_{name}_{table}" for table in TABLES))


@contextmanager
def folders(place: Path) -> Iterator[tuple[Home, Home]]:
    kept = place / "kept"
    kept.mkdir()
    yield Folder(place / "a", kept), Folder(place / "b", kept)


@contextmanager
def schemas(dsn: str) -> Iterator[tuple[Home, Home]]:
    with scratch_schema(dsn) as one, scratch_schema(dsn) as other:
        yield Schema(one), Schema(other)


@dataclass
class Wandered:
    """What a history came to: what the processor made, how often nothing was paid, and what was breached."""

    payments: int = 0
    cents: int = 0
    refused: int = 0
    breaches: list[str] = field(default_factory=list)


def wandered(homes: tuple[Home, Home], caps: Caps, seed: int, steps: int) -> Wandered:
    """One history of `steps`. Each lets a machine pay, or does something to its ledger."""
    choose, world, done = random.Random(seed), World(), Wandered()  # noqa: S311 (no secret)
    kept: dict[int, list[str]] = {0: [], 1: []}
    for step in range(steps):
        which = choose.randrange(2)
        home, does = homes[which], choose.choice(["probe", "load", "load", "load", "keep", "disturb"])
        if does == "keep" and home.keep(f"k{which}x{step}"):
            kept[which].append(f"k{which}x{step}")
        elif does == "disturb":
            _disturb(home, choose, kept[which], homes[1 - which], kept[1 - which])
        elif does in ("probe", "load"):
            done.refused += not _paid(home, world, caps, choose, f"{which}x{step}" if does == "load" else None)
        done.payments = len(world.payments)
        done.cents = sum(_cents(payment) for payment in world.payments)
        if done.payments > caps.count_max or done.cents > caps.total_cents_max:
            done.breaches.append(f"seed {seed}, step {step}: {done.payments} payments of {done.cents} cents in all")
            break
    return done


def _disturb(home: Home, choose: random.Random, kept: list[str], other: Home, others: list[str]) -> None:
    what = choose.choice(["lose", "empty", "bring back", "move"])
    if what == "lose":
        home.lose()
    elif what == "empty":
        home.empty()
    elif what == "bring back" and kept:
        home.bring_back(choose.choice(kept))
    elif what == "move" and isinstance(home, Folder) and others:
        home.bring_back(choose.choice(others))  # the other machine's copy, an older one as likely as not
        if choose.random() < 0.5:
            other.lose()


def _paid(home: Home, world: World, caps: Caps, choose: random.Random, load: str | None) -> bool:
    """Whether the machine paid, or could have: T-10's probes, or some checkouts of load under keys of its own."""
    script = [choose.choice(MEETS)] if choose.random() < 0.3 else []
    account = world.account(Sender(["ok"] * choose.randrange(12) + script))
    try:
        ledger = CapLedger(home.url, caps, release=VERSION)
        if load is None:
            return probed(ledger, account, PLAN).stopped is None
        payer = Payer(ledger, account, beside=must_agree(ledger, account, "suite"))
        for number in range(choose.randrange(1, 25)):
            payer.settle(f"{VERSION}-load-{load}-{number}", choose.choice([100, 1500, 1999, 2000]))
        return payer.stopped is None
    except (NoEvidence, LedgerUnavailable, CapExceeded):
        return False
    except Crash:
        return True


def _cents(payment: dict) -> int:
    if payment["status"] == "succeeded":
        return payment["amount_received"]
    return payment["amount"] if payment["status"] == "requires_capture" else 0
