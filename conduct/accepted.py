"""Whether what somebody was told was accepted, and by which key it is sent."""

from collections.abc import Callable
from typing import Any

from conduct.run import Run
from fixtures.pager import PagerUnavailable
from fixtures.ship_room import ShipRoomUnavailable
from ramp.observation import NoEvidence

Record = dict[str, Any]


def came(tell: Callable[[], Record]) -> Record:
    """What came of `tell`, as a record has it: that it was accepted, with what it gave, or why not."""
    try:
        return {"posted": True} | tell()
    except (ShipRoomUnavailable, PagerUnavailable, NoEvidence) as reason:
        return {"posted": False, "why": str(reason)}


def token(run: Run, environment_name: str) -> str:
    """Raises NoEvidence."""
    try:
        return run.site.secret(environment_name).get_secret_value()
    except NoEvidence as missing:
        raise NoEvidence(f"not posted: no token ({missing.reason})") from None
