"""What a journal tells of the cards of a ramp: when the next is due, and which #ship-room never took."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ramp.cadence import Cards, Due

NO_ANSWER = "it may have arrived"
STATUS, DECISION, EVENT = "status_card", "card", "event_card"
REPORT = "the report of its figures"  # what the first reply below a card is about


@dataclass
class Carded:
    """The fold of the journal's records. `lost` are the records of cards that were not accepted, and of which none that
    came later says the same or more, oldest first; `unreported` the newest report, where it surely did not arrive."""

    began_utc: datetime | None = None
    last_utc: datetime | None = None
    t0_utc: datetime | None = None
    told: set[Due] = field(default_factory=set)
    lost: list[Mapping[str, Any]] = field(default_factory=list)
    unreported: Mapping[str, Any] | None = None

    @property
    def unsure(self) -> Mapping[str, Any] | None:
        """The record of a status card of which nobody knows whether it arrived."""
        of = [each for each in self.lost if each["kind"] == STATUS and is_unsure(each)]
        return of[-1] if of else None

    def follow(self, record: Mapping[str, Any]) -> None:
        """Takes the next record of the journal."""
        at_utc = datetime.fromisoformat(record["at_utc"])
        if record["kind"] == "run":
            self.began_utc = self.began_utc or at_utc
        elif record["kind"] == "happened" and record["event"].get("weight_pct"):
            self.t0_utc = self.t0_utc or at_utc
        elif record["kind"] in (STATUS, DECISION, EVENT):
            self._carded(record, at_utc)
        elif record["kind"] == "thread_card" and record["about"] == REPORT:
            self.unreported = None if record["posted"] or is_unsure(record) else record

    def cards(self, gate_ends_utc: datetime | None, now_utc: datetime) -> Cards:
        """By which the next one is due."""
        return Cards(
            began_utc=self.began_utc or now_utc,
            last_utc=self.last_utc,
            told=frozenset(self.told),
            t0_utc=self.t0_utc,
            gate_ends_utc=gate_ends_utc,
        )

    def _carded(self, record: Mapping[str, Any], at_utc: datetime) -> None:
        """A status card that was accepted says what any before it was about; a decision's makes up for older ones of
        either kind."""
        kind = record["kind"]
        if not record["posted"]:
            again = (kind, record["text"]) if kind != STATUS else (kind,)
            kept = [each for each in self.lost if again not in ((each["kind"], each["text"]), (each["kind"],))]
            self.lost = [*kept, record]
            return
        made_up = {STATUS: (STATUS, DECISION, EVENT), DECISION: (STATUS, DECISION), EVENT: ()}[kind]
        self.lost = [each for each in self.lost if each["kind"] not in made_up]
        if kind != EVENT:
            self.last_utc = at_utc
        if kind == STATUS:
            self.told.add(Due(record["because"]))


def is_unsure(lost: Mapping[str, Any]) -> bool:
    """Whether a card that was not accepted may have arrived all the same: nobody answered."""
    return NO_ANSWER in str(lost.get("why"))
