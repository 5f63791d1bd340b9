"""Checkouts under load: each is entered in the cap ledger before it is sent, like any other payment of the suite."""

import os
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from gevent.threadpool import ThreadPool

from fixtures.payments.ledger import (
    CapExceeded,
    CapLedger,
    Caps,
    IllegalMove,
    KeyConflict,
    LedgerUnavailable,
)
from load.recorder import Recorder
from ramp.caps import Spend
from ramp.live_guard import LIVE_RELEASE_ENV, lacking_now
from ramp.loopback import on_loopback
from ramp.order import Order, StageCheckouts


class Checkouts:
    """Pays now and then for as long as the stage's share and the caps allow; once they are used up journeys go on
    without, and say why.

    What is not on loopback is paid under the live guard alone, which is asked before each payment, in this process; the
    order brings the window that was approved. The ledger is used from one thread of its own: a slow disk must hold up
    no other user's request. It counts what the `workers` processes of the load pay together, and what was paid in the
    stage by an earlier load.
    """

    def __init__(self, order: Order, host: str, ledger_url: str, workers: int, recorder: Recorder) -> None:
        self._order = order
        self._ledger_url = ledger_url
        self._workers = workers
        self._recorder = recorder
        self._is_live = order.live_window is not None or not on_loopback(urlsplit(host).hostname)
        self._ledger: CapLedger | None = None
        self._aside = ThreadPool(1)
        self._prefix = f"{order.version}-load-"
        self._share: StageCheckouts | None = None
        self._next_s = 0.0
        self._begun_in_stage = 0
        self._tried = 0

    def pay(self, share: str) -> None:
        """From now on this process's part of `share`, a stage's checkouts as text, is due."""
        self._share = StageCheckouts.from_text(share)
        self._next_s, self._begun_in_stage = 0.0, 0
        self._recorder.unpaid_because = None

    def due(self, now_s: float) -> bool:
        """Whether the journey that ends now is to check out."""
        share = self._share
        if self._order.checkout_path is None or share is None or now_s < self._next_s:
            return False
        if self._begun_in_stage * self._workers >= share.count:
            return False
        began_s = self._next_s if self._begun_in_stage else now_s  # so that lateness of journeys never adds up
        self._next_s = began_s + share.every_s * self._workers
        self._begun_in_stage += 1
        return True

    def reserve(self) -> str | None:
        """The key of a payment that may be sent now, or None where none may."""
        assert self._share is not None
        if self._recorder.unpaid_because is None and (lacking := self._lacking()):
            self._recorder.unpaid_because = f"live payments lack {'; '.join(lacking)}"
        if self._recorder.unpaid_because is None:
            self._tried += 1
            key = f"{self._prefix}{self._share.stage}-{os.uname().nodename}-{os.getpid()}-{self._tried}"
            try:
                self._aside.apply(self._enter, (key, self._share))
                return key
            except (CapExceeded, KeyConflict, LedgerUnavailable) as refused:
                self._recorder.unpaid_because = str(refused)
        self._recorder.paid("unpaid")
        return None

    def _lacking(self) -> list[str]:
        """What keeps real money from moving now."""
        if not self._is_live:
            return []
        approved = self._order.live_window
        window = (datetime.fromisoformat(approved[0]), datetime.fromisoformat(approved[1])) if approved else None
        release = os.environ.get(LIVE_RELEASE_ENV)
        return lacking_now(self._order.version, window, live_release=release, at=datetime.now(UTC))

    def _enter(self, key: str, share: StageCheckouts) -> None:
        if not self._ledger_url:
            raise LedgerUnavailable(
                "a worker that joins by network pays only under a ledger that all machines share: "
                "set SHIPROOM_LOAD_LEDGER to its postgresql:// address"
            )
        if self._ledger is None:
            self._ledger = CapLedger(self._ledger_url, caps=Caps(*self._order.caps), release=self._order.version)
        keys = [entry.key for entry in self._ledger.entries()]
        if sum(of.startswith(self._prefix) for of in keys) >= self._order.checkouts_max:
            raise LedgerUnavailable(f"load has used its {self._order.checkouts_max} of the release's payments")
        if sum(of.startswith(f"{self._prefix}{share.stage}-") for of in keys) >= share.count:
            raise LedgerUnavailable(f"load has used its {share.count} payments in {share.stage}")
        self._ledger.reserve(key, self._order.checkout_cents, Spend(*share.beside))
        self._ledger.mark_sent(key)

    def settle(self, key: str, status: int, said: Any) -> None:
        """Enters what became of the payment. What the answer leaves open stays held: it may have been made."""
        said = said if isinstance(said, dict) else {}
        try:
            self._recorder.paid(self._aside.apply(self._settled, (key, status, said)))
        except (IllegalMove, KeyConflict, LedgerUnavailable) as refused:
            self._recorder.paid("unknown")
            self._recorder.unpaid_because = str(refused)

    def _settled(self, key: str, status: int, said: dict[str, Any]) -> str:
        assert self._ledger is not None
        if status == 402:
            self._ledger.declined(key, str(said.get("reason")))
            return "declined"
        if status == 200 and said.get("paid") and said.get("payment_id"):
            self._ledger.authorized(key, said["payment_id"])
            self._ledger.mark_capture_sent(key)
            self._ledger.captured(key)
            return "paid"
        self._ledger.unknown(key)
        return "unknown"
