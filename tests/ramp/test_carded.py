"""What a journal tells of the cards of a ramp: when the next is due, and what #ship-room never took."""

from ramp.cadence import Due
from ramp.carded import Carded

AT = "2026-11-24T15:{:02}:00+00:00"


def carded(*records: dict) -> Carded:
    of = Carded()
    for minute, record in enumerate(records):
        of.follow({"at_utc": AT.format(minute), **record})
    return of


def card(kind: str, text: str, *, posted: bool = True, **more) -> dict:
    because = {"because": "CADENCE"} if kind == "status_card" else {}
    return {"kind": kind, "moment": "stage_1", "text": text, "posted": posted, **because, **more}


def test_the_newest_card_that_was_accepted_counts_and_what_was_said_once_is_known() -> None:
    of = carded({"kind": "run"}, card("card", "a"), card("status_card", "b", because="T0"), card("event_card", "c"))
    assert (of.began_utc.minute, of.last_utc.minute, of.told, of.lost) == (0, 2, {Due.T0}, [])


def test_t0_is_when_the_weight_was_first_read_above_nothing() -> None:
    read = [{"kind": "happened", "event": {"what": "WeightRead", "weight_pct": pct}} for pct in (0.0, None, 1.0, 10.0)]
    assert carded(*read).t0_utc.minute == 2


def test_what_was_not_accepted_is_lost_until_a_card_says_it() -> None:
    lost = [card(kind, kind, posted=False) for kind in ("card", "event_card", "status_card")]
    assert [each["kind"] for each in carded(*lost).lost] == ["card", "event_card", "status_card"]
    assert carded(*lost, card("status_card", "so far")).lost == []
    assert [each["kind"] for each in carded(*lost, card("card", "the next decision")).lost] == ["event_card"]
    assert len(carded(*lost, card("event_card", "another")).lost) == 3


def test_what_is_tried_again_and_again_is_lost_once() -> None:
    again = [card("status_card", f"at {minute}", posted=False) for minute in range(20)]
    assert [each["text"] for each in carded(*again).lost] == ["at 19"]


def test_only_a_card_that_nobody_answered_may_have_arrived() -> None:
    refused = card("status_card", "a", posted=False, why="Slack answers 'not_in_channel'")
    silent = card("status_card", "b", posted=False, why="no answer (timed out); it may have arrived.")
    assert carded(refused).unsure is None
    assert carded(silent).unsure["text"] == "b"
