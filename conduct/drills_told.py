"""The drills of a rollback, as journals tell of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ramp.probes import DrillSeen

DRILLED = "drilled"


def drills_told(records: Iterable[Mapping[str, Any]]) -> list[DrillSeen]:
    """The drills that journals tell of."""
    return [
        DrillSeen(
            at=datetime.fromisoformat(each["at_utc"]),
            sha256=each["sha256"],
            proven=each["proven"],
            said=each["said"],
        )
        for each in records
        if each["kind"] == DRILLED
    ]
