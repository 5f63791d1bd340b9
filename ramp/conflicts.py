"""B1: what keeps a ramp from running: a freeze, or hours in which nobody is on call for a domain."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import model_validator

from ramp.forms import AtUtc, Text
from ramp.roster import OnCall, Person, gaps
from ramp.start_time import InTheWay
from ramp.validation import Row


class Freeze(Row):
    """`[[freezes]]`: nothing is released from then until then, and `why`."""

    from_utc: AtUtc
    until_utc: AtUtc
    why: Text

    @model_validator(mode="after")
    def _it_begins_before_it_ends(self) -> "Freeze":
        if self.from_utc >= self.until_utc:
            raise ValueError("until_utc must be after from_utc")
        return self


def conflicts(
    freezes: Sequence[Freeze],
    roster: Sequence[Person],
    people: Mapping[str, OnCall],
    from_utc: datetime,
    until_utc: datetime,
) -> list[InTheWay]:
    """Of that time, in words that stand in a table of starts."""
    frozen = [
        InTheWay(each.from_utc, each.until_utc, f"a freeze until {each.until_utc:%Y-%m-%d %H:%MZ}: {each.why}")
        for each in freezes
    ]
    alone = [InTheWay(gap.from_utc, gap.until_utc, gap.sentence) for gap in gaps(roster, people, from_utc, until_utc)]
    return [*frozen, *alone]
