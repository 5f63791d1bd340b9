"""A card that somebody deletes takes its thread along: others are heard, and what was asked there is asked anew."""

from dataclasses import replace

from ramp.conducted import Phase
from ramp.conductor import step
from ramp.happened import AskVoided, Said, Word
from ramp.ordered import Conclude
from tests.conduct.test_people import HELD, room

__all__ = ["room"]


def deletes(room, ts):
    """Somebody deletes the message with that `ts`."""
    room.write(ts=ts, text=None)


def test_words_in_other_threads_are_heard_though_a_card_is_gone(room):
    gone = room.of("card")[-1]["ts"]
    room.conclude()
    deletes(room, gone)
    room.write(user="U0IC", text="HOLD")
    assert room.hear() == [Said(Word.HOLD, "incident commander")]


def test_what_is_asked_below_a_card_that_is_gone_is_asked_anew_below_another(room):
    before = room.asked()
    deletes(room, room.of("card")[-1]["ts"])
    (voided,) = room.hear()
    assert voided == AskVoided("stage_50", before["code"], "the card that it stood below was deleted")
    _, orders = step(HELD, voided)
    assert orders == (Conclude("stage_50"),)
    room.conclude()
    after = room.asked()
    assert after["card"] == room.of("card")[-1]["ts"] != before["card"] and after["code"] != before["code"]
    assert room.messages()[-1]["text"] == f"GO 50 {after['code']}"


def test_a_ramp_that_is_at_another_stage_hears_nothing_of_it(room):
    room.asked()
    deletes(room, room.of("card")[-1]["ts"])
    assert room.hear(replace(HELD, index=2, phase=Phase.HOLDING)) == []
