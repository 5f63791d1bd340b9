"""B2: who answers for each domain, when they are on call, and who is asked after them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from ramp.forms import Text, distinct
from ramp.start_time_row import TimeZone
from ramp.validation import Row, nearest

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")
_DAY_MIN = 1440


def _hours(value: str) -> str:
    if not _HOURS.fullmatch(value) or value[:5] == value[6:]:
        raise ValueError("should look like 09:00-18:00, 22:00-06:00 over midnight, or 00:00-24:00")
    return value


Hours = Annotated[str, AfterValidator(_hours)]


class Person(Row):
    """The DRI of a domain, and the named backup, by Slack user id."""

    domain: Text
    dri: Text
    backup: Text


class OnCall(Row):
    """When somebody is on call every day, by the clock of their own time zone."""

    time_zone: TimeZone
    on_call: Annotated[tuple[Hours, ...], Field(min_length=1), distinct("has {} twice")]

    def is_on_call(self, at_utc: datetime) -> bool:
        local = at_utc.astimezone(ZoneInfo(self.time_zone))
        minute = 60 * local.hour + local.minute
        return any(_within(minute, hours) for hours in self.on_call)


class Gap(NamedTuple):
    """Neither the DRI of `domain` nor the backup is on call then."""

    domain: str
    from_utc: datetime
    until_utc: datetime

    @property
    def sentence(self) -> str:
        until = self.until_utc
        ends = f"{until:%H:%MZ}" if until.date() == self.from_utc.date() else f"{until:%Y-%m-%d %H:%MZ}"
        return f"nobody is on call for {self.domain} from {self.from_utc:%Y-%m-%d %H:%MZ} to {ends}"


def _within(minute: int, hours: str) -> bool:
    start, end = (60 * int(each[:2]) + int(each[3:]) for each in hours.split("-"))
    return start <= minute < end if start < end else minute >= start or minute < end % _DAY_MIN


def wrong_with_roster(
    domains: Sequence[str], roster: Sequence[Person], people: Mapping[str, OnCall], escalation: Sequence[str]
) -> Iterator[str]:
    """A sentence for each thing that the directive asks of the roster and that it is not."""
    named = [row.domain for row in roster]
    for row in roster:
        if row.domain not in domains:
            yield f"'{row.domain}' is none of the plan's domains.{nearest(row.domain, domains)}"
        if row.dri == row.backup:
            yield f"{row.domain}: {row.dri} is both DRI and backup"
    for domain in domains:
        if (times := named.count(domain)) != 1:
            yield f"{domain} has no DRI" if not times else f"{domain} stands in {times} rows"
    if len(roster) > 1 and len({row.dri for row in roster}) == 1:
        yield f"{roster[0].dri} is the DRI of all {len(roster)} domains: one person cannot answer for all at once"
    for id in sorted({id for row in roster for id in (row.dri, row.backup)} - people.keys()):
        yield f"{id} has neither a time zone nor hours on call: add them under [people]"
    if len(set(escalation)) < 2:
        yield f"the escalation path has {len(set(escalation))} of at least 2 steps (escalation)"


def gaps(
    roster: Sequence[Person], people: Mapping[str, OnCall], from_utc: datetime, until_utc: datetime
) -> Iterator[Gap]:
    """When nobody is on call for a domain in that time, by the minute. Who is not known is not on call."""
    for row in roster:
        on_call = [people[id] for id in (row.dri, row.backup) if id in people]
        began: datetime | None = None
        at = from_utc.astimezone(UTC).replace(second=0, microsecond=0)
        while at < until_utc:
            covered = any(each.is_on_call(at) for each in on_call)
            if began is None and not covered:
                began = at
            if began is not None and covered:
                yield Gap(row.domain, began, at)
                began = None
            at += timedelta(minutes=1)
        if began is not None:
            yield Gap(row.domain, began, until_utc)
