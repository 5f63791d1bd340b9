"""This release's facts (`release.toml`) and where its system answers (`Target`)."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ramp.addresses import pages_differ
from ramp.allowed import PerSecond, allowed
from ramp.caps_rows import CapsTold
from ramp.drills import RestoreCommand
from ramp.forms import (
    AtUtc,
    Commit,
    EnvironmentName,
    FilePath,
    HeaderName,
    HeaderValue,
    Path,
    Text,
    Url,
    Version,
    distinct,
    shaped,
)
from ramp.plan import Plan
from ramp.posture import Security
from ramp.presets import with_presets
from ramp.prometheus_rows import Prometheus
from ramp.series import Series
from ramp.slices_told import SlicesTold
from ramp.takes_payments import ways_to_money
from ramp.traffic_rows import TrafficTold
from ramp.validation import Invalid, Row, nearest, read_toml, typed

# A price for one token instead of a million would make every markup look a million times as good.
Usd = Annotated[float, allowed("it is USD for a million tokens", least=0.001, most=100_000)]


class CanaryRouting(Row):
    """The canary routing key: the request header that addresses a slice past the split, and its two values; and the
    header by which the split tells users apart. Our own users ask at `witness_path`, by default a pre-warmed page."""

    header: HeaderName = "x-canary"
    canary: HeaderValue = "always"
    control: HeaderValue = "never"
    user_header: HeaderName = "X-Visitor"
    witness_path: Path | None = None

    @model_validator(mode="after")
    def _leads_to_two_slices(self) -> "CanaryRouting":
        if self.canary == self.control:
            raise ValueError(f"canary and control are both '{self.canary}', so that one slice would answer for both")
        return self


class Route(Row):
    """An AI route and the model that it must be routed to."""

    path: Path
    model: Text


class Price(Row):
    """USD for a million tokens."""

    input_usd_per_mtok: Usd
    output_usd_per_mtok: Usd


class PrewarmSet(Row):
    paths: Annotated[tuple[Path, ...], Field(min_length=1), distinct("has {} twice")]


class Journey(Row):
    """One synthetic request, sent to the canary by its routing key and checked against the OpenAPI document."""

    method: Literal["GET", "POST"] = "GET"
    path: Path
    body: dict[str, str] | None = None


class Person(Row):
    """A domain's DRI and named backup, by Slack user id."""

    domain: Text
    dri: Text
    backup: Text
    time_zone: Text


class Dashboard(Row):
    area: Text
    url: Url


class Roles(Row):
    """Slack user ids of the people that cards tag."""

    ceo: Text = "U0CEO"
    incident_commander: Text = "U0IC"
    sre_lead: Text = "U0SRELEAD"
    security_lead: Text = "U0SECLEAD"


class ScrapeEndpoint(Row):
    """A `/metrics` page. `slice` says whose it is; without it the series carry a `slice` label."""

    url: Url
    slice: Literal["canary", "control"] | None = None


class LogFile(Row):
    """A log or trace file of a slice, scanned for personal data; an access log's public IP addresses are no finding.
    `record` is the id of a known record, by which the scanner is proven at GO+60."""

    path: FilePath
    slice: Literal["canary", "control"]
    access_log: bool = False
    record: Annotated[str, shaped(r"[A-Za-z0-9._-]{12,64}", "known-record-4711, an id of its own")] | None = None


class LedgerInPostgres(Row):
    """The cap ledger in PostgreSQL, for when several hosts pay: the environment variable that holds its address."""

    postgres_env: EnvironmentName


class LoadAllowed(Row):
    """Load that the suite may bring: its ceiling in requests a second, all slices together, and where a journey checks
    out. Without a path nothing is paid."""

    arrivals_per_s_max: PerSecond
    checkout_path: Path | None = None


def _several(given: Any) -> Any:
    """One preset may stand for itself."""
    return (given,) if isinstance(given, str) else given


class Target(Row):
    """Where the system under release answers. The rehearsal makes one; `[real]` in the release file gives one."""

    edge_url: Url
    scrapes: Annotated[tuple[ScrapeEndpoint, ...], AfterValidator(pages_differ)] = ()
    prometheus: Prometheus | None = None
    preset: Annotated[tuple[Text, ...], BeforeValidator(_several)] = ()
    slices: SlicesTold = SlicesTold()
    series: Series = Field(default={}, validate_default=True)
    logs: Annotated[
        tuple[LogFile, ...],
        distinct("has {0.path} twice", lambda log: log.path),
        distinct("has the record {0.record} twice", lambda log: log.record or log.path),
    ] = ()
    openapi_url: Url | None = None
    stripe_url: Url = "https://api.stripe.com"
    stripe_key_env: EnvironmentName = "STRIPE_API_KEY"
    load: LoadAllowed | None = None
    caps: CapsTold | None = None
    ledger: LedgerInPostgres | None = None
    restore: RestoreCommand | None = None
    traffic: TrafficTold | None = None
    slack_url: Url = "https://slack.com/api/"
    slack_token_env: EnvironmentName = "SLACK_BOT_TOKEN"
    pager_url: Url = "https://events.pagerduty.com"
    pager_key_env: EnvironmentName = "PAGERDUTY_ROUTING_KEY"

    @model_validator(mode="before")
    @classmethod
    def _presets_fill_in(cls, table: Any) -> Any:
        return with_presets(table)

    @model_validator(mode="after")
    def _its_signals_have_one_source(self) -> "Target":
        if bool(self.scrapes) == bool(self.prometheus):
            said = "has both" if self.scrapes else "has neither"
            raise ValueError(f"{said} scrapes and prometheus: name where its signals are read, pages or a server")
        return self

    @property
    def secret_envs(self) -> tuple[str, ...]:
        """The environment variables that hold what nobody may see."""
        return (self.stripe_key_env, self.slack_token_env, self.pager_key_env, *self.dsn_envs)

    @property
    def dsn_envs(self) -> tuple[str, ...]:
        """Those of them that hold a database's address, and so perhaps a password."""
        of_restore = (self.restore.source_dsn_env, self.restore.restored_dsn_env) if self.restore else ()
        of_ledger = (self.ledger.postgres_env,) if self.ledger else ()
        return tuple(name for name in (*of_restore, *of_ledger) if name)


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
    start_at_utc: AtUtc | None = None
    migrations: bool | None = None
    rollback_command: str | None = None
    runbook_url: Url | None = None
    canary: CanaryRouting = CanaryRouting()
    routes: Annotated[tuple[Route, ...], distinct("has {0.path} twice", lambda route: route.path)] = ()
    prices: dict[str, Price] = {}
    prewarm: PrewarmSet | None = None
    journeys: tuple[Journey, ...] = ()
    channel: Text = "C0SHIPROOM"
    roles: Roles = Roles()
    roster: tuple[Person, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    security: Security | None = None
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
    if table.get("target", "rehearsal") == "rehearsal":
        needed = [(name, moment) for name, moment in needed if name != "go_at_utc"]  # the GO is when it starts
    problems = [f"{name}: is missing, and {moment} needs it." for name, moment in needed if not table.get(name)]
    try:
        release = typed(Release, table, file)
    except Invalid as invalid:
        raise Invalid(file, [*invalid.problems, *problems]) from None
    for route in release.routes:
        if release.prices and route.model not in release.prices:
            known = f"{nearest(route.model, release.prices)} Priced: {', '.join(release.prices)}."
            problems.append(f"routes: {route.path} uses the model '{route.model}', which has no price.{known}")
    problems += ways_to_money(release)
    if problems:
        raise Invalid(file, problems)
    return release
