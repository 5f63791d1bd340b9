"""This release's facts (`release.toml`) and where its system answers (`Target`)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from ramp.plan import Plan
from ramp.series import Series
from ramp.validation import Invalid, Row, nearest, read_toml, typed


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs a time zone, for example 2026-11-24T08:00:00Z")
    return value.astimezone(UTC)


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


class CapsPage(Row):
    """Where the release's own payment path says which caps it enforces: a page of JSON with the fields of
    `ramp.caps.Caps`, all of them."""

    url: Url


class CapsCommand(Row):
    """The same by a command that prints them."""

    argv: Annotated[tuple[str, ...], Field(min_length=1)]
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10


class LoadAllowed(Row):
    """Load that the suite may bring: its ceiling in requests a second, all slices together, and where a journey checks
    out. Without a path nothing is paid."""

    arrivals_per_s_max: Annotated[float, Field(gt=0)]
    checkout_path: Path | None = None


class Target(Row):
    """Where the system under release answers. The rehearsal makes one; `[real]` in the release file gives one."""

    edge_url: Url
    scrapes: Annotated[tuple[ScrapeEndpoint, ...], Field(min_length=1)]
    series: Series = Field(default={}, validate_default=True)
    logs: tuple[LogFile, ...] = ()
    openapi_url: Url | None = None
    stripe_url: Url = "https://api.stripe.com"
    stripe_key_env: EnvironmentName = "STRIPE_API_KEY"
    load: LoadAllowed | None = None
    caps: CapsPage | CapsCommand | None = None
    restore: RestoreCommand | None = None
    slack_url: Url = "https://slack.com/api/"
    slack_token_env: EnvironmentName = "SLACK_BOT_TOKEN"
    pager_url: Url = "https://events.pagerduty.com"
    pager_key_env: EnvironmentName = "PAGERDUTY_ROUTING_KEY"

    @model_validator(mode="after")
    def _each_page_is_counted_once(self) -> "Target":
        urls = [page.url for page in self.scrapes]
        if twice := sorted({url for url in urls if urls.count(url) > 1}):
            raise ValueError(f"scrapes has {twice[0]} twice, so that everything on it would count twice")
        return self


class LivePayments(Row):
    """What the owner approved of live payments: when they may be made, and with which saved card. It is best one of
    its own, with an issuer's limit of the caps."""

    opens_at_utc: AtUtc
    closes_at_utc: AtUtc
    customer: Annotated[str, _shaped(r"cus_\w+", "cus_Q1x2, a customer at Stripe")]
    payment_method: Annotated[str, _shaped(r"pm_\w+", "pm_1Qx2, a payment method saved for that customer")]

    @model_validator(mode="after")
    def _it_opens_before_it_closes(self) -> "LivePayments":
        if self.opens_at_utc >= self.closes_at_utc:
            raise ValueError("closes_at_utc must be after opens_at_utc")
        return self


class Release(Row):
    """What is being released. Only what the chosen moment needs must be there: see `parse`."""

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
    live: LivePayments | None = None
    real: Target | None = None

    @model_validator(mode="after")
    def _a_real_target_says_where(self) -> "Release":
        if self.target == "real" and self.real is None:
            raise ValueError('target = "real" needs a [real] table that says where the system answers')
        return self


def parse(text: str, file: str, plan: Plan, moments: Iterable[str]) -> Release:
    """The release in `text`, complete for `moments`. Raises Invalid with every error in it."""
    table = read_toml(text, file)
    needed = [(name, moment) for moment in moments for name in plan.moment(moment).needs]
    problems = [f"{name}: is missing, and {moment} needs it." for name, moment in needed if not table.get(name)]
    try:
        release = typed(Release, table, file)
    except Invalid as invalid:
        raise Invalid(file, [*invalid.problems, *problems]) from None
    for route in release.routes:
        if release.prices and route.model not in release.prices:
            known = f"{nearest(route.model, release.prices)} Priced: {', '.join(release.prices)}."
            problems.append(f"routes: {route.path} uses the model '{route.model}', which has no price.{known}")
    if problems:
        raise Invalid(file, problems)
    return release
