"""The kinds of personal data and secrets, how much a finding of each weighs, and why it matters."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    SSN = "SSN"
    PAN = "PAN"
    IP = "IP"
    NAME = "NAME"
    ADDRESS = "ADDRESS"
    DOB = "DOB"
    STUDENT_ID = "STUDENT_ID"
    DEVICE_ID = "DEVICE_ID"
    TOKEN = "TOKEN"


class Weight(StrEnum):
    """What a finding leads to: PERSONAL is a PII risk (F2), SUSPECTED a warning, SECRET ends a key's life."""

    PERSONAL = "personal"
    SUSPECTED = "suspected"
    SECRET = "secret"


_BY_SHAPE = frozenset({Kind.EMAIL, Kind.PAN, Kind.SSN})
_BY_KEY = frozenset({Kind.DOB, Kind.NAME, Kind.ADDRESS, Kind.STUDENT_ID})
# Why each kind is more than untidy: FERPA is 34 CFR 99.3, COPPA 16 CFR 312.2.
LAWS = {
    Kind.NAME: "FERPA",
    Kind.STUDENT_ID: "FERPA",
    Kind.SSN: "FERPA",
    Kind.ADDRESS: "FERPA, COPPA",
    Kind.DOB: "FERPA",
    Kind.EMAIL: "COPPA",
    Kind.PHONE: "COPPA",
    Kind.IP: "COPPA",
    Kind.DEVICE_ID: "COPPA",
    Kind.PAN: "PCI DSS",
}


class Found(NamedTuple):
    """A finding in a line: `start` and `end` (exclusive) are offsets in its text, for an encoded value those of the
    encoded text. `keyed` is whether its name said what it is, `child` whether it is the birth of one under 13,
    `planted` whether it is of the made-up person whom synthetic journeys carry."""

    kind: Kind
    start: int
    end: int
    keyed: bool = False
    child: bool = False
    planted: bool = False

    @property
    def weight(self) -> Weight:
        if self.kind is Kind.TOKEN:
            return Weight.SECRET
        certain = self.kind in _BY_SHAPE or (self.kind in _BY_KEY and self.keyed)
        return Weight.PERSONAL if certain else Weight.SUSPECTED

    @property
    def why(self) -> str:
        """`DOB (FERPA, COPPA: under 13)`: the kind, and the law that knows it."""
        if self.planted:
            return f"{self.kind} of the planted person (redaction does not work)"
        laws = LAWS.get(self.kind, "")
        if self.child:
            laws = f"{laws}, COPPA: under 13"
        return f"{self.kind} ({laws})" if laws else str(self.kind)
