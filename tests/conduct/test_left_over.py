"""What a conductor that was killed still owed, by what its journal says."""

from dataclasses import asdict, replace

import pytest

from conduct.left_over import left_over
from ramp.conducted import Phase
from ramp.folded import begun
from ramp.happened import Opened as Begun
from ramp.happened import PaymentsVoided, RollbackRan, WeightRead, ZeroMeasured, record
from ramp.ordered import Page, Tell, VoidPayments

UNREAD = Page("the canary's weight cannot be read: the tool says nothing")


def happened(event):
    return {"kind": "happened", "event": record(event)}


def ordered(order):
    return {"kind": "ordered", "what": type(order).__name__, "order": asdict(order)}


BLIND = [happened(Begun(0.0)), happened(WeightRead(None, "the tool says nothing"))]


@pytest.mark.parametrize(
    ("records", "owed"),
    [
        ([], []),
        (BLIND, [UNREAD]),
        ([*BLIND, ordered(UNREAD)], [UNREAD]),
        ([*BLIND, ordered(UNREAD), {"kind": "event_page"}], []),
        ([*BLIND, ordered(UNREAD), ordered(UNREAD), {"kind": "event_page"}], []),
        ([*BLIND, ordered(Page("something else"))], [UNREAD]),
    ],
)
def test_a_page_is_owed_until_the_record_says_what_came_of_it(plan, records, owed):
    assert left_over(begun(plan), records) == owed


def test_after_zero_is_proven_payments_are_owed_an_end_until_it_is_said_what_became_of_them(plan):
    ramp = replace(begun(plan), phase=Phase.ROLLING_BACK, index=1, weight_pct=10.0)
    back = [happened(event) for event in (RollbackRan(True), ZeroMeasured(True))]
    told, void = left_over(ramp, back)
    assert (told, type(void)) == (Tell("zero is proven"), VoidPayments)
    said = [ordered(told), {"kind": "event_card"}, ordered(void)]
    assert left_over(ramp, [*back, *said]) == [void]
    assert left_over(ramp, [*back, *said, happened(PaymentsVoided(True))]) == []
