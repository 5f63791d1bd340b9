"""Counters unrolled: whatever a source says, in whatever order labels come and go, totals never fall, and what is
counted is the counter's own or is said to be unknown."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.unrolling import Unrolling

T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
counts = st.integers(0, 20)
labelled = st.dictionaries(st.sampled_from("abc"), counts, max_size=3)
looks = st.lists(
    st.fixed_dictionaries({}, optional={"plain": counts, "other": counts, "by label": labelled}), max_size=12
)
lives = st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=6), min_size=1, max_size=4)
WHY = "are several processes behind one URL?"


def minute(number):
    return T0 + timedelta(minutes=number)


def unrolled(*looks, together=(), began=()):
    """What is made of the last of `looks`, after all of the others; at those numbered in `began` all began anew."""
    unrolling, now = Unrolling(together), None
    for number, look in enumerate(looks):
        known = dict.fromkeys(look, number in began) if began else {}
        now = unrolling.read(look, minute(number), known)
    return now


def falls(*looks, together=(), every_min=1):
    """At which looks a counter fell and did not begin anew, and in which words."""
    unrolling = Unrolling(together)
    said = [unrolling.read(look, minute(every_min * number)).fell for number, look in enumerate(looks)]
    return {number: {name: fall.words() for name, fall in fell.items()} for number, fell in enumerate(said) if fell}


@given(looks, st.sets(st.integers(0, 12)))
def test_no_total_ever_falls(looks, began):
    unrolling, reached = Unrolling([{"plain", "other"}]), {}
    for number, look in enumerate(looks):
        totals = unrolling.read(look, minute(number), dict.fromkeys(look, True) if number in began else {}).totals
        assert totals.keys() == look.keys()
        for name, total in totals.items():
            of = total if isinstance(total, dict) else {"": total}
            assert all(of[label] >= before for label, before in reached.get(name, {}).items())
            reached[name] = of


@given(lives)
def test_a_restart_that_is_known_never_loses_what_is_counted(lives):
    """Also where it counted more until it was seen again than it had before."""
    steps = [(step, number == 0 < life) for life, steps in enumerate(lives) for number, step in enumerate(steps)]
    value, looks = 0, []
    for step, is_new in steps:
        value = step if is_new else value + step
        looks.append({"n": value})
    began = {number for number, (_, is_new) in enumerate(steps) if is_new}
    assert unrolled(*looks, began=began or {99}).totals["n"] == sum(step for step, _ in steps)


def test_a_counter_that_is_small_against_what_it_was_began_anew():
    assert unrolled({"n": 100}, {"n": 25}).totals == {"n": 125} and falls({"n": 100}, {"n": 25}) == {}
    assert unrolled({"n": 100}, {"n": 26}).totals == {"n": 100}
    assert falls({"n": 100}, {"n": 26}) == {1: {"n": f"fell from 100 to 26 at 08:01Z; {WHY}"}}


def test_what_fell_and_did_not_begin_anew_goes_on_from_there():
    looks = [{"n": 138_000}, {"n": 76_800}, {"n": 78_000}]
    assert unrolled(*looks).totals == {"n": 139_200}
    assert falls(*looks) == {1: {"n": f"fell from 138,000 to 76,800 at 08:01Z; {WHY}"}}


def test_what_is_known_not_to_have_begun_anew_fell_however_small_it_is():
    fell = unrolled({"n": 1000}, {"n": 1}, began={7})
    assert fell.totals == {"n": 1000} and list(fell.fell) == ["n"]


@pytest.mark.parametrize("began", [(), {1, 3}])
def test_two_restarts_within_five_minutes_are_in_doubt_and_later_ones_are_not(began):
    looks = [{"n": 1000}, {"n": 10}, {"n": 500}, {"n": 30}]
    assert unrolled(*looks, began=began).fell["n"].words().startswith("fell at 2 looks, last from 500 to 30")
    assert falls(*looks, every_min=3) == {}


def test_what_leaps_back_to_where_it_fell_from_was_another_process_meanwhile():
    """Whether the fall looked like a restart or not; what gets there step by step is its own."""
    assert list(falls({"n": 1000}, {"n": 60}, {"n": 1010})) == [2]
    assert list(falls({"n": 1000}, {"n": 900}, {"n": 1010})) == [1, 2]
    assert list(falls({"n": 1000}, {"n": 60}, {"n": 400}, {"n": 700}, {"n": 1010}, {"n": 3000})) == []
    assert unrolled({"n": 1000}, {"n": 60}, {"n": 1010}, {"n": 1015}).totals == {"n": 1065}


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=30),
    st.integers(0, 1000),
    st.integers(3000, 9000),
)
def test_of_two_processes_behind_one_url_each_step_is_its_own_once_one_of_them_was_told_from_the_other(
    turns, one, other
):
    """Whoever answers next: what grew between two looks without a word is what one process counted between them."""
    unrolling, told, was, total = Unrolling(), False, None, 0
    for number, (is_other, step, other_step) in enumerate(turns):
        one, other = one + step, other + other_step
        now = unrolling.read({"n": other if is_other else one}, minute(number))
        if told and not now.fell:
            assert is_other is was and now.totals["n"] - total == (other_step if is_other else step)
        told, was, total = told or bool(now.fell), is_other, now.totals["n"]


def test_a_part_that_comes_to_more_after_a_restart_is_no_leap():
    """Twenty new errors in the minutes after a restart are twenty errors."""
    looks = [{"n": 1000, "bad": 9}, {"n": 20, "bad": 0}, {"n": 40, "bad": 20}]
    assert falls(*looks, together=[("n", "bad")]) == {}
    assert unrolled(*looks, together=[("n", "bad")]).totals == {"n": 1040, "bad": 29}


def test_few_that_fall_with_many_of_the_same_process_began_anew_with_them():
    """Five payments after twelve are not small against them; that requests of the process began anew tells it."""
    looks = [{"n": 1000, "paid": 12}, {"n": 20, "paid": 5}, {"n": 40, "paid": 13}]
    for process, paid, fell in ((lambda name: "one", 25, set()), (None, 12, {"paid"})):
        unrolling = Unrolling(process=process)
        said = [unrolling.read(look, minute(number)) for number, look in enumerate(looks)]
        assert said[-1].totals == {"n": 1040, "paid": paid}
        assert {name for one in said for name in one.fell} == fell
    alone = Unrolling(process=lambda name: "one")
    said = [
        alone.read(look, minute(number)) for number, look in enumerate([{"n": 10, "paid": 12}, {"n": 20, "paid": 5}])
    ]
    assert list(said[-1].fell) == ["paid"]


def test_what_falls_by_rounding_stands_still():
    assert unrolled({"n": 0.3}, {"n": 0.3 - 1e-16}).totals == {"n": 0.3}
    assert falls({"n": 0.3}, {"n": 0.3 - 1e-16}, {"n": 0.4}) == {}


def test_what_is_counted_together_begins_anew_together_seen_or_not():
    looks = [{"a": 90, "b": 1, "c": 1}, {"a": 2, "c": 2}, {"a": 3, "b": 4, "c": 3}]
    assert unrolled(*looks, together=[("a", "b")]).totals == {"a": 93, "b": 5, "c": 3}


def test_what_is_counted_together_falls_together_seen_or_not():
    """A counter that falls alone contradicts the others, which did not begin anew."""
    looks = [{"a": 90, "b": 50, "c": 1}, {"a": 92, "c": 2}, {"a": 29, "c": 3}, {"a": 30, "b": 70, "c": 3}]
    assert falls(*looks, together=[("a", "b")]) == {2: dict.fromkeys("ab", f"fell from 92 to 29 at 08:02Z; {WHY}")}
    assert unrolled(*looks, together=[("a", "b")]).totals == {"a": 93, "b": 50, "c": 3}
    looks = [{"a": 90, "b": 50}, {"a": 9, "b": 51}, {"a": 10, "b": 60}]
    assert falls(*looks, together=[("a", "b")]) == {1: dict.fromkeys("ab", f"fell from 90 to 9 at 08:01Z; {WHY}")}
    assert unrolled(*looks, together=[("a", "b")]).totals == {"a": 91, "b": 59}


def test_a_bucket_that_falls_alone_is_no_restart():
    looks = [{"s": {"0.1": 50, "+Inf": 60}, "n": 60}, {"s": {"0.1": 3, "+Inf": 61}, "n": 61}]
    assert falls(*looks, together=[("s", "n")])[1]["n"] == f"fell in 0.1 from 50 to 3 at 08:01Z; {WHY}"


def test_a_label_that_is_gone_stands_still_and_is_said_until_its_source_begins_anew():
    both, one, less = {"n": {"a": 50, "b": 50}}, {"n": {"a": 90}}, {"n": {"a": 1}}
    assert unrolled(both, one)[:2] == ({"n": {"a": 90, "b": 50}}, {"n"})
    assert unrolled(both, one, less)[:2] == ({"n": {"a": 91, "b": 50}}, set()), "nothing of what it grew is lost"


def test_a_bucket_that_is_gone_since_a_restart_is_unknown_and_a_new_one_keeps_the_order():
    assert unrolled({"s": {"0.1": 50, "+Inf": 60}}, {"s": {"+Inf": 2}})[:2] == ({"s": {"+Inf": 62}}, set())
    looks = {"s": {"0.1": 50, "+Inf": 60}}, {"s": {"0.05": 0, "0.2": 1, "+Inf": 2}}
    assert unrolled(*looks).totals == {"s": {"0.05": 0, "0.2": 51, "+Inf": 62}}


def test_a_counter_of_another_kind_is_another_counter():
    """What it grew until it was that is not known, nor what those grew that are counted with it."""
    assert list(falls({"n": 5, "m": 7}, {"n": {"a": 2}, "m": 8}, together=[("n", "m")])[1]) == ["n", "m"]
    assert unrolled({"n": 5}, {"n": {"a": 2}}).totals == {"n": {"a": 2}}
    assert unrolled({"n": {"a": 2}}, {"n": 1}).totals == {"n": 1}


def test_what_is_resumed_goes_on_as_if_it_had_never_stopped():
    looks = [{"n": 100, "by": {"a": 5}}, {"n": 3, "by": {"a": 6}}, {"n": 90}, {"n": 40, "by": {"a": 4}}, {"n": 50}]
    unbroken, unrolling = Unrolling(), Unrolling()
    for number, look in enumerate(looks):
        later = Unrolling()
        later.resume(unrolling.state())
        unrolling = later
        assert unrolling.read(look, minute(number)) == unbroken.read(look, minute(number))
