"""What the page says of a moment before anything is decided of it."""

import pytest

from ramp.folded import folded
from ramp.happened import Word
from ramp.verdict import Colour, Trigger, Verdict, no_data
from reports.journal import latest
from reports.under_way import Live, is_undecided, outlook
from tests.reports.ramp_records import at, begun, happened, looked


def gate(colour, **fields):
    return Verdict(check="latency", moment="stage_1", colour=colour, why="as it is", **fields)


def live(*verdicts, moment="stage_1"):
    return Live(moment=moment, at_utc=at(5), verdicts=verdicts)


def seen(plan, records, *verdicts):
    return outlook(folded(plan, records), live(*verdicts), records)


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        (gate(Colour.GREEN), "WATCHING"),
        (gate(Colour.YELLOW), "WATCHING"),
        (no_data("latency", "stage_1", "warming up"), "WATCHING"),
        (gate(Colour.YELLOW, open_breach=True), "HOLD"),
        (gate(Colour.RED), "HOLD"),
        (gate(Colour.RED, trigger=Trigger.F1), "ROLLBACK"),
    ],
)
def test_the_word_is_that_of_the_worst_that_is_seen_and_never_continue(plan, verdict, word):
    fine = Verdict(check="errors", moment="stage_1", colour=Colour.GREEN, why="fine")
    assert seen(plan, [*begun(), looked(3)], fine, verdict).word == word


def test_what_a_gate_cannot_see_holds_once_the_hold_is_over(plan):
    blind = no_data("latency", "stage_1", "no series")
    assert seen(plan, [*begun(), looked(6, "holds", held=5.0)], blind).word == "WATCHING"
    assert seen(plan, [*begun(), looked(16, "holds", held=15.0)], blind).word == "HOLD"


def test_somebodys_hold_is_the_word_though_all_is_green(plan):
    said = happened(3, "Said", word=Word.HOLD.value, by="the SRE lead")
    found = seen(plan, [*begun(), said], gate(Colour.GREEN))
    assert found.word == "HOLD" and "SRE lead" in found.why


def test_a_card_that_was_not_heard_is_red_by_name_though_all_gates_are_green(plan):
    records = [*begun(), happened(3, "Unheard", why="#ship-room did not take the card of 16:02Z")]
    found = seen(plan, records, gate(Colour.GREEN))
    assert (found.word, found.why) == ("HOLD", "cadence is RED: #ship-room did not take the card of 16:02Z")
    assert seen(plan, [*records, happened(4, "Unheard", why="")], gate(Colour.GREEN)).word == "WATCHING"


def test_who_must_act_is_whom_the_last_look_calls(plan):
    records = [*begun(), looked(3, "holds", check="latency", page=("ceo", "incident_commander"))]
    assert seen(plan, records, gate(Colour.RED)).who == "CEO, incident commander, now"
    assert seen(plan, begun(), gate(Colour.GREEN)).who == "nobody has to act"


def test_what_is_not_green_yet_is_counted_and_named(plan):
    fine = Verdict(check="errors", moment="stage_1", colour=Colour.GREEN, why="fine")
    assert seen(plan, begun(), fine).why == "all 1 gates are GREEN so far"
    assert seen(plan, begun(), fine, gate(Colour.YELLOW)).why == "1 of 2 gates are GREEN so far; latency YELLOW"


def test_a_look_at_the_stage_before_is_not_what_is_under_way(plan):
    records = begun()
    story = latest(records)
    assert is_undecided(folded(plan, records), story, live(gate(Colour.GREEN)))
    assert not is_undecided(folded(plan, records), story, live(gate(Colour.GREEN), moment="stage_10"))
