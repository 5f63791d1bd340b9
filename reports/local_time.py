"""A time as it is read: in UTC, and by the clock of whoever must act."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def both(at: datetime, zone: str | None) -> str:
    """`15:04Z (08:04 in Los Angeles)`, or `15:04Z` where no `zone` is known."""
    utc = f"{at.astimezone(UTC):%H:%MZ}"
    if zone is None:
        return utc
    local = at.astimezone(ZoneInfo(zone))
    day = "" if local.date() == at.astimezone(UTC).date() else f"{local:%a} "
    return f"{utc} ({day}{local:%H:%M} in {_city(zone)})"


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
