"""Which check saw what first, and the owner's sentence that it is about."""

from ramp.decision import INTERRUPTED
from ramp.verdict import Colour, Trigger, Verdict, no_data
from reports.root_cause import root_cause
from tests.reports.ramp_records import at, begun, looked, set_weight

SLOW = Verdict(check="latency", moment="stage_1", colour=Colour.RED, why="P95 143 ms > 120 ms")
DEAR = Verdict(check="cost", moment="stage_1", colour=Colour.RED, why="cost is 8 % over control")
FINE = Verdict(check="errors", moment="stage_1", colour=Colour.GREEN, why="fine")


def cause(plan, records, *verdicts):
    return root_cause(plan, records, "stage_1", verdicts, at(20))


def test_the_check_that_saw_it_first_is_named_with_when_and_the_owners_sentence(plan):
    holds = [
        looked(4, "holds", check="cost", reason="cost RED at stage_1: 8 % over"),
        looked(5, "holds", check="latency", reason="latency RED at stage_1: 143 ms"),
    ]
    found = cause(plan, [*begun(), looked(3), *holds], SLOW, DEAR, FINE)
    assert (found.check, found.at_utc, found.said) == ("cost", at(4), "cost RED at stage_1: 8 % over")
    assert found.owner_says == f"F3: {plan.sentences['F3']}"


def test_what_was_within_since_is_not_its_beginning(plan):
    slow = [looked(minute, "holds", check="latency", reason=f"at {minute}") for minute in (4, 9)]
    assert cause(plan, [*begun(), slow[0], looked(6), slow[1]], SLOW).said == "at 9"


def test_a_look_that_saw_nothing_yet_is_no_beginning_of_what_broke_and_is_one_of_what_is_still_unseen(plan):
    blind = looked(2, "holds", check="latency", reason="latency NO DATA at stage_1: still warming up (and 2 more)")
    slow = looked(4, "holds", check="latency", reason="latency RED at stage_1: 143 ms")
    assert cause(plan, [*begun(), blind, slow], SLOW).at_utc == at(4)
    assert cause(plan, [*begun(), blind], no_data("latency", "stage_1", "no series")).at_utc == at(2)


def test_what_was_interrupted_before_it_was_judged_is_the_cause_of_nothing(plan):
    unjudged = no_data("latency", "stage_1", f"{INTERRUPTED} before this was judged")
    assert cause(plan, begun(), unjudged) is None
    assert cause(plan, begun(), unjudged, DEAR).check == "cost"


def test_looks_of_the_stage_before_are_no_cause(plan):
    records = [*begun(), looked(4, "holds", check="latency", reason="at 1 %"), *set_weight(8, "stage_10", 1.0, 10.0)]
    records += [looked(9, "holds", check="latency", reason="at 10 %")]
    assert root_cause(plan, records, "stage_10", [SLOW], at(20)).said == "at 10 %"


def test_a_check_that_is_green_by_now_is_no_cause(plan):
    records = [*begun(), looked(4, "holds", check="errors", reason="errors"), looked(5, "holds", check="latency")]
    assert cause(plan, records, SLOW, FINE).check == "latency"


def test_without_looks_the_worst_verdict_is_it_as_it_was_judged(plan):
    yellow = Verdict(check="markup", moment="stage_1", colour=Colour.YELLOW, why="margin off")
    found = cause(plan, [], FINE, yellow, no_data("cache", "stage_1", "no series"))
    assert (found.check, found.at_utc, found.said) == ("cache", at(20), "no series")


def test_the_trigger_that_fired_says_which_sentence(plan):
    fired = Verdict(check="payments", moment="stage_1", colour=Colour.RED, why="98.7 %", trigger=Trigger.F4)
    assert cause(plan, [], fired).owner_says == f"F4: {plan.sentences['F4']}"


def test_where_all_is_green_there_is_none(plan):
    assert cause(plan, begun(), FINE) is None
