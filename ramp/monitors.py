"""C3: the organisation's own synthetic monitors: what each says, and whom it is shown to have hit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import model_validator

from ramp.access import Access
from ramp.forms import AtUtc, Command, Text, Url
from ramp.validation import Invalid, Row, typed

FRESH_MIN = 10.0
GREEN = ("green", "up", "ok", "passing")


class Monitor(Row):
    """Asked at one place: a JSON status page, a command that prints the same JSON, or a `query` for the server of
    `[real.prometheus]` that gives one series, 1 where the monitor is green, such as blackbox exporter's
    probe_success."""

    name: Text
    url: Url | None = None
    access: Access | None = None
    command: Command | None = None
    query: Text | None = None

    @model_validator(mode="after")
    def _it_is_asked_at_one_place(self) -> "Monitor":
        if sum(place is not None for place in (self.url, self.command, self.query)) != 1:
            raise ValueError("names one place: url, command or query")
        if self.access and self.url is None:
            raise ValueError("access is for a url; a query is asked by [real.prometheus.access]")
        return self


class Status(Row):
    """What a monitor's status page or command says, as JSON: `{"status": "green", "checked_at_utc":
    "2026-11-24T15:50:00Z", "version": "v20261124.1", "commit": "..."}`. Instead of version and commit that it saw it
    may tell the `routing_key` that the answer echoed."""

    status: Text
    checked_at_utc: AtUtc
    version: str | None = None
    commit: str | None = None
    routing_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What came of asking for the monitor `name`: its status, or why nobody knows it."""

    name: str
    status: Status | None = None
    why: str = ""


def status_of(said: Any, monitor: str) -> Status:
    """Raises Invalid for what is none."""
    if not isinstance(said, dict):
        raise Invalid(monitor, ["says what is no JSON object"])
    known = {name: said[name] for name in Status.model_fields if name in said}
    try:
        known["checked_at_utc"] = datetime.fromisoformat(said["checked_at_utc"])
    except (KeyError, TypeError, ValueError):
        raise Invalid(monitor, ["does not say when it ran last (checked_at_utc)"]) from None
    return typed(Status, known, monitor)


def age_min(status: Status, now_utc: datetime) -> float:
    return (now_utc - status.checked_at_utc).total_seconds() / 60
