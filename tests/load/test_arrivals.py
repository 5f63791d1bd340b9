"""Requests are due at a constant rate, and what every worker counted adds up to what one would have counted."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.recorder import Recorder
from load.schedule import Arrivals
from ramp.load import Brought
from ramp.order import AIMS
from ramp.tally import OUTCOMES, quantile_s

seconds = st.floats(0, 20)
times = st.tuples(seconds, seconds, seconds).map(sorted)
heads = st.tuples(st.sampled_from(AIMS), st.sampled_from(["GET /", "POST /api"]), st.sampled_from(sorted(OUTCOMES)))
samples = st.lists(st.tuples(heads, times).map(lambda parts: (*parts[0], *parts[1])), max_size=60)


@given(first_s=st.floats(0, 1000), interval_s=st.floats(0.001, 10), taken=st.integers(0, 500))
def test_a_user_who_was_kept_waiting_owes_every_request_that_fell_due(first_s, interval_s, taken):
    """The k-th is due k intervals after the first: no answer ever moves it."""
    arrivals = Arrivals(first_s, interval_s)
    due = [arrivals.take() for _ in range(taken)]

    assert due == [first_s + number * interval_s for number in range(taken)]
    assert arrivals.next_s == pytest.approx(first_s + taken * interval_s)


@given(interval_s=st.sampled_from([0.1, 0.25, 0.267, 2.0]), for_s=st.floats(0, 100))
def test_what_is_due_does_not_depend_on_what_was_sent(interval_s, for_s):
    """So that requests which a stall kept from being sent are missed."""
    assert Arrivals(5.0, interval_s).due_by(5.0 + for_s) == pytest.approx(for_s / interval_s + 0.5, abs=0.51)
    assert Arrivals(5.0, interval_s).due_by(4.9) == 0


@given(rows=samples, workers=st.integers(1, 4), lines=st.integers(1, 3))
def test_lines_of_any_number_of_workers_add_up_to_one(rows, workers, lines):
    """The same samples, recorded by one or by several and sent on in pieces, are the same histograms."""
    one, many = Recorder(), [Recorder() for _ in range(workers)]
    merged, alone = Brought(), Brought()
    for number, row in enumerate(rows):
        one.add(*row)
        many[number % workers].add(*row)
        if number % lines == 0:
            merged.add(json.loads(json.dumps(many[number % workers].line(0.0))))
    alone.add(one.line(0.0))
    for recorder in many:
        merged.add(json.loads(json.dumps(recorder.line(0.0))))

    assert merged.tallies == alone.tallies


def test_a_stall_shows_in_what_was_due_and_not_in_what_was_sent():
    """Ten users at ten requests a second each, 12 s long, where nothing is answered from second 5 to 7: who counts from
    the send time sees one slow request a user."""
    recorder, brought = Recorder(), Brought()
    for user in range(10):
        arrivals, now_s = Arrivals(user / 100, 0.1), 0.0
        while arrivals.next_s < 12:
            due_s = arrivals.take()
            sent_s = max(now_s, due_s)
            now_s = 7.0 if 5 <= sent_s < 7 else sent_s + 0.004
            recorder.add("canary", "GET /", "fine", due_s, sent_s, now_s)
    brought.add(recorder.line(12.0))

    assert quantile_s(brought.of("canary").service, 0.95) < 0.01
    assert quantile_s(brought.of("canary").corrected, 0.95) > 1.0


def test_nothing_is_due_once_the_users_are_stopped():
    """The time that they take to stop is no time in which load was due."""
    recorder = Recorder()
    recorder.begin(0.0)
    recorder.expect("canary", Arrivals(0.0, 1.0))
    recorder.end(10.5)

    line = recorder.line(20.0)

    assert (line["due"], line["seconds_s"]) == ({"canary": 10}, 10.5)


def test_what_is_on_its_way_is_settled_a_second_later():
    """A request that was due just now counts neither as due nor as answered yet; one that stays away counts as due."""
    recorder, brought = Recorder(), Brought()
    recorder.begin(0.0)
    recorder.expect("canary", Arrivals(0.0, 0.5))
    for due_s in (0.0, 1.0, 1.5, 2.0):
        recorder.add("canary", "GET /", "fine", due_s, due_s, due_s + 0.1)
    brought.add(json.loads(json.dumps(recorder.line(2.2))))
    assert (brought.due["canary"], brought.answered["canary"]) == (3, 2)

    brought.add(json.loads(json.dumps(recorder.line(3.2))))
    assert (brought.due["canary"], brought.answered["canary"]) == (5, 4)
