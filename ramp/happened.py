"""What can happen to a conducted ramp. It stands in the journal; where the ramp stands is the fold of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Literal

Outlook = Literal["within", "holds", "rollback"]


class Word(StrEnum):
    HOLD = "HOLD"
    RESUME = "RESUME"
    GO = "GO"
    ROLLBACK = "ROLLBACK"
    ANEW = "ANEW"  # the stage that holds is held again, and its evidence begins anew
    ACK = "ACK"


@dataclass(frozen=True)
class Opened:
    """A conductor began, or came back: traffic was asked what it is. None, with why, where it does not say."""

    weight_pct: float | None
    why: str = ""


@dataclass(frozen=True)
class WeightRead:
    """The weight as traffic said it after it was set, or at a look. `why` it is another one than was ordered, or is not
    known (None), or what is to be said of it beside that."""

    weight_pct: float | None
    why: str = ""


@dataclass(frozen=True)
class ShareSeen:
    """Whether the traffic's share was seen to follow the weight in the time that is given to it."""

    follows: bool
    why: str = ""


@dataclass(frozen=True)
class Looked:
    """One look of the judge: `within` where traffic could rise, were the hold over. `held_min` is by a monotonic clock
    since the share was seen, but for the minutes in which a gate was RED; `elapsed_min` is with them. `page` are the
    roles that must hear at once of what `check` saw."""

    outlook: Outlook
    held_min: float
    elapsed_min: float
    reason: str = ""
    check: str = ""
    page: tuple[str, ...] = ()


@dataclass(frozen=True)
class Broken:
    """What ended the time for which all traffic was on the release without a breach; it begins anew."""

    why: str


@dataclass(frozen=True)
class Concluded:
    """The end of `moment` was judged by a process of its own."""

    moment: str
    action: Literal["CONTINUE", "HOLD", "ROLLBACK"]
    reason: str = ""


@dataclass(frozen=True)
class Said:
    """What somebody who may say it said, in the thread or by a command."""

    word: Word
    by: str


@dataclass(frozen=True)
class SignedOff:
    """What was asked at `moment` was signed off with `code`, `by` those who had to: what it names goes on. `source` is
    the `ts` of the reply, or the fingerprint of the key that signed."""

    moment: str
    code: str
    by: str
    blocks: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class AskVoided:
    """What was asked with `code` cannot be signed off any more: it expired, or something is worse."""

    moment: str
    code: str
    why: str


@dataclass(frozen=True)
class Unanswered:
    """A sign-off that is due was asked for with `code`, and nobody answered in the time that is given to it."""

    moment: str
    code: str


@dataclass(frozen=True)
class Listened:
    """Whether the ship room's threads can be read; `why` where they cannot."""

    ok: bool
    why: str = ""


@dataclass(frozen=True)
class Unheard:
    """`why` #ship-room did not hear a card by when it was due; empty where it hears them again."""

    why: str


@dataclass(frozen=True)
class Pinned:
    """What of plan, release file and commit is not what the ramp began with; nothing where all is."""

    differs: tuple[str, ...]


@dataclass(frozen=True)
class RollbackRan:
    """What the rollback command came to, by its own claim; `why` where it failed."""

    ok: bool
    why: str = ""


@dataclass(frozen=True)
class ZeroMeasured:
    """Whether it was proven, by users asked again, that the canary answers nobody; `why` where it was not."""

    proven: bool
    why: str = ""


@dataclass(frozen=True)
class PaymentsVoided:
    """What became of the open authorisations; `why` where some may still be open."""

    ok: bool
    why: str = ""


@dataclass(frozen=True)
class Interrupted:
    """Ctrl-C or SIGTERM."""

    by: str


Event = (
    Opened
    | WeightRead
    | ShareSeen
    | Looked
    | Broken
    | Concluded
    | Said
    | SignedOff
    | AskVoided
    | Unanswered
    | Listened
    | Unheard
    | Pinned
    | RollbackRan
    | ZeroMeasured
    | PaymentsVoided
    | Interrupted
)
EVENTS: tuple[type[Event], ...] = Event.__args__


def record(event: Event) -> dict[str, Any]:
    """An event as it stands in the journal."""
    return {"what": type(event).__name__, **asdict(event)}


def event_of(record: Mapping[str, Any]) -> Event:
    """The event of a record of the journal. Raises KeyError, TypeError or ValueError for what is none."""
    kind = next((kind for kind in EVENTS if kind.__name__ == record["what"]), None)
    if kind is None:
        raise ValueError(f"{record['what']!r} is no event of a ramp")
    fields = {name: record[name] for name in kind.__dataclass_fields__}
    if kind is Said:
        fields["word"] = Word(fields["word"])
    if kind is Looked:
        fields["page"] = tuple(fields["page"])
    if kind is Pinned:
        fields["differs"] = tuple(fields["differs"])
    if kind is SignedOff:
        fields["blocks"] = tuple(fields["blocks"])
    return kind(**fields)
