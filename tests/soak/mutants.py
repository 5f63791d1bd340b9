"""Seeded mistakes: each is put into a copy of the suite, whose fast tests must then fail."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fixtures.programs import run_in_group

ROOT = Path(__file__).parents[2]
COPIED = ("ramp", "conduct", "fixtures", "load", "reports", "conftest.py", "pyproject.toml", "release.toml")
TESTS = (
    "ramp/test_caps.py",
    "fixtures/test_ledger.py",
    "fixtures/test_edited_ledger.py",
    "fixtures/test_sqlite_store.py",
    "fixtures/test_ledger_model.py",
)
PAYING = ("fixtures/test_payments_stop.py",)
ASKING, WANDERING = ("fixtures/test_must_agree.py",), ("fixtures/test_wandering_ledger.py",)
PLACE, IN_A_RUN = ("conduct/test_ledger_place.py",), ("conduct/test_payments_stop_in_a_run.py",)
BY_HAND, RECEIPTS = ("fixtures/test_by_hand.py",), ("ramp/test_probes.py",)
GUARDED, LOADING = ("fixtures/test_line_to_the_money.py",), ("load/test_checkouts.py",)
UNDER_FIRE = "fixtures/test_ledger_under_fire.py"
ON_POSTGRES = ("fixtures/test_postgres_store.py",)
FORKING = ("fixtures/test_postgres_store.py", "fixtures/test_ledger.py")
CAPS, BOOKS, LEDGER = "ramp/caps.py", "fixtures/payments/books.py", "fixtures/payments/ledger.py"
STORE, SQLITE = "fixtures/payments/store.py", "fixtures/payments/sqlite_store.py"
POSTGRES = "fixtures/payments/postgres_store.py"
PROCESSOR, RECOVERY = "fixtures/payments/processor.py", "fixtures/payments/recovery.py"
AGREEING, SETTLING = "fixtures/payments/reconciliation.py", "fixtures/payments/by_hand.py"
RECONCILING, SETTLED = "ramp/reconciliation.py", "ramp/probes/payments_settle.py"
PROBES = "fixtures/payments/probe.py"
LEDGER_PLACE, RUN = "conduct/ledger_place.py", "conduct/run.py"
GUARD, LOAD = "ramp/live_guard.py", "load/checkouts.py"
PAYER, INTENTS = "fixtures/payments/payer.py", "fixtures/payments/intents.py"


@dataclass(frozen=True)
class Mistake:
    """`was` in `file` reads `now`; of `tests`, those whose names have `word` must notice, without a server else."""

    name: str
    file: str
    was: str
    now: str
    tests: tuple[str, ...] = TESTS
    word: str = "not postgresql"


_HELD = "return self not in (State.DECLINED, State.VOIDED, State.REJECTED, State.RELEASED"
MISTAKES = (
    Mistake("one payment too many", CAPS, "spend.count >= caps.count_max", "spend.count > caps.count_max"),
    Mistake("one cent too many in all", CAPS, "amount_cents > left_cents", "amount_cents > left_cents + 1"),
    Mistake("one cent too many each", CAPS, "<= caps.amount_cents_max:", "<= caps.amount_cents_max + 1:"),
    Mistake("a payment of nothing", CAPS, "if not 1 <= whole_cents", "if not 0 <= whole_cents"),
    Mistake("the cap on each ignored", CAPS, "<= caps.amount_cents_max:", "<= caps.total_cents_max:"),
    Mistake("the cap on the total ignored", CAPS, "if amount_cents > left_cents:", "if False:"),
    Mistake("the cap on the number ignored", CAPS, "if spend.count >= caps.count_max:", "if False:"),
    Mistake("unsure payments hold no money", CAPS, _HELD, f"{_HELD}, State.UNKNOWN"),
    Mistake("an unsure payment is released", CAPS, "UNKNOWN: frozenset({", "UNKNOWN: frozenset({State.RELEASED, "),
    Mistake("a sent payment is released", CAPS, "State.REJECTED, State.UNKNOWN}", "State.RELEASED, State.UNKNOWN}"),
    Mistake("a refund gives money back", CAPS, _HELD, f"{_HELD}, State.REFUNDED"),
    Mistake("a refund is not captured", CAPS, "self in (State.CAPTURED, State.REFUNDED)", "self is State.CAPTURED"),
    Mistake("a decline frees its number", CAPS, "self not in (State.REJECTED, State.RELEASED)", "self.holds_cents"),
    Mistake(
        "a rejected payment is captured",
        CAPS,
        "State.REJECTED, State.RELEASED), frozenset()),",
        "State.RELEASED), frozenset()), State.REJECTED: frozenset({State.CAPTURED}),",
    ),
    Mistake("two keys have one payment", LEDGER, "not in (None, key)", "is False"),
    Mistake("events give two keys one payment", CAPS, "!= event.key):", "== event):"),
    Mistake("events are read by their time", BOOKS, '{_EVENTS} ORDER BY seq"', '{_EVENTS} ORDER BY at_utc"'),
    Mistake("captured money counts twice", CAPS, "0 if state.is_captured else held_cents", "held_cents"),
    Mistake(
        "a captured payment is voided", CAPS, "frozenset({State.REFUNDED}", "frozenset({*State} - {State.CAPTURED}"
    ),
    Mistake("a key has two amounts", CAPS, "if known.amount_cents != whole_cents(amount_cents):", "if False:"),
    Mistake("a payment has two ids", CAPS, "payment_id != entry.payment_id:", "not payment_id:"),
    Mistake("cents as a float", CAPS, "type(amount_cents) is not int:", "not isinstance(amount_cents, int | float):"),
    Mistake("a bool for a cent", CAPS, "type(amount_cents) is not int:", "not isinstance(amount_cents, int):"),
    Mistake("a repeated move is a new one", CAPS, "if entry.state is after:", "if False:"),
    Mistake("the seal forgets what came before", BOOKS, "json.dumps([previous, ", "json.dumps(["),
    Mistake("no event is written", BOOKS, "        self._write_event(event, head)\n", ""),
    Mistake("what was spent is not counted", BOOKS, "spend=spend, moves=", "moves="),
    Mistake("the entry is not changed", BOOKS, "        self._write_entry(before, after)\n", ""),
    Mistake("edits are not looked for", BOOKS, "if held != net(moved) or", "if moves < 0 and"),
    Mistake("an older copy is as good", BOOKS, "if seals.get(last_read.moves) != last_read.seal:", "if False:"),
    Mistake("seals are not read", BOOKS, "if sealed != last:", "if False:"),
    Mistake("another release's ledger is as good", LEDGER, "head.release not in (None, self._release):", "False:"),
    Mistake("another host's ledger is as good", LEDGER, "if head.host != self._store.host:", "if False:"),
    Mistake("other caps are as good", LEDGER, "if head.caps != self.caps:", "if False:"),
    Mistake("deferred BEGIN", SQLITE, 'BEGIN IMMEDIATE")\n        except', 'BEGIN")\n        except', (UNDER_FIRE,)),
    Mistake("nothing is committed", SQLITE, 'execute("COMMIT")\n\n', 'execute("SELECT 1")\n\n'),
    Mistake("a vanished ledger is begun anew", SQLITE, "if was_made:", "if False:"),
    Mistake("a file is not synchronised", SQLITE, "synchronous = EXTRA", "synchronous = OFF"),
    Mistake(
        "a commit is not waited for", POSTGRES, "synchronous_commit = on", "synchronous_commit = off", ON_POSTGRES, ""
    ),
    Mistake("waits too long", STORE, "PATIENCE_S = 4", "PATIENCE_S = 6", ("fixtures/test_sqlite_store.py",)),
    Mistake(
        "redirects are followed", PROCESSOR, "allow_redirects=False", "allow_redirects=True", PAYING, "redirection"
    ),
    Mistake("the guard is not asked", PROCESSOR, "            if moves_money:", "            if False:", GUARDED, ""),
    Mistake("a confirmation takes nothing", PROCESSOR, "[^/]+/cancel|refunds", "[^/]+/.*|refunds", GUARDED, ""),
    Mistake("a busy processor is asked at once", PROCESSOR, "sleep(max(until_s - ", "sleep(min(0 * ", GUARDED, ""),
    Mistake("a closed window is open", GUARD, "if not opens <= at < closes:", "if False:", LOADING, "asks_the_guard"),
    Mistake("load asks no guard", LOAD, "(lacking := self._lacking())", "(lacking := [])", LOADING, "asks_the_guard"),
    Mistake("recovery voids a decline", RECOVERY, "declined(entry.key, code_of(refusal))", "voided(entry.key)", PAYING),
    Mistake("a wrong answer stops nothing", INTENTS, "failure, AccountUnsound | ", "failure, ", PAYING),
    Mistake("the key of an answer is not read", INTENTS, '"key": entry.key,\n            "live', '"live', PAYING),
    Mistake(
        "a refused request is free unconfirmed",
        PAYER,
        "if listed := await self.listed(intents, entry):",
        "if listed := None:",
        PAYING,
    ),
    Mistake("recovery waits for a customer", RECOVERY, "in WAITS_FOR_CUSTOMER and", "in () and", PAYING),
    Mistake(
        "an old answer is as good",
        PAYER,
        'in LASTING else await intents.find(entry, intent["id"])',
        "else intent",
        PAYING,
    ),
    Mistake(
        "what only the processor has stops nothing", AGREEING, "if found := reconcile(", "if found := [] and (", ASKING
    ),
    Mistake(
        "the processor is not asked",
        AGREEING,
        "payments, entered = _both(ledger, account)\n    if found",
        "payments, entered = [], []\n    if found",
        WANDERING,
    ),
    Mistake(
        "payments are listed two days back",
        AGREEING,
        "since = account.since or datetime.now(UTC) - _BACK\n        p",
        "since = datetime.now(UTC) - _BACK\n        p",
        ASKING,
    ),
    Mistake("customers are orphans", RECONCILING, "if entry is None and not payment.purpose:", "if False:", ASKING),
    Mistake(
        "an orphan without a purpose is a customer's", PROBES, ' or key.startswith(f"{version}-load-")', "", ASKING
    ),
    Mistake("whoever has a purpose is the suite's", PROBES, 'said == "load"', "said", ASKING),
    Mistake("what is beside the ledger is free", LEDGER, "books.head.spend + beside", "books.head.spend", ASKING),
    Mistake(
        "the ledger lies in the run's folder",
        LEDGER_PLACE,
        "folder = _state_folder() /",
        "folder = run_folder /",
        PLACE,
    ),
    Mistake(
        "a test key has the live ledger",
        LEDGER_PLACE,
        'if live and release.live else "test"',
        'if release.live else "test"',
        PLACE,
    ),
    Mistake(
        "a stop is forgotten",
        RUN,
        '(self.folder / STOPPED).write_text(scrub(reason, self.site.secrets), "utf-8")',
        "pass",
        IN_A_RUN,
    ),
    Mistake(
        "a person overrules the processor",
        SETTLING,
        "            self._must_stand(intent)\n",
        "            pass\n",
        BY_HAND,
    ),
    Mistake("a person overtakes a sender", SETTLING, "< timedelta(seconds=IDLE_S)", "< timedelta(0)", BY_HAND),
    Mistake(
        "what is in doubt is RED", SETTLED, "not self.captured and not self.in_doubt", "not self.captured", RECEIPTS
    ),
    Mistake("an allow rule is a flag", SETTLED, ' and self.rule_action != "allow"', "", RECEIPTS),
    Mistake("not assessed is normal", SETTLED, 'self.risk_level in ("normal", *_FLAGGED_RISKS)', "True", RECEIPTS),
    Mistake(
        "read outside the lock", POSTGRES, "; LOCK TABLE ledger IN EXCLUSIVE MODE", "", (UNDER_FIRE,), "postgresql"
    ),
    Mistake("a stopped holder is not evicted", POSTGRES, "_HOLD_S = 2", "_HOLD_S = 60", ON_POSTGRES, "stopped"),
    Mistake(
        "a child uses its parent's connection", POSTGRES, "if self._pid == os.getpid()", "if True", FORKING, "fork"
    ),
    Mistake("any schema of the path will do", POSTGRES, "SET LOCAL search_path = {schema}; ", "", ON_POSTGRES, "path"),
)


# Without a mistake the same tests must pass in the copy, or their failing would show nothing.
CONTROL = Mistake("none", CAPS, "class Caps:", "class Caps:")


def survivors(mistakes: Sequence[Mistake], processes: int) -> Iterator[tuple[Mistake, str | None]]:
    """Each mistake, and why it counts as not caught, or None where a test failed because of it."""
    with ThreadPoolExecutor(processes) as pool:
        yield from zip(mistakes, pool.map(_uncaught, mistakes), strict=True)


def control() -> str | None:
    """Why the copy's tests do not pass without a mistake, or None."""
    return _tested(CONTROL, expected=0)


def _uncaught(mistake: Mistake) -> str | None:
    return _tested(mistake, expected=1)


def _tested(mistake: Mistake, expected: int) -> str | None:
    """None where pytest ended with `expected` on a copy with the mistake, else what happened instead."""
    with tempfile.TemporaryDirectory(prefix="shiproom-mutant-") as folder:
        copy = Path(folder)
        copy.chmod(0o711)
        _copy(copy)
        file = copy / mistake.file
        text = file.read_text("utf-8")
        if text.count(mistake.was) != 1:
            return f"{mistake.was!r} is {text.count(mistake.was)} times in {mistake.file}"
        file.write_text(text.replace(mistake.was, mistake.now), "utf-8")
        tests = [str(copy / "tests" / test) for test in mistake.tests]
        argv = [sys.executable, "-m", "pytest", "-x", "-q", "-k", mistake.word, *tests]
        environment = os.environ | {"PYTHONPATH": folder}
        status, said, _ = run_in_group(argv, timeout_s=120, cwd=copy, env=environment)
        return None if status == expected else f"pytest ended with {status}: {said[-300:]}"


def _copy(to: Path) -> None:
    for name in (
        *COPIED,
        "tests/ramp",
        "tests/fixtures",
        "tests/load",
        "tests/soak",
        "tests/conduct",
        *(f"tests/{helper.name}" for helper in (ROOT / "tests").glob("[!t]*.py")),
    ):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, to / name)
