"""This release's facts (`release.toml`) and where its system answers (`Target`)."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ramp.forms import (
    Argument,
    AtUtc,
    Commit,
    EnvironmentName,
    FilePath,
    HeaderName,
    HeaderValue,
    Path,
    Url,
    Version,
    shaped,
)
from ramp.plan import Plan
from ramp.series import Series
from ramp.takes_payments import takes_payments
from ramp.validation import Invalid, Row, nearest, read_toml, typed


class CanaryRouting(Row):
    """The canary routing key: the request header that addresses a slice past the split, and its two values."""

    header: HeaderName = "x-canary"
    canary: HeaderValue = "always"
    control: HeaderValue = "never"


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

    path: FilePath
    slice: Literal["canary", "control"]


class RestoreCommand(Row):
    """How a restore is tried on a system of your own: a command that restores to a scratch instance and prints what
    it restored as one JSON object with the fields of `ramp.probes.Restored`, all of them."""

    argv: Annotated[tuple[Argument, ...], Field(min_length=1)]
    timeout_s: Annotated[float, Field(gt=0)] = 900


class CapsPage(Row):
    """Where the release's own payment path says which caps it enforces: a page of JSON with the fields of
    `ramp.caps.Caps`, all of them."""

    url: Url


class CapsCommand(Row):
    """The same by a command that prints them."""

    argv: Annotated[tuple[Argument, ...], Field(min_length=1)]
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
    customer: Annotated[str, shaped(r"cus_[A-Za-z0-9_]+", "cus_Q1x2, a customer at Stripe")]
    payment_method: Annotated[str, shaped(r"pm_[A-Za-z0-9_]+", "pm_1Qx2, a payment method saved for that customer")]

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
    problems += _paying(release)
    if problems:
        raise Invalid(file, problems)
    return release


def _paying(release: Release) -> list[str]:
    """What would pay on a real target past the cap ledger and the live guard: journeys are only to look, and AI routes
    only to be asked."""
    if release.target != "real" or release.real is None:
        return []
    checkout = release.real.load.checkout_path if release.real.load else None
    posted = [("journeys", journey.path) for journey in release.journeys if journey.method == "POST"]
    posted += [("routes", route.path) for route in release.routes]
    return [
        f"{key}: POST {path} may take a payment of a real target, which none of {key} may; remove it, or name the "
        "checkout under [real.load]"
        for key, path in posted
        if takes_payments(path, checkout)
    ]
