"""B3, C2: the dashboards, and with whose eyes they are looked at."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from ramp.forms import EnvironmentName, Text, Url, distinct, shaped
from ramp.loopback import on_loopback
from ramp.validation import Row

Host = Annotated[str, shaped(r"[A-Za-z0-9.\[\]:_-]+", "grafana.example.com, a host without scheme and path")]
Viewer = Literal["ceo", "sre_lead"]
ROLES: tuple[Viewer, ...] = get_args(Viewer)


class Dashboard(Row):
    """The page of an `area`, and a text that is on it once it loaded; or `grafana`, whose API is asked for it."""

    area: Text
    url: Url
    expects: Text | None = None
    grafana: bool = False

    @model_validator(mode="after")
    def _it_says_how_it_is_known(self) -> "Dashboard":
        if self.grafana and self.uid is None:
            raise ValueError("is no dashboard of Grafana: its url should look like https://host/d/UID/name")
        if self.grafana and self.expects:
            raise ValueError("has both grafana and expects: Grafana's API says more than a text on its page")
        return self

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def uid(self) -> str | None:
        """Grafana's own name of it: `/d/UID/name`."""
        parts = urlsplit(self.url).path.split("/")
        at = parts.index("d") + 1 if "d" in parts else len(parts)
        return parts[at] if at < len(parts) and parts[at] else None


class DashboardAccess(Row):
    """Only these `hosts` are asked, over https, and no redirect leaves them. The environment variables hold each role's
    credential: a token of its own with that role, never a person's session."""

    hosts: Annotated[tuple[Host, ...], Field(min_length=1), distinct("has {} twice")]
    ceo_token_env: EnvironmentName = "DASHBOARD_CEO_TOKEN"
    sre_lead_token_env: EnvironmentName = "DASHBOARD_SRE_LEAD_TOKEN"

    def token_env(self, viewer: Viewer) -> str:
        return self.ceo_token_env if viewer == "ceo" else self.sre_lead_token_env

    def refuses(self, url: str) -> str | None:
        """Why `url` is not asked, where it is not."""
        parts = urlsplit(url)
        if parts.hostname not in self.hosts:
            return f"{parts.hostname} is none of the hosts of [dashboard_access]"
        if parts.scheme != "https" and not on_loopback(parts.hostname):
            return f"{parts.hostname} would be asked without https"
        return None


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What came of loading the dashboard of `area` as `viewer`: `problem` is empty where it loaded, and `is_known` says
    whether that is the dashboard's fault or nobody can tell. `by_word` is whether that person wrote that it does."""

    area: str
    viewer: Viewer
    problem: str = ""
    is_known: bool = True
    by_word: bool = False
