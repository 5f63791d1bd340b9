"""What load is ordered from Locust, and what an answer is worth: all that both ends of the load share."""

import json
from dataclasses import asdict, dataclass
from typing import Literal, Self, get_args

from ramp.tally import Outcome

# What a request is addressed to: a slice by the routing key, or whichever the edge splits it to.
Aim = Literal["canary", "control", "split"]
AIMS: tuple[Aim, ...] = get_args(Aim)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What Locust is to bring: `per_s` requests a second to each aim for `hold_s` seconds, once all of its `users` have
    come in over `ramp_s`. There are never more requests on their way than users: each sends one at a time. `asks` are
    the AI routes with the body that each is asked with. Without a `checkout_path` nothing is paid, never more than
    `checkouts_max` times, and away from loopback only in the `live_window`: from and until, as ISO 8601."""

    version: str
    version_header: str
    header: str
    canary: str
    control: str
    per_s: dict[str, float]
    users: dict[str, int]
    ramp_s: float
    hold_s: float
    pages: tuple[str, ...]
    asks: tuple[tuple[str, str], ...]
    checkout_path: str | None
    checkout_cents: int
    checkouts_max: int
    caps: tuple[int, int, int]
    live_window: tuple[str, str] | None = None

    def text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Self:
        said = json.loads(text)
        window = said.get("live_window")
        return cls(
            **said
            | {"pages": tuple(said["pages"]), "asks": tuple(map(tuple, said["asks"])), "caps": tuple(said["caps"])}
            | {"live_window": tuple(window) if window else None}
        )


@dataclass(frozen=True, kw_only=True)
class StageCheckouts:
    """The checkouts of load in one stage: `count` in all, begun `every_s` apart. `beside` is what counts against the
    caps and is not in the ledger, as the fields of a Spend."""

    stage: str
    count: int
    every_s: float
    beside: tuple[int, int, int] = (0, 0, 0)

    def text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Self:
        return cls(**json.loads(text))


def outcome(aim: Aim, status: int, version: str | None, canary_version: str, *, may_decline: bool = False) -> Outcome:
    """What an answer with `status` (0: none came, or not the whole of it) and the version in its header is worth to a
    request for `aim`. A redirection answers nothing; an answer that does not say its version proves nothing of either
    slice."""
    if status == 0:
        return "no_answer"
    if not 200 <= status < 300 and not (status == 402 and may_decline):
        return "error"
    if version is None or (aim != "split" and (version == canary_version) != (aim == "canary")):
        return "wrong_slice"
    return "fine"
