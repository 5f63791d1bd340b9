"""#ship-room while a ramp is conducted, by its journal: cards that can be answered, and what is asked there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ramp.conducted import Block
from ramp.sign_off import Ask, SignedOff

CARDS = ("card", "status_card", "event_card", "payments_card")
LISTED = "what is accepted by "  # what a message is about that lists it, above the one with the code
THREADS_MAX = 12  # Slack takes 50 readings a minute; the newest cards are those that people answer


@dataclass
class Room:
    """The fold of the journal's records. `asks` is what was ever asked, by code; `closed` why a code serves no more;
    `threads` the cards that can be answered, oldest first; `dealt_with` the messages that were heard, by their `ts`;
    `due` and `reminded` the codes whose answer is due, and was called for; `posted` what a message in a thread is
    about; `decisions` and `verdicts` the newest of each moment."""

    release: tuple[str, str] = ("", "")
    asks: dict[str, Ask] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    asked_at: dict[str, datetime] = field(default_factory=dict)
    threads: list[str] = field(default_factory=list)
    thread_of: dict[str, str] = field(default_factory=dict)
    gate_cards: dict[str, str] = field(default_factory=dict)
    dealt_with: set[str] = field(default_factory=set)
    said_by: dict[str, set[str]] = field(default_factory=dict)
    in_force: dict[str, SignedOff] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)
    due: set[str] = field(default_factory=set)
    reminded: set[str] = field(default_factory=set)
    posted: set[str] = field(default_factory=set)
    decisions: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    _given: dict[str, dict[str, Any]] = field(default_factory=dict)

    def follow(self, record: Mapping[str, Any]) -> None:
        """Takes the next record of the journal."""
        kind = record["kind"]
        if kind in CARDS:
            self._carded(record)
        elif kind in ("refused", "said_in_thread"):
            self._heard(record)
        elif kind == "verdict":
            self._given.setdefault(record["moment"], {})[record["check"]] = record
        elif kind == "decision":
            self._decided(record)
        elif kind == "asked_sign_off":
            self._asked(record)
        elif kind == "thread_card":
            self._said(record)
        elif kind == "happened":
            self._happened(record["event"])
        else:
            self._began(record)

    def _began(self, record: Mapping[str, Any]) -> None:
        if record["kind"] == "run":
            self.release, self._given = (record["version"], record["commit"]), {}
        elif record["kind"] == "pinned":
            self.pins = dict(record["pins"])

    def _carded(self, record: Mapping[str, Any]) -> None:
        if record["posted"] and (ts := record.get("ts")):
            self.threads.append(ts)
            self.dealt_with.add(ts)
            if record["kind"] == "card":
                self.gate_cards[record["moment"]] = ts

    def _heard(self, record: Mapping[str, Any]) -> None:
        self.dealt_with.add(record["ts"])
        if record["kind"] == "said_in_thread" and record["code"]:
            self.said_by.setdefault(record["code"], set()).add(record["role"])

    @property
    def open(self) -> Ask | None:
        """What is asked now: the newest, unless it serves no more."""
        newest = next(reversed(self.asks.values()), None)
        is_ours = newest is not None and (newest.version, newest.commit) == self.release
        return newest if newest and is_ours and newest.code not in self.closed else None

    @property
    def listened_to(self) -> tuple[str, ...]:
        """The threads in which a word is heard, newest first."""
        return tuple(dict.fromkeys(reversed(self.threads)))[:THREADS_MAX]

    def lacks(self, ask: Ask) -> tuple[str, ...]:
        """The roles whose word for `ask` is still wanted."""
        return tuple(role for role in ask.by if role not in self.said_by.get(ask.code, set()))

    def _decided(self, record: Mapping[str, Any]) -> None:
        """A sign-off serves one decision, whatever that comes to."""
        moment = record["moment"]
        self.in_force.pop(moment, None)
        self.gate_cards.pop(moment, None)
        self.decisions[moment] = record
        self.verdicts[moment] = self._given.pop(moment, {})

    def _asked(self, record: Mapping[str, Any]) -> None:
        ask = ask_of(record)
        for code in self.asks:
            self.closed.setdefault(code, f"was replaced by another: reply {ask.reply}")
        self.asks[ask.code], self.asked_at[ask.code] = ask, datetime.fromisoformat(record["at_utc"])
        if record["is_due"]:
            self.due.add(ask.code)

    def _said(self, record: Mapping[str, Any]) -> None:
        if not record["posted"]:
            return
        self.dealt_with.add(record["ts"])
        if record["about"].startswith(LISTED) and (code := record["about"].removeprefix(LISTED)) in self.asks:
            self.thread_of[code] = record["thread"] or record["ts"]
            self.threads.append(self.thread_of[code])
        self.posted.add(record["about"])

    def _happened(self, event: Mapping[str, Any]) -> None:
        match event["what"]:
            case "SignedOff" if ask := self.asks.get(event["code"]):
                self.dealt_with.add(event["source"])
                self.closed[ask.code] = "was used before: each code is good once"
                if Block.GATE in ask.blocks:
                    self.in_force[ask.moment] = SignedOff(code=ask.code, by=event["by"], accepts=ask.accepts)
                self.pins |= {name: digest for name, digest in ask.accepts if name in self.pins}
            case "AskVoided":
                self.closed.setdefault(event["code"], f"is void: {event['why']}")
                self.in_force.pop(event["moment"], None)
            case "Unanswered":
                self.reminded.add(event["code"])


def ask_of(record: Mapping[str, Any]) -> Ask:
    """What was asked, as it was written down."""
    fields = {name: record[name] for name in ("version", "commit", "moment", "card", "nonce", "label")}
    return Ask(
        **fields,
        accepts=tuple((name, said) for name, said in record["accepts"]),
        blocks=tuple(record["blocks"]),
        by=tuple(record["by"]),
        expires_at_utc=datetime.fromisoformat(record["expires_at_utc"]),
    )
