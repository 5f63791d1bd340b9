"""How traffic is set on a real target: rows of the release file."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag

from ramp.allowed import allowed
from ramp.drill_rows import Drilled
from ramp.forms import Argument, Command, FilePath, Url, shaped

WEIGHT, REST = "{weight_pct}", "{rest_pct}"
_PLACE = re.compile(r"\{[\w-]*\}")  # what other tools write in braces, JSON and jsonpath, has more in it than a name
TimeoutS = Annotated[float, allowed("a rollback has two minutes in all", over=0, most=110)]


def _places_known(argv: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [place for each in argv for place in _PLACE.findall(each) if place not in (WEIGHT, REST)]
    if unknown:
        raise ValueError(f"has a place {unknown[0]}, and only {WEIGHT} and {REST} are known")
    return argv


def _names_the_weight(argv: tuple[str, ...]) -> tuple[str, ...]:
    if not any(WEIGHT in each for each in argv):
        raise ValueError(f"should say {WEIGHT} where the weight stands, else it would always set the same one")
    return argv


Weighed = Annotated[Command, AfterValidator(_places_known), AfterValidator(_names_the_weight)]
Plain = Annotated[Command, AfterValidator(_places_known)]


class TrafficCommands(Drilled):
    """A tool of the release's own, without a shell. `read` prints the weight in percent as its only line; `set` has the
    place {weight_pct}, and may have {rest_pct}, what that leaves of 100; `rollback` orders none at all; `ready`, where
    there is one, ends with status 0 once the canary can carry {weight_pct}."""

    read: Plain
    set: Weighed
    rollback: Plain
    ready: Plain | None = None
    timeout_s: TimeoutS = 30

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        return {"read": self.read, "set": self.set, "rollback": self.rollback}

    @property
    def rollback_argv(self) -> Sequence[str]:
        return self.rollback

    def program(self, name: str) -> str:
        return self.parts[name][0]


class HaproxyMap(Drilled):
    """HAProxy's runtime API: a map whose `key` holds how many of `buckets` go to the canary. `socket` is a path, or
    host:port on this machine. What is open at the servers of `backend`, the canary's, a rollback ends."""

    socket: FilePath
    map: FilePath
    key: Annotated[Argument, shaped(r"[A-Za-z0-9_.-]+", "canary, a key of the map")] = "canary"
    backend: Annotated[Argument, shaped(r"[A-Za-z0-9_.:-]+", "canary, the canary's backend")] = "canary"
    buckets: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    timeout_s: TimeoutS = 5

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        return {"socket, map and key": (self.socket, self.map, self.key), "backend": (self.socket, self.backend)}

    @property
    def rollback_argv(self) -> Sequence[str]:
        return ("set map", self.socket, self.map, self.key, "0", "shutdown sessions", self.backend)


class EdgeAdmin(Drilled):
    """An edge with the rehearsal's own admin address: PUT and GET /-/weight {"canary_pct": 10}."""

    admin_url: Url

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        return {"admin_url": (self.admin_url,)}

    @property
    def rollback_argv(self) -> Sequence[str]:
        return ("PUT", f"{self.admin_url}/-/weight", '{"canary_pct": 0}')


def _by_tool(row: Any) -> str:
    """The kind of row, by the field that only it has."""
    if not isinstance(row, dict):
        return type(row).__name__
    return "HaproxyMap" if "socket" in row else "EdgeAdmin" if "admin_url" in row else "TrafficCommands"


TrafficTold = Annotated[
    Annotated[TrafficCommands, Tag("TrafficCommands")]
    | Annotated[HaproxyMap, Tag("HaproxyMap")]
    | Annotated[EdgeAdmin, Tag("EdgeAdmin")],
    Discriminator(_by_tool),
]
