"""What happened in a ramp, in order: weights, looks, decisions, cards, pages, and what people said."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

from ramp.plan import Plan
from reports import payments_told, told
from reports.moment_names import moment_name

Record = Mapping[str, Any]
_LOOK = "look"
_SAID_OF = {"within": "all within limits", "holds": "traffic would not rise", "rollback": "rollback"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that happened from `at_utc` on, `times` in a row until `until_utc`, and `what` it is in a word: weight,
    look, decision, card, approval, page, rollback, payments, stop or conductor."""

    at_utc: str
    until_utc: str
    what: str
    said: str
    times: int = 1


def timeline(records: Iterable[Record], plan: Plan) -> list[Entry]:
    """Oldest first. Looks in a row that mean the same for the same check are one entry, with what the first of them
    said; a weight that was read again is none."""
    entries: list[Entry] = []
    weight: Any = None
    looked: Any = None
    for record in records:
        if record["kind"] == "happened" and record["event"]["what"] == "WeightRead":
            event, before = record["event"], weight
            weight = (event["weight_pct"], event["why"])
            if weight == before:
                continue
        for what, said in _told(record, plan):
            at_utc, is_look = record["at_utc"], what == _LOOK
            before, looked = looked, (record["event"]["outlook"], record["event"]["check"]) if is_look else None
            if is_look and looked == before:
                entries[-1] = replace(entries[-1], until_utc=at_utc, times=entries[-1].times + 1)
            else:
                entries.append(Entry(at_utc=at_utc, until_utc=at_utc, what=what, said=said))
    return entries


def _told(record: Record, plan: Plan) -> Iterator[tuple[str, str]]:
    match record["kind"]:
        case "happened":
            yield from _happened(record["event"], plan)
        case "ordered":
            yield from _ordered(record["what"], record["order"], plan)
        case "decision":
            yield "decision", f"{record['action']} at {moment_name(plan, record['moment'])}: {record['reason']}"
        case _:
            yield from _sent(record, plan)


def _sent(record: Record, plan: Plan) -> Iterator[tuple[str, str]]:
    """What people were told, and what came of that."""
    match record["kind"]:
        case "card" | "status_card" | "event_card" | "payments_card":
            yield "card", _came(record, f"in #ship-room: {_first_line(record['text'])}", "no card")
        case "thread_card":
            yield "card", _came(record, f"in the thread: {_first_line(record['text'])}", "no answer in the thread")
        case "page" if record["event"] == "resolve":
            yield "page", _came(record, "the incident is resolved", "the incident could not be resolved")
        case "page" | "event_page":
            whom = told.in_words(record["roles"])
            about = record.get("said") or record.get("summary") or moment_name(plan, record["moment"])
            yield "page", _came(record, f"{whom}: {about}", f"{whom} NOT paged")
        case _:
            yield from _done(record)
            yield from _of_people(record, plan)


def _done(record: Record) -> Iterator[tuple[str, str]]:
    match record["kind"]:
        case "rolled_back" | "drilled":
            yield "rollback", record["said"]
        case "payments_ended":
            yield from (("payments", said) for said in payments_told.in_words(record))
        case "payments_stopped":
            yield "payments", f"nothing more is paid: {record['why']}"
        case "evidence_anew":
            yield "approval", f"{record['by']} has evidence begin anew: {record['because']}"


def _of_people(record: Record, plan: Plan) -> Iterator[tuple[str, str]]:
    match record["kind"]:
        case "asked_sign_off":
            by = told.in_words(record["by"])
            yield "approval", f"{by} asked for {moment_name(plan, record['moment'])}, code {record['code']}"
        case "said_in_thread":
            code = f" {record['code']}" if record["code"] else ""
            yield "approval", f"{record['word']}{code} by the {told.in_words([record['role']])}"
        case "refused":
            yield "approval", f"not accepted, {record['said']!r} of {record['user']}: {record['why']}"
        case "heard":
            yield "approval", f"{record['word']} by {record['by']}, by a command"


def _happened(event: Record, plan: Plan) -> Iterator[tuple[str, str]]:
    match event["what"]:
        case "Opened":
            yield "conductor", f"began; {_weight(event)}"
        case "WeightRead":
            yield "weight", _weight(event)
        case "ShareSeen":
            follows = "the users' share follows the weight" if event["follows"] else "the share is NOT seen to follow"
            yield "weight", f"{follows}: {event['why']}"
        case "Looked":
            why = f": {event['reason']}" if event["outlook"] != "within" and event["reason"] else ""
            yield _LOOK, _SAID_OF[event["outlook"]] + why
        case "Pinned" if event["differs"]:
            yield "stop", f"not what the ramp began with: {', '.join(event['differs'])}"
        case "Unheard" if event["why"]:
            yield "card", f"#ship-room did not hear a card in time: {event['why']}"
        case "Broken":
            yield "stop", f"the stable hours begin anew: {event['why']}"
        case "Interrupted":
            yield "stop", f"interrupted by {event['by']}"
        case _:
            yield from _asked(event, plan)


def _asked(event: Record, plan: Plan) -> Iterator[tuple[str, str]]:
    """What became of a sign-off that was asked for."""
    match event["what"]:
        case "SignedOff":
            by, moment = told.in_words([event["by"]]), moment_name(plan, event["moment"])
            yield "approval", f"signed off by the {by}: {moment}, code {event['code']}"
        case "AskVoided":
            yield "approval", f"code {event['code']} is void: {event['why']}"
        case "Unanswered":
            yield "approval", f"code {event['code']} was not answered in time"
        case "Listened" if not event["ok"]:
            yield "approval", f"threads cannot be read: {event['why']}"


def _ordered(what: str, order: Record, plan: Plan) -> Iterator[tuple[str, str]]:
    if what == "SetWeight":
        yield "weight", f"from {order['from_pct']:g} % to {order['to_pct']:g} %, ordered"
    if what == "RollBack":
        yield "rollback", f"ordered at {moment_name(plan, order['moment'])}: {order['reason']}"


def _weight(event: Record) -> str:
    weight_pct = event["weight_pct"]
    stands = "the weight cannot be read" if weight_pct is None else f"the canary has {weight_pct:g} % of the traffic"
    return f"{stands}: {event['why']}" if event["why"] else stands


def _came(record: Record, said: str, lost: str) -> str:
    return said if record["posted"] is True else f"{lost}: {record.get('why') or 'nothing says that it was accepted'}"


def _first_line(text: str) -> str:
    return unescape(text.partition("\n")[0])
