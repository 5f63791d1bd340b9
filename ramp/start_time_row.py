"""B1, B7: what the proposed start is reckoned by."""

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

from ramp.allowed import Confidence, Minutes, Says, allowed
from ramp.forms import shaped
from ramp.sourced_row import SourcedRow


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError("is no time zone of the IANA database; it should look like America/Los_Angeles") from None
    return name


TimeZone = Annotated[str, AfterValidator(_zone)]


class StartTimeRow(SourcedRow):
    """The ramp starts within `within_h` hours of the GO, and not before `lead_min` minutes of it. The rates of the last
    `days` are read in slots of `slot_min` minutes, by the clock of `zone`, and `covered_ratio_min` of them are due.
    Starts whose traffic differs by up to `tie_ratio` tie; the one whose middle is nearest `west_coast_trough` of
    `zone` wins."""

    within_h: Annotated[float, allowed("the GO is of a day", over=0, most=168)]
    lead_min: Minutes
    days: Annotated[int, allowed("it is a number of days, of which most must be ordinary", least=3, most=35)]
    covered_ratio_min: Confidence
    slot_min: Annotated[int, allowed("a trough is found no closer than that", least=5, most=60)]
    tie_ratio: Annotated[float, allowed("with more every start would tie", least=0, most=0.2)]
    zone: TimeZone
    west_coast_trough: Annotated[str, shaped(r"([01][0-9]|2[0-3]):[0-5][0-9]", "04:00, a time of day")]


class StableRow(SourcedRow):
    """What counts as stable at 100 %."""

    hours_min: Annotated[float, Says("s", "3600"), allowed("a release day is over by then", over=0, most=48)]
