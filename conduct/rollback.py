"""F7: a rollback is ordered first, then measured: when the canary last answered a user, and when zero was proven."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from fixtures.traffic.witness import Witness, Zero
from ramp.ports import Traffic, TrafficFailed


@dataclass(frozen=True, kw_only=True)
class RolledBack:
    """A rollback that was ordered. `claim` is why the tool refused it, None where it took the order, which alone proves
    nothing; `order_s` is how long it took."""

    order_s: float
    claim: str | None
    zero: Zero

    def record(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def sentence(self) -> str:
        """What happened, for people."""
        ordered = f"the traffic tool took the order in {self.order_s:.1f} s"
        if self.claim is not None:
            ordered = f"the traffic tool failed: {self.claim}"
        zero, last = self.zero, "the canary answered no user after the order"
        if zero.last_canary_s is not None:
            last = f"the canary last answered a user {zero.last_canary_s:.1f} s after it (to {zero.resolution_s:.1f} s)"
        if not zero.proven:
            return f"{ordered}; NOT PROVEN: {zero.why}"
        asked = f"control answered {zero.asked_again} users whom the canary had, and {zero.others} others"
        return f"{ordered}; {last}; zero proven after {zero.after_s:.1f} s: {asked}"


def roll_back(traffic: Traffic, witness: Witness, was_pct: float, budget_s: float) -> RolledBack:
    """Orders no users to the canary and measures what they see, for at most `budget_s` of the clock's seconds."""
    ordered = threading.Event()
    with ThreadPoolExecutor(1) as watching:
        zero = watching.submit(witness.zero, was_pct, budget_s, ordered)
        began_s = time.monotonic()
        ordered.set()
        claim = order(traffic)
        return RolledBack(order_s=time.monotonic() - began_s, claim=claim, zero=zero.result())


def order(traffic: Traffic) -> str | None:
    """Orders no users to the canary; why the tool refused it, or None."""
    try:
        traffic.roll_back()
    except TrafficFailed as failed:
        return str(failed)
    return None
