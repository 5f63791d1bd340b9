"""B6: which of the owner's lines were confirmed in #ship-room, and whether within their minutes of the GO.

A line is confirmed by the first card of its moment that was posted while all its checks were GREEN. A check that is
worse later, wherever that is found, takes it back: then it is confirmed anew, or not at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ramp.plan import Plan
from ramp.verdict import Colour

CHECK = "confirmed_in_time"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What `check` said at `moment`, and whether #ship-room took the card with it."""

    at_utc: datetime
    moment: str
    check: str
    colour: Colour
    is_posted: bool


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """Of the line `id`, which is due at `due_utc`: when it was confirmed, None where it is not."""

    id: str
    due_utc: datetime
    at_utc: datetime | None

    def is_late(self, now_utc: datetime) -> bool:
        """Confirmed after its time, or its time is over without."""
        return (self.at_utc or now_utc) > self.due_utc

    def sentence(self, now_utc: datetime) -> str:
        """`B2 is LATE: confirmed at 08:41Z, 11 min after 08:30Z`."""
        due, minute = f"{self.due_utc:%H:%MZ}", timedelta(minutes=1)
        if self.at_utc is not None:
            over_min = (self.at_utc - self.due_utc) / minute
            if over_min <= 0:
                return f"{self.id} was confirmed at {self.at_utc:%H:%MZ}, {-over_min:.0f} min before {due}"
            return f"{self.id} is LATE: confirmed at {self.at_utc:%H:%MZ}, {over_min:.0f} min after {due}"
        left_min = (self.due_utc - now_utc) / minute
        if left_min >= 0:
            return f"{self.id} is to be confirmed by {due}, {left_min:.0f} min are left"
        return f"{self.id} is LATE: not confirmed by {due}, {-left_min:.0f} min ago"


def confirmations(plan: Plan, moment: str, go_utc: datetime, heard: Iterable[Heard]) -> tuple[Confirmation, ...]:
    """Every line that `moment` confirms by checks other than this one; none where it is not counted from the GO."""
    row = plan.moment(moment)
    if row.due_min is None:
        return ()
    due_utc, since_go = go_utc + timedelta(minutes=row.due_min), [each for each in heard if each.at_utc >= go_utc]
    checks = {id: {each for each in plan.required(moment) if id in plan.checks[each].ids} for id in row.confirms}
    ordered = sorted(since_go, key=lambda each: each.at_utc)
    return tuple(
        Confirmation(id=id, due_utc=due_utc, at_utc=_confirmed_at(moment, of - {CHECK}, ordered))
        for id, of in checks.items()
        if of - {CHECK}
    )


def _confirmed_at(moment: str, checks: set[str], heard: Sequence[Heard]) -> datetime | None:
    green: set[str] = set()
    at: datetime | None = None
    for each in heard:
        if each.check not in checks:
            continue
        if each.colour is not Colour.GREEN:
            green.discard(each.check)
            at = None
        elif each.moment == moment and each.is_posted:
            green.add(each.check)
        if at is None and green == checks:
            at = each.at_utc
    return at
