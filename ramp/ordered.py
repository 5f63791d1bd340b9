"""What a conductor may order. It stands in the journal before it is carried out, and what came of it after."""

from dataclasses import dataclass

from ramp.incidents import CONDUCTOR
from ramp.who_is_told import INCIDENT_COMMANDER


@dataclass(frozen=True)
class SetWeight:
    """Only where the weight that is read is `from_pct`."""

    moment: str
    from_pct: float
    to_pct: float


@dataclass(frozen=True)
class AwaitShare:
    moment: str
    was_pct: float
    weight_pct: float


@dataclass(frozen=True)
class Conclude:
    moment: str


@dataclass(frozen=True)
class RollBack:
    moment: str
    reason: str
    attempt: int
    was_pct: float


@dataclass(frozen=True)
class ProveZero:
    moment: str
    was_pct: float


@dataclass(frozen=True)
class VoidPayments:
    """And conclude the moment at which it was rolled back."""

    moment: str
    reason: str


@dataclass(frozen=True)
class Tell:
    """A card."""

    what: str


@dataclass(frozen=True)
class Page:
    """An incident: what happened, the roles that are called, and its cause: the check that saw it, or the conductor."""

    what: str
    roles: tuple[str, ...] = (INCIDENT_COMMANDER,)
    cause: str = CONDUCTOR


@dataclass(frozen=True)
class EndIncident:
    """The incident of `cause` that was paged while `moment` was under way cleared: the next of it is to call again."""

    moment: str
    cause: str


@dataclass(frozen=True)
class Report:
    """A card of how `moment` looks so far; `because` is why it is due, one of `Due`."""

    moment: str
    because: str


@dataclass(frozen=True)
class PostAgain:
    """The card of the decision at `moment`, which #ship-room did not take."""

    moment: str


@dataclass(frozen=True)
class ReportAgain:
    """The report below the card `thread`, which #ship-room did not take."""

    thread: str


@dataclass(frozen=True)
class AskSignOff:
    """Who may sign off is asked to release the `blocks` of `moment`; `tie` is who says what where people disagree."""

    moment: str
    blocks: tuple[str, ...]
    tie: str


@dataclass(frozen=True)
class Answer:
    """An answer in the thread in which `code` was asked for; `is_to_come` where it says what is done next, so that the
    time until when is told too."""

    code: str
    what: str
    is_to_come: bool = False


@dataclass(frozen=True)
class Stop:
    """The conductor ends; the ramp stays where it is."""


Command = (
    SetWeight
    | AwaitShare
    | Conclude
    | RollBack
    | ProveZero
    | VoidPayments
    | Tell
    | Page
    | EndIncident
    | Report
    | PostAgain
    | ReportAgain
    | AskSignOff
    | Answer
    | Stop
)
COMMANDS: tuple[type[Command], ...] = Command.__args__
