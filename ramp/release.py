"""This release's facts (`release.toml`)."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ramp.access import secret_envs_of
from ramp.allowed import allowed
from ramp.approval import SignOffKey
from ramp.dashboards import ROLES
from ramp.forms import (
    AtUtc,
    Commit,
    HeaderName,
    HeaderValue,
    Path,
    Text,
    Version,
    distinct,
    shaped,
)
from ramp.identity import DATED, VersionPattern, of_pattern
from ramp.organisation import Organisation
from ramp.people import Roles
from ramp.plan import Plan
from ramp.posture import Security
from ramp.published_page import PublishedPage
from ramp.roster import OnCall, Person
from ramp.takes_payments import ways_to_money
from ramp.target import Target
from ramp.validation import Invalid, Row, nearest, read_toml, typed
from ramp.whole_buckets import weights_between_buckets

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


class Release(Organisation):
    """What is being released. Only what the chosen moment needs must be there: see `parse`."""

    version_pattern: VersionPattern = DATED
    version: Version
    commit: Commit
    scope: str = ""
    target: Literal["rehearsal", "real"] = "rehearsal"
    go_at_utc: AtUtc | None = None
    migrations: bool | None = None
    rollback_command: str | None = None
    canary: CanaryRouting = CanaryRouting()
    routes: Annotated[tuple[Route, ...], distinct("has {0.path} twice", lambda route: route.path)] = ()
    prices: dict[str, Price] = {}
    prewarm: PrewarmSet | None = None
    journeys: tuple[Journey, ...] = ()
    channel: Text = "C0SHIPROOM"
    page: PublishedPage | None = None
    roles: Roles = Roles()
    roster: tuple[Person, ...] = ()
    people: dict[Text, OnCall] = {}
    escalation: tuple[Text, ...] = ()
    security: Security | None = None
    sign_off: SignOffKey | None = None
    live: LivePayments | None = None
    real: Target | None = None

    @property
    def secret_envs(self) -> tuple[str, ...]:
        """The environment variables that hold what nobody may see."""
        of_target = self.real.secret_envs if self.real else ()
        boards = self.dashboard_access
        tokens = tuple(boards.token_env(viewer) for viewer in ROLES) if boards else ()
        return (*of_target, *tokens, *secret_envs_of((self.runbook_access, *(each.access for each in self.monitors))))

    @field_validator("version")
    @classmethod
    def _is_of_the_pattern(cls, version: str, of: ValidationInfo) -> str:
        return of_pattern(version, of.data.get("version_pattern", DATED))

    @model_validator(mode="after")
    def _a_real_target_says_where(self) -> "Release":
        if self.target == "real" and self.real is None:
            raise ValueError('target = "real" needs a [real] table that says where the system answers')
        return self

    @model_validator(mode="after")
    def _access_leaves_the_slices_apart(self) -> "Release":
        for name in (self.canary.header, self.canary.user_header):
            if self.real and self.real.access and name.lower() in self.real.access.names:
                raise ValueError(f"real.access says the header {name}, by which the split tells slices and users apart")
        return self


def parse(text: str, file: str, plan: Plan, moments: Iterable[str]) -> Release:
    """The release in `text`, complete for `moments`. Raises Invalid with every error in it."""
    table = read_toml(text, file)
    rows = [row for row in map(plan.moment, moments) if row.applies]
    needed = [(name, row.id) for row in rows for name in row.needs]
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
    problems += weights_between_buckets(release.real.traffic if release.real else None, plan)
    if problems:
        raise Invalid(file, problems)
    return release
