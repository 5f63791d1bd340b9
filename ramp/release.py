"""This release's facts (`release.toml`) and where its system answers (`Target`)."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from ramp.plan import Plan
from ramp.validation import Invalid, Row, read_toml, typed


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs a time zone, for example 2026-11-24T08:00:00Z")
    return value


def _shaped(pattern: str, example: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"should look like {example}")
        return value

    return AfterValidator(check)


AtUtc = Annotated[datetime, AfterValidator(_aware)]
Version = Annotated[str, _shaped(r"v\d{8}\.\d+", "v20261124.1 (vYYYYMMDD.X)")]
Commit = Annotated[str, _shaped(r"[0-9a-f]{40}", "a full commit SHA, 40 hexadecimal digits")]
Path = Annotated[str, _shaped(r"/\S*", "/api/tutor, beginning with a slash")]
Url = Annotated[str, _shaped(r"https?://\S+", "https://host/path")]
EnvironmentName = Annotated[str, _shaped(r"[A-Z][A-Z0-9_]*", "STRIPE_API_KEY, the name of an environment variable")]


class CanaryRouting(Row):
    """The canary routing key: the request header that addresses a slice past the split, and its two values."""

    header: str = "x-canary"
    canary: str = "always"
    control: str = "never"


class Route(Row):
    """An AI route and the model that it must be routed to."""

    path: Path
    model: str


class Price(Row):
    """USD for a million tokens."""

    input_usd_per_mtok: Annotated[float, Field(ge=0)]
    output_usd_per_mtok: Annotated[float, Field(ge=0)]


class PrewarmSet(Row):
    paths: Annotated[tuple[Path, ...], Field(min_length=1)]


class Journey(Row):
    """One synthetic request, sent to the canary by its routing key and checked against the OpenAPI document."""

    method: Literal["GET", "POST"] = "GET"
    path: Path
    body: dict[str, str] | None = None


class Person(Row):
    """A domain's DRI and named backup, by Slack user id."""

    domain: str
    dri: str
    backup: str
    time_zone: str


class Dashboard(Row):
    area: str
    url: Url


class Roles(Row):
    """Slack user ids of the people that cards tag."""

    ceo: str = "U0CEO"
    incident_commander: str = "U0IC"
    sre_lead: str = "U0SRELEAD"


class ScrapeEndpoint(Row):
    """A `/metrics` page. `slice` says whose it is; without it the series carry a `slice` label."""

    url: Url
    slice: Literal["canary", "control"] | None = None


class LogFile(Row):
    """A log or trace file of a slice, scanned for personal data."""

    path: str
    slice: Literal["canary", "control"]


class RestoreCommand(Row):
    """How a restore is tried on a system of your own: a command that restores to a scratch instance and prints what
    it restored as one JSON object with the fields of `ramp.probes.Restored`, all of them."""

    argv: Annotated[tuple[str, ...], Field(min_length=1)]
    timeout_s: Annotated[float, Field(gt=0)] = 900


class EmbeddedPostgres(Row):
    """The rehearsal's own PostgreSQL: the data of one cluster and where its WAL goes."""

    dsn: str
    archive: str
    scratch: str


class Target(Row):
    """Where the system under release answers. The rehearsal makes one; `[real]` in the release file gives one."""

    edge_url: Url
    scrapes: Annotated[tuple[ScrapeEndpoint, ...], Field(min_length=1)]
    series: dict[str, str] = {}
    logs: tuple[LogFile, ...] = ()
    openapi_url: Url | None = None
    stripe_url: Url = "https://api.stripe.com"
    stripe_key_env: EnvironmentName = "STRIPE_API_KEY"
    restore: EmbeddedPostgres | RestoreCommand | None = None
    slack_url: Url = "https://slack.com/api/"
    slack_token_env: EnvironmentName = "SLACK_BOT_TOKEN"
    pager_url: Url = "https://events.pagerduty.com"
    pager_key_env: EnvironmentName = "PAGERDUTY_ROUTING_KEY"


class Release(Row):
    """What is being released. Only what the chosen moment needs must be there: see `missing`."""

    version: Version
    commit: Commit
    scope: str = ""
    target: Literal["rehearsal", "real"] = "rehearsal"
    go_at_utc: AtUtc | None = None
    migrations: bool | None = None
    rollback_command: str | None = None
    runbook_url: Url | None = None
    canary: CanaryRouting = CanaryRouting()
    routes: tuple[Route, ...] = ()
    prices: dict[str, Price] = {}
    prewarm: PrewarmSet | None = None
    journeys: tuple[Journey, ...] = ()
    channel: str = "C0SHIPROOM"
    roles: Roles = Roles()
    roster: tuple[Person, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    real: Target | None = None

    @model_validator(mode="after")
    def _a_real_target_says_where(self) -> "Release":
        if self.target == "real" and self.real is None:
            raise ValueError('target = "real" needs a [real] table that says where the system answers')
        return self

    def missing(self, needs: Iterable[str]) -> list[str]:
        """Those of the sections `needs` that the file leaves out or empty."""
        return [name for name in needs if not getattr(self, name)]


def parse(text: str, file: str, plan: Plan, moments: Iterable[str]) -> Release:
    """The release in `text`, complete for `moments`. Raises Invalid with every error in it."""
    release = typed(Release, read_toml(text, file), file)
    problems = []
    for moment in moments:
        for name in release.missing(plan.moment(moment).needs):
            problems.append(f"{name}: is missing, and {moment} needs it.")
    for route in release.routes:
        if release.prices and route.model not in release.prices:
            known = ", ".join(release.prices)
            problems.append(
                f"routes: {route.path} uses the model '{route.model}', which has no price. Priced: {known}."
            )
    if problems:
        raise Invalid(file, sorted(set(problems)))
    return release
