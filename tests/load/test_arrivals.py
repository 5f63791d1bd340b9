"""Requests are due at a constant rate, and what every worker counted adds up to what one would have counted."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.recorder import Recorder
from load.schedule import Arrivals, Timing
from ramp.brought import Brought
from ramp.order import AIMS
from ramp.tally import OUTCOMES

seconds = st.floats(0, 20)
timings = st.tuples(seconds, seconds, seconds).map(lambda times: Timing(*times))
heads = st.tuples(st.sampled_from(AIMS), st.sampled_from(["GET /", "POST /api"]), st.sampled_from(sorted(OUTCOMES)))
samples = st.lists(st.tuples(heads, seconds, timings).map(lambda parts: (*parts[0], *parts[1:])), max_size=60)


@given(first_s=st.floats(0, 1000), interval_s=st.floats(0.001, 10), taken=st.integers(0, 500))
def test_every_request_that_fell_due_is_owed_whoever_takes_it(first_s, interval_s, taken):
    """The k-th is due k intervals after the first: no answer ever moves it."""
    arrivals = Arrivals(first_s, interval_s)

    assert [arrivals.take() for _ in range(taken)] == [first_s + number * interval_s for number in range(taken)]


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


def test_no_second_counts_before_all_users_have_come():
    """A load that waits for its workers does not flow yet."""
    recorder = Recorder()
    before = recorder.line(50.0)
    recorder.begin(100.0)

    assert (before["seconds_s"], before["due"], recorder.line(101.5)["seconds_s"]) == (0.0, {}, 1.5)


def test_nothing_is_due_once_the_users_are_stopped():
    """The time that they take to stop is no time in which load was due."""
    recorder = Recorder()
    recorder.begin(0.0)
    recorder.expect("canary", Arrivals(0.0, 1.0))
    recorder.end(10.5)

    line = recorder.line(20.0)

    assert (line["due"], line["seconds_s"]) == ({"canary": 10}, 10.5)


def test_stopping_the_users_is_no_lag():
    """It holds up what was just about to leave, and there is nothing more to measure."""
    recorder = Recorder()
    recorder.begin(0.0)
    recorder.end(10.0)
    recorder.add("canary", "GET /", "fine", 9.95, Timing(0.04, 0.04, 0.03))
    recorder.add("canary", "GET /", "fine", 9.99, Timing(0.04, 0.04, 0.03))
    brought = Brought()
    brought.add(json.loads(json.dumps(recorder.line(10.1))))

    assert dict(brought.lag()) == {300: 1, 0: 1}


def test_what_is_on_its_way_is_settled_a_second_later():
    """A request that was due just now counts neither as due nor as answered yet; one that stays away counts as due."""
    recorder, brought = Recorder(), Brought()
    recorder.begin(0.0)
    recorder.expect("canary", Arrivals(0.0, 0.5))
    for due_s in (0.0, 1.0, 1.5, 2.0):
        recorder.add("canary", "GET /", "fine", due_s, Timing(0.1, 0.1, 0.0))
    brought.add(json.loads(json.dumps(recorder.line(2.2))))
    assert (brought.due["canary"], brought.answered["canary"]) == (3, 2)

    brought.add(json.loads(json.dumps(recorder.line(3.2))))
    assert (brought.due["canary"], brought.answered["canary"]) == (5, 4)
