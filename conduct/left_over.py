"""What a conductor that was killed still owed: whom to tell, whom to page, payments to end."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ramp.conducted import Ramp
from ramp.conductor import step
from ramp.happened import PaymentsVoided, event_of
from ramp.ordered import Page, Tell, VoidPayments

Owed = Tell | Page | VoidPayments
_DONE = {"event_card": Tell, "event_page": Page}


def left_over(begun: Ramp, records: Iterable[Mapping[str, Any]]) -> list[Owed]:
    """Of a ramp that was `begun` so: what followed from what happened, and of which no record says what came of it, in
    its order. Traffic is no part of it: what it is, is asked anew."""
    ramp, owed, under_way = begun, list[Owed](), list[Owed]()
    for record in records:
        if record["kind"] == "happened":
            event = event_of(record["event"])
            ramp, orders = step(ramp, event)
            owed += [order for order in orders if isinstance(order, Owed)]
            if isinstance(event, PaymentsVoided):
                under_way = [each for each in under_way if not isinstance(each, VoidPayments)]
        elif record["kind"] == "ordered":
            under_way += _taken(owed, record)
        elif record["kind"] in _DONE:
            done = next((each for each in under_way if isinstance(each, _DONE[record["kind"]])), None)
            under_way = [each for each in under_way if each is not done]
    return [*under_way, *owed]


def _taken(owed: list[Owed], record: Mapping[str, Any]) -> list[Owed]:
    """Takes from what is `owed` the order of `record`; nothing where it is ordered again, or is none of these."""
    for number, each in enumerate(owed):
        if (type(each).__name__, _plain(asdict(each))) == (record["what"], _plain(record["order"])):
            return [owed.pop(number)]
    return []


def _plain(order: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in order.items()}
