"""F7: a rollback is ordered first, then measured: when the canary last answered a user, and when zero was proven."""

import threading
import time
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import datetime
from queue import SimpleQueue
from typing import Any

from conduct.journal import Journal
from fixtures.traffic.witness import Witness, Zero
from ramp.ports import Traffic, TrafficFailed

AGAIN_S = 0.2


@dataclass(frozen=True, kw_only=True)
class RolledBack:
    """A rollback. `claim` is why the tool refused the order, None where it took it, which alone proves nothing;
    `order_s` is how long it took, None where the weight was set from outside."""

    order_s: float | None
    claim: str | None
    zero: Zero

    def record(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def sentence(self) -> str:
        """What happened, for people."""
        ordered, since = "the weight was set to 0 from outside", "that was seen"
        if self.order_s is not None:
            ordered, since = f"the traffic tool took the order in {self.order_s:.1f} s", "the order"
        if self.claim is not None:
            ordered = f"the traffic tool failed: {self.claim}"
        zero, last = self.zero, f"the canary answered no user after {since}"
        if zero.last_canary_s is not None:
            last = f"the canary last answered a user {zero.last_canary_s:.1f} s after it (to {zero.resolution_s:.1f} s)"
        if not zero.proven:
            return f"{ordered}; NOT PROVEN: {zero.why}"
        asked = f"control answered {zero.asked_again} users whom the canary had, and {zero.others} others"
        return f"{ordered}; {last}; zero proven after {zero.after_s:.1f} s: {asked}"


class Interrupted(Exception):
    """Whoever ordered a rollback waits no longer for it to be measured: what is known of it."""

    def __init__(self, done: RolledBack) -> None:
        super().__init__(done.sentence)
        self.done = done


def write_down(journal: Journal, at_utc: datetime, moment: str, done: RolledBack) -> OSError | None:
    """What came of it; why that cannot be written, which is no reason to lose what was measured."""
    try:
        journal.append("rolled_back", at_utc, moment=moment, said=done.sentence, **done.record())
    except OSError as failed:
        return failed
    return None


def roll_back(traffic: Traffic, witness: Witness, was_pct: float, budget_s: float) -> RolledBack:
    """Orders no users to the canary and measures what they see, for at most `budget_s` of the clock's seconds. Raises
    Interrupted at Ctrl-C, at once: nobody waits for what is being measured."""
    is_ordered, seen = threading.Event(), SimpleQueue[Future[Zero]]()

    def watch() -> None:
        of: Future[Zero] = Future()
        try:
            of.set_result(measured(witness, was_pct, budget_s, is_ordered))
        except BaseException as error:
            of.set_exception(error)
        seen.put(of)

    threading.Thread(target=watch, daemon=True).start()
    began_s, order_s = time.monotonic(), None
    claim: str | None = "it was stopped by Ctrl-C, and may have taken the order or not"
    is_ordered.set()
    try:
        claim = order(traffic)
        order_s = time.monotonic() - began_s
        return RolledBack(order_s=order_s, claim=claim, zero=seen.get().result())
    except KeyboardInterrupt:
        witness.stop()
        after_s = time.monotonic() - began_s
        zero = _unproven(f"measuring was interrupted {after_s:.1f} s after the order", after_s)
        raise Interrupted(RolledBack(order_s=order_s or after_s, claim=claim, zero=zero)) from None


def measured(witness: Witness, was_pct: float, budget_s: float, is_ordered: threading.Event) -> Zero:
    """What users see. Where this machine cannot ask them, as with no file left to open, it tries for as long as it
    would have asked: a rollback that is not measured is not proven, and is no reason to stop."""
    until_s = time.monotonic() + budget_s
    while True:
        try:
            return witness.zero(was_pct, max(until_s - time.monotonic(), 0.0), is_ordered)
        except OSError as failed:
            if time.monotonic() + AGAIN_S > until_s:
                return _unproven(f"users could not be asked: {failed}", budget_s)
        time.sleep(AGAIN_S)


def _unproven(why: str, after_s: float) -> Zero:
    """Nothing was measured to its end."""
    return Zero(
        proven=False, after_s=after_s, last_canary_s=None, resolution_s=after_s, asked_again=0, others=0, why=why
    )


def order(traffic: Traffic) -> str | None:
    """Orders no users to the canary; why the tool refused it, or None."""
    try:
        traffic.roll_back()
    except TrafficFailed as failed:
        return str(failed)
    return None
