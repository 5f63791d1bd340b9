"""The timeline of a rollback for its post-mortem: from the first look of its breach to what was told of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from reports.payments_told import in_words
from reports.told import in_words as roles_in_words

Record = Mapping[str, Any]
_CARDS, _CALLS = ("card", "event_card", "payments_card"), ("page", "event_page")


def rollback_timeline(records: Sequence[Record]) -> Iterator[str]:
    """A sentence for each of: the weight before, detect, decide, order, the canary's last answer, zero, payments, and
    what was told of it, in plan time; what was measured of the order is added to its time, in seconds of the clock."""
    speed = next((each.get("speed") for each in reversed(records) if each["kind"] == "run"), None) or 1.0
    if speed != 1:
        yield f"times are the plan's, which passed {speed:g} times as fast as the clock; seconds are the clock's"
    risen, ordered_at = _risen(records), None
    for record in _from_the_breach(records, risen):
        at, kind = record["at_utc"][11:19], record["kind"]
        what = record.get("event", {}).get("what") if kind == "happened" else record.get("what")
        if record is risen:
            yield f"{at} the canary has {record['event']['weight_pct']:g} % of the users"
        elif kind == "happened" and what == "Looked" and record["event"]["outlook"] != "within":
            word = "detected" if record["event"]["outlook"] == "rollback" else "a look held"
            yield f"{at} {word}: {record['event']['reason']}"
        elif kind == "happened" and what == "Said" and record["event"]["word"] == "ROLLBACK":
            yield f"{at} decided: {record['event']['by']} said ROLLBACK"
        elif kind == "ordered" and what == "RollBack":
            ordered_at = at
            yield f"{at} decided and ordered, attempt {record['order']['attempt']}"
        elif kind == "rolled_back":
            yield from _measured(ordered_at or _began(record, speed), record)
            ordered_at = None
        elif kind == "payments_ended":
            yield f"{at} payments: {'; '.join(in_words(record)) or 'none was open'}"
        elif kind in (*_CARDS, *_CALLS):
            yield f"{at} {_told(record)}"


def _told(record: Record) -> str:
    took = "accepted" if record["posted"] else f"NOT accepted: {record.get('why') or 'not known'}"
    if record["kind"] in _CALLS:
        return f"call of the pager for {roles_in_words(record['roles'])}: {took}"
    return f'card in #ship-room, "{unescape(record["text"].partition(chr(10))[0])}": {took}'


def _measured(at: str, record: Record) -> Iterator[str]:
    zero, since = record["zero"], "the order"
    if "by" in record:
        yield f"{at} decided and ordered: {record['by']} typed `python -m ramp rollback`"
    if record["order_s"] is None:
        since = "that was seen"
        yield f"{at} the weight was set to 0 from outside: the conductor saw it, and ordered nothing"
    else:
        took = f"refused: {record['claim']}" if record["claim"] else "taken"
        yield f"{at} + {record['order_s']:.1f} s: the order was {took}"
    if zero["last_canary_s"] is not None:
        yield f"{at} + {zero['last_canary_s']:.1f} s: the canary's last answer to a user"
    elif zero["proven"]:
        yield f"{at} the canary answered no user after {since}"
    if zero["proven"]:
        asked = f"control answered {zero['asked_again']} users whom the canary had, and {zero['others']} others"
        yield f"{at} + {zero['after_s']:.1f} s: zero was proven: {asked}"
    else:
        yield f"{at} + {zero['after_s']:.1f} s: zero was NOT proven: {zero['why']}"


def _began(record: Record, speed: float) -> str:
    """What no record orders was measured from so long before its own record."""
    ended = datetime.fromisoformat(record["at_utc"])
    return f"{ended - timedelta(seconds=speed * record['zero']['after_s']):%H:%M:%S}"


def _risen(records: Sequence[Record]) -> Record | None:
    """The look at the weight that first read what the canary had until it was rolled back."""
    found, weight = None, None
    for each in records:
        if each["kind"] == "rolled_back":
            break
        event = each["event"] if each["kind"] == "happened" else {}
        if event.get("what") == "WeightRead" and event["weight_pct"] and event["weight_pct"] != weight:
            found, weight = each, event["weight_pct"]
    return found


def _from_the_breach(records: Sequence[Record], risen: Record | None) -> list[Record]:
    """What `risen` says, and all from the first of those looks that held without one in between that did not. Of the
    later ones of them only those at which another check was the reason."""
    back = next(number for number, each in enumerate(records) if each["kind"] == "rolled_back")
    looks = [n for n, each in enumerate(records[:back]) if each["kind"] == "happened" and _outlook(each)]
    first = back
    for number in reversed(looks):
        if _outlook(records[number]) == "within":
            break
        first = number
    held = [number for number in looks if number >= first and _outlook(records[number]) == "holds"]
    checks = [records[number]["event"]["check"] for number in held]
    inner = [number for place, number in enumerate(held) if checks[place] in checks[:place]]
    ordered = [n for n, each in enumerate(records[:back]) if each["kind"] == "ordered" and each["what"] == "RollBack"]
    first = min([first, *ordered[-1:]])
    return [each for number, each in enumerate(records) if each is risen or (number >= first and number not in inner)]


def _outlook(record: Record) -> str:
    event = record["event"]
    return str(event["outlook"]) if event["what"] == "Looked" else ""
