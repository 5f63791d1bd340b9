"""Where the system under release answers."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ramp.access import Access, secret_envs_of
from ramp.addresses import pages_differ
from ramp.allowed import PerSecond
from ramp.caps_rows import CapsPage, CapsTold
from ramp.drills import RestoreCommand
from ramp.forms import EnvironmentName, FilePath, Path, Text, Url, distinct, shaped
from ramp.fraud_rules import FraudRules
from ramp.identity import Identity
from ramp.presets import with_presets
from ramp.prometheus_rows import Prometheus
from ramp.series import Series
from ramp.slices_told import SlicesTold
from ramp.traffic_rows import TrafficTold
from ramp.validation import Row


class ScrapeEndpoint(Row):
    """A `/metrics` page. `slice` says whose it is; without it the series carry a `slice` label."""

    url: Url
    slice: Literal["canary", "control"] | None = None
    access: Access | None = None


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


class Heartbeat(Row):
    """An outside monitor that calls somebody when it hears nothing: the environment variable that holds its address,
    which is a secret, and how it is asked."""

    url_env: EnvironmentName
    method: Literal["GET", "POST"] = "GET"


class LoadAllowed(Row):
    """Load that the suite may bring: its ceiling in requests a second, all slices together, and where a journey checks
    out. Without a `checkout_path` nothing is paid. `paths` are pages that no cache answers, of which load takes every
    other one where the release names no route."""

    arrivals_per_s_max: PerSecond
    checkout_path: Path | None = None
    paths: Annotated[tuple[Path, ...], distinct("has {} twice")] = ()


def _several(given: Any) -> Any:
    """One preset may stand for itself."""
    return (given,) if isinstance(given, str) else given


class Target(Row):
    """Where the system under release answers. The rehearsal makes one; `[real]` in the release file gives one."""

    edge_url: Url
    access: Access | None = None
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
    identity: Identity = Identity()
    openapi_url: Url | None = None
    openapi_access: Access | None = None
    stripe_url: Url = "https://api.stripe.com"
    stripe_key_env: EnvironmentName = "STRIPE_API_KEY"
    load: LoadAllowed | None = None
    caps: CapsTold | None = None
    fraud_rules: FraudRules | None = None
    ledger: LedgerInPostgres | None = None
    restore: RestoreCommand | None = None
    traffic: TrafficTold | None = None
    heartbeat: Heartbeat | None = None
    slack_url: Url = "https://slack.com/api/"
    slack_token_env: EnvironmentName = "SLACK_BOT_TOKEN"
    pager_url: Url = "https://events.pagerduty.com"
    pager_key_env: EnvironmentName = "PAGERDUTY_ROUTING_KEY"
    ceo_pager_key_env: EnvironmentName | None = None

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

    @model_validator(mode="after")
    def _load_asks_by_headers_alone(self) -> "Target":
        if self.load and self.access and not self.access.is_plain:
            raise ValueError("load cannot use ca_file, client_certificate or proxy_url of access: take out [real.load]")
        return self

    @property
    def accesses(self) -> tuple[Access, ...]:
        """How each place is asked, where the release file says so: the edge, the pages, the servers."""
        of_caps = self.caps.access if isinstance(self.caps, CapsPage) else None
        of_server = self.prometheus.access if self.prometheus else None
        of_drill = self.traffic.drill.access if self.traffic and self.traffic.drill else None
        own = (self.access, self.openapi_access, of_server, of_caps, of_drill, *(page.access for page in self.scrapes))
        return tuple(access for access in own if access)

    @property
    def secret_envs(self) -> tuple[str, ...]:
        """The environment variables that hold what nobody may see."""
        of_monitor = (self.heartbeat.url_env,) if self.heartbeat else ()
        of_ceo = (self.ceo_pager_key_env,) if self.ceo_pager_key_env else ()
        own = (self.stripe_key_env, self.slack_token_env, self.pager_key_env, *of_ceo, *of_monitor, *self.dsn_envs)
        return (*own, *secret_envs_of(self.accesses))

    @property
    def dsn_envs(self) -> tuple[str, ...]:
        """Those of them that hold a database's address, and so perhaps a password."""
        of_restore = (self.restore.source_dsn_env, self.restore.restored_dsn_env) if self.restore else ()
        of_ledger = (self.ledger.postgres_env,) if self.ledger else ()
        return tuple(name for name in (*of_restore, *of_ledger) if name)
