"""Settling a payment by hand: what was typed, by whom, entered in the ledger and written into the run's journal."""

import getpass
from typing import TYPE_CHECKING, get_args

from conduct.journal import Journal
from conduct.live_guard import reading_account
from conduct.run import Run
from fixtures.payments.probe import open_ledger
from ramp.caps import State
from ramp.observation import NoEvidence
from ramp.validation import Invalid, nearest

if TYPE_CHECKING:
    from fixtures.payments.by_hand import Outcome

_REASON_CHARACTERS_MAX = 300


def parsed(settle: str, because: str | None, by: str | None) -> tuple[str, "Outcome", str, str]:
    """The key, the outcome, the reason and who gives it. Raises Invalid with all that is wrong."""
    from fixtures.payments.by_hand import Outcome  # noqa: PLC0415  the SDK is slow to import

    key, _, outcome = settle.rpartition("=")
    known: tuple[Outcome, ...] = get_args(Outcome)
    chosen = next((one for one in known if one == outcome), None)
    problems = []
    if not key or chosen is None:
        problems.append(f"'{settle}' is no KEY=OUTCOME.{nearest(outcome, known)} Outcomes: {', '.join(known)}.")
    if not _is_said(because):
        problems.append(f"--because is missing: say in 1 to {_REASON_CHARACTERS_MAX} characters how you know.")
    name = by if by is not None else _login()
    if not _is_said(name):
        problems.append("--by is missing: say who settles it.")
    if problems or chosen is None:
        raise Invalid("--settle", problems)
    return key, chosen, str(because).strip(), str(name).strip()


def settle(run: Run, key: str, outcome: "Outcome", because: str, by: str) -> tuple[State | None, State]:
    """The payment's state before and after. Raises NoEvidence where nothing was settled, LedgerUnavailable, and
    JournalBusy and JournalBroken before anything is."""
    from fixtures.payments.by_hand import NotSettled, settled  # noqa: PLC0415  the SDK is slow to import

    account = reading_account(run)
    ledger = open_ledger(run.site.ledger_url, run.plan, run.release.version)
    with Journal(run.folder, run.site.secrets) as journal:
        try:
            before, after = settled(ledger, account, key, outcome, f"{by}: {because}")
        except NotSettled as why:
            raise NoEvidence(f"nothing was settled: {why}") from None
        journal.append(
            "payment_settled",
            run.site.clock.now(),
            key=key,
            before=before and str(before),
            after=str(after),
            by=by,
            because=because,
        )
    return before, after


def _is_said(text: str | None) -> bool:
    return bool(text and text.strip()) and str(text).isprintable() and len(str(text)) <= _REASON_CHARACTERS_MAX


def _login() -> str | None:
    """The user who typed it, by login name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None
