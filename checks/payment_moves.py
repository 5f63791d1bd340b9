"""What may become of a payment, and what it counts: written out by hand, asked of none of the code that is tried."""

from collections.abc import Callable, Mapping, Sequence

from fixtures.payments.ledger import CapLedger
from ramp.caps import Entry

MOVES: Mapping[str, Callable[[CapLedger, str], Entry]] = {
    "send": lambda ledger, key: ledger.mark_sent(key),
    "authorise": lambda ledger, key: ledger.authorized(key, f"pi_{key}"),
    "send capture": lambda ledger, key: ledger.mark_capture_sent(key),
    "capture": lambda ledger, key: ledger.captured(key),
    "void": lambda ledger, key: ledger.voided(key),
    "decline": lambda ledger, key: ledger.declined(key, "do_not_honor"),
    "reject": lambda ledger, key: ledger.rejected(key, "it was refused as such"),
    "lose": lambda ledger, key: ledger.unknown(key),
    "release": lambda ledger, key: ledger.release(key),
    "refund": lambda ledger, key: ledger.refunded(key),
}
# Where each move leads, and how a payment comes into each state.
LEADS_TO = {
    "send": "SENT",
    "authorise": "AUTHORIZED",
    "send capture": "CAPTURE_SENT",
    "capture": "CAPTURED",
    "void": "VOIDED",
    "decline": "DECLINED",
    "reject": "REJECTED",
    "lose": "UNKNOWN",
    "release": "RELEASED",
    "refund": "REFUNDED",
}
PATHS = {
    "RESERVED": [],
    "RELEASED": ["release"],
    "SENT": ["send"],
    "UNKNOWN": ["send", "lose"],
    "DECLINED": ["send", "decline"],
    "REJECTED": ["send", "reject"],
    "AUTHORIZED": ["send", "authorise"],
    "VOIDED": ["send", "authorise", "void"],
    "CAPTURE_SENT": ["send", "authorise", "send capture"],
    "CAPTURED": ["send", "authorise", "send capture", "capture"],
    "REFUNDED": ["send", "authorise", "send capture", "capture", "refund"],
}
# The moves that may be made from each state; the one that leads to where it stands already changes nothing.
MAY: Mapping[str, Sequence[str]] = {
    "RESERVED": ["send", "release"],
    "SENT": ["authorise", "capture", "void", "decline", "reject", "lose"],
    "UNKNOWN": ["authorise", "capture", "void", "decline", "reject"],
    "AUTHORIZED": ["send capture", "capture", "void"],
    "CAPTURE_SENT": ["capture", "void", "lose"],
    "CAPTURED": ["refund"],
    **dict.fromkeys(["RELEASED", "DECLINED", "REJECTED", "VOIDED", "REFUNDED"], ()),
}
# What does not count in full: what certainly was not made counts not at all, what took no money in number only.
NOT_COUNTED, COUNTED_IN_NUMBER_ONLY = ("RELEASED", "REJECTED"), ("DECLINED", "VOIDED")


def counts(state: str) -> tuple[int, int]:
    """How often a payment in `state` counts, in number and in money."""
    return int(state not in NOT_COUNTED), int(state not in (*NOT_COUNTED, *COUNTED_IN_NUMBER_ONLY))
