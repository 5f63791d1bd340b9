"""Whether the traffic's share follows the weight that was set, by new users who ask."""

import time

from fixtures.traffic.witness import Witness
from ramp.happened import ShareSeen
from ramp.ordered import AwaitShare
from ramp.share_follows import follows

ASKED_AT_ONCE, SHARE_S, AGAIN_S = 50, 60.0, 0.2


def seen_share(witness: Witness, order: AwaitShare, within_s: float = SHARE_S) -> ShareSeen:
    """Asks until what users are answered tells the weight from the one before, or the time is over. Where this machine
    cannot ask, as with no file left to open, it tries again, and nothing was seen."""
    until_s, canary, control, failed = time.monotonic() + within_s, 0, 0, ""
    while (said := follows(canary, control, was_pct=order.was_pct, is_pct=order.weight_pct)) == "not yet":
        if time.monotonic() > until_s:
            break
        try:
            asked = witness.ask_new(ASKED_AT_ONCE)
        except OSError as error:
            failed = f"; users could not be asked: {error}"
            time.sleep(AGAIN_S)
            continue
        canary, control = canary + asked["canary"], control + asked["control"]
    seen = f"{canary} of {canary + control} new users were answered by the canary, {order.weight_pct:g} % is set"
    return ShareSeen(said == "yes", seen + failed)
