"""What a conductor that was killed still owed: whom to tell, page or answer, payments to end.

Who is to sign off is no part of it: a stage that is held anew asks at its end, and a tie or a changed file at a look.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, TypeGuard

from conduct.asking import ANSWERS
from ramp.conducted import Ramp
from ramp.conductor import step
from ramp.happened import PaymentsVoided, event_of
from ramp.ordered import Answer, Command, Page, Tell, VoidPayments

Owed = Tell | Page | VoidPayments | Answer
_DONE = {"event_card": Tell, "event_page": Page, "thread_card": Answer}


def left_over(begun: Ramp, records: Iterable[Mapping[str, Any]]) -> list[Owed]:
    """Of a ramp that was `begun` so: what followed from what happened, and of which no record says what came of it, in
    its order. Traffic is no part of it: what it is, is asked anew."""
    ramp, owed, under_way = begun, list[Owed](), list[Owed]()
    for record in records:
        if record["kind"] == "happened":
            event = event_of(record["event"])
            ramp, orders = step(ramp, event)
            owed += [order for order in orders if _is_owed(order)]
            if isinstance(event, PaymentsVoided):
                under_way = [each for each in under_way if not isinstance(each, VoidPayments)]
        elif record["kind"] == "ordered":
            under_way += _taken(owed, record)
        elif record["kind"] in _DONE and _is_said(record):
            done = next((each for each in under_way if isinstance(each, _DONE[record["kind"]])), None)
            under_way = [each for each in under_way if each is not done]
    return [*under_way, *owed]


def _is_owed(order: Command) -> TypeGuard[Owed]:
    """What was to come of a sign-off is true no more, for the stage is held anew."""
    return isinstance(order, Owed) and not (isinstance(order, Answer) and order.is_to_come)


def _is_said(record: Mapping[str, Any]) -> bool:
    """Whether it is no other message in a thread than an answer."""
    return record["kind"] != "thread_card" or str(record["about"]).startswith(ANSWERS)


def _taken(owed: list[Owed], record: Mapping[str, Any]) -> list[Owed]:
    """Takes from what is `owed` the order of `record`; nothing where it is ordered again, or is none of these."""
    for number, each in enumerate(owed):
        if (type(each).__name__, _plain(asdict(each))) == (record["what"], _plain(record["order"])):
            return [owed.pop(number)]
    return []


def _plain(order: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in order.items()}
