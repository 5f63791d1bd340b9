"""The drill of a rollback: where it harms nobody, by the same command with other names, and by what it is told from
the drill of another command."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ramp.access import Access
from ramp.allowed import allowed
from ramp.forms import HeaderName, HeaderValue, Text, Url
from ramp.validation import Row


class ToldBy(Row):
    """The header of every answer that says which slice it comes from, where not the release's version does."""

    header: HeaderName
    canary: HeaderValue
    control: HeaderValue


class Drill(Row):
    """Where the rollback is drilled, and in a sentence why that harms nobody. In `staging`, or on a rollout of its own,
    `instead` replaces arguments (or addresses) of the release's own tool, and users ask at `edge_url`; at the end of
    the `placebo` hour the canary slice still runs the old version, and `told_by` tells the slices apart."""

    place: Literal["staging", "own_rollout", "placebo"]
    says: Text
    instead: dict[str, str] = {}
    edge_url: Url | None = None
    access: Access | None = None
    told_by: ToldBy | None = None
    weight_pct: Annotated[float, allowed("it is a share of users in percent", least=1, most=100)] = 50
    budget_s: Annotated[float, allowed("a rollback has two minutes in all", least=1, most=120)] = 120

    @model_validator(mode="after")
    def _its_place_is_known(self) -> "Drill":
        if self.place == "placebo":
            if self.instead or self.edge_url:
                raise ValueError("the placebo hour is on the release's own tool: leave out instead and edge_url")
            if self.told_by is None:
                raise ValueError("in the placebo hour both slices run one version: say told_by, a header that differs")
        elif not (self.instead and self.edge_url):
            raise ValueError(f"{self.place} needs instead (what differs there) and edge_url (where users ask)")
        return self


class Drilled(Row):
    """A row that says how traffic is set, and where that can be drilled."""

    drill: Drill | None = Field(default=None)

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """What the drill's tool must not share with the release's own, by name."""
        raise NotImplementedError

    @property
    def rollback_argv(self) -> Sequence[str]:
        """What orders the rollback: arguments, or for a tool that is built in what it acts on."""
        raise NotImplementedError

    @property
    def sha256(self) -> str:
        """Of the command that rolls back: a drill of another one proves nothing."""
        return hashlib.sha256(json.dumps(list(self.rollback_argv)).encode("utf-8", "surrogatepass")).hexdigest()

    def elsewhere(self) -> Self:
        """The same tool at the drill's place."""
        instead = self.drill.instead if self.drill else {}
        table = self.model_dump(exclude={"drill"})
        return type(self).model_validate(_replaced(table, instead))

    @model_validator(mode="after")
    def _the_drill_is_elsewhere(self) -> "Drilled":
        if self.drill is None or self.drill.place == "placebo":
            return self
        there = self.elsewhere()
        if same := [name for name, argv in self.parts.items() if there.parts[name] == argv]:
            raise ValueError(f"drill.instead changes nothing of {', '.join(same)}, so it would act on the release")
        if other := [name for name, argv in self.parts.items() if there.program(name) != self.program(name)]:
            raise ValueError(f"drill.instead makes another program of {', '.join(other)}: that drills another command")
        return self

    def program(self, name: str) -> str:
        """What is run for that part; empty where nothing is."""
        return ""


def _replaced(value: Any, instead: Mapping[str, str]) -> Any:
    """Whole arguments only: `shop` is no part of `shop-api`."""
    if isinstance(value, dict):
        return {key: _replaced(each, instead) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return tuple(_replaced(each, instead) for each in value)
    return instead.get(value, value) if isinstance(value, str) else value
