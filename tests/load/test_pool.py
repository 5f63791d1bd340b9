"""A pool of connections on a simulated clock: latency is the system's, lag is the generator's, whoever was slow."""

import heapq
import random
from collections.abc import Callable
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from load.schedule import Arrivals, Connection, Timing

PER_S, CONNECTIONS, SECONDS = 90, 24, 60


def pool(
    takes_s: Callable[[float], float],
    *,
    awake_s: Callable[[float], float] = lambda now_s: now_s,
    turns_s: float = 0.0,
    readies_s: float = 0.0,
    connections: int = CONNECTIONS,
    seconds: float = SECONDS,
) -> list[Timing]:
    """What `connections` measure of a system that takes `takes_s(sent_s)` for an answer, in a process that is awake
    again at `awake_s(now_s)` where something happens at `now_s`, and takes `turns_s` from an answer to what comes
    next and `readies_s` to make a request ready. In the order of sending."""
    arrivals = Arrivals(0.0, 1 / PER_S)
    free = [(0.0, number, Connection(arrivals, 0.0)) for number in range(connections)]
    timings = []
    while free:
        now_s, number, connection = heapq.heappop(free)
        due_s = connection.take()
        if due_s < seconds:
            sent_s = awake_s(max(now_s, due_s)) + readies_s
            ended_s = awake_s(sent_s + takes_s(sent_s))
            timings.append(connection.timed(sent_s - readies_s, sent_s, ended_s))
            heapq.heappush(free, (ended_s + turns_s, number, connection))
    return timings


def quantile_s(values: list[float], q: float) -> float:
    return sorted(values)[int(q * len(values))]


def corrected_s(timings: list[Timing], q: float = 0.95) -> float:
    return quantile_s([timing.corrected_s for timing in timings], q)


def stopped(from_s: float, for_s: float) -> Callable[[float], float]:
    return lambda now_s: from_s + for_s if from_s <= now_s < from_s + for_s else now_s


def test_one_slow_answer_in_a_hundred_keeps_nobody_else_waiting():
    """What is due leaves by another connection: P95 of 40 ms reads 40 ms, though 1 % take 2 s."""
    chance = random.Random("one in a hundred")  # noqa: S311
    timings = pool(lambda _: 2.0 if chance.random() < 0.01 else 0.04)

    assert corrected_s(timings) == pytest.approx(0.04)
    assert mean(timing.corrected_s for timing in timings) == pytest.approx(
        mean(timing.service_s for timing in timings), abs=0.001
    )


def test_a_stall_of_the_system_shows_in_what_was_due_and_not_in_what_was_sent():
    """Nothing is answered from second 5 to 7 of 12: who counts from the send time sees a slow request a connection."""
    timings = pool(lambda sent_s: 7.0 - sent_s if 5 <= sent_s < 7 else 0.004, seconds=12)

    assert quantile_s([timing.service_s for timing in timings], 0.95) < 0.01
    assert corrected_s(timings) > 1.0
    assert max(timing.lag_s for timing in timings) == 0.0


def test_a_stall_of_the_generator_is_its_own_lag():
    """Stopped for 1.5 s of 15: one request in ten left late, and the system's P95 is what it was."""
    timings = pool(lambda _: 0.04, awake_s=stopped(5.0, 1.5), seconds=15)
    late = [timing for timing in timings if timing.lag_s > 0.01]

    assert corrected_s(timings) < 0.041
    assert 0.06 < len(late) / len(timings) < 0.12
    assert max(timing.lag_s for timing in late) == pytest.approx(1.5, abs=0.02)


def test_a_generator_that_is_always_a_little_late_adds_nothing_to_latency():
    """A timer that is 1 ms late is no latency, however many requests it delays."""
    timings = pool(lambda _: 0.04, awake_s=lambda now_s: now_s + 0.001)

    assert {round(timing.lag_s, 6) for timing in timings} == {0.001}
    assert corrected_s(timings) == pytest.approx(0.041)  # the answer, too, is read 1 ms late


def test_a_system_that_keeps_every_connection_busy_is_not_blamed_on_the_generator():
    """However long it lasts: the half of a millisecond from an answer to the next request does not add up."""
    timings = pool(lambda _: 0.3, turns_s=0.0003, readies_s=0.0002)

    assert corrected_s(timings) > 5
    assert max(timing.lag_s for timing in timings) < 0.001


@settings(max_examples=50)
@given(
    takes=st.lists(st.floats(0.001, 3.0), min_size=1, max_size=40),
    connections=st.integers(1, 30),
    stops=st.tuples(st.floats(0, 5), st.floats(0, 2)),
)
def test_every_second_between_due_and_answered_is_somebodys(takes, connections, stops):
    """The system's and the generator's together are at least the time that passed, and nothing is counted below the
    answer's own time."""
    answers = iter(takes * 1000)
    timings = pool(lambda _: next(answers), awake_s=stopped(*stops), connections=connections, seconds=5)

    assert all(timing.corrected_s >= timing.service_s > 0 and timing.lag_s >= 0 for timing in timings)


@given(takes=st.lists(st.floats(0.001, 3.0), min_size=1, max_size=40), connections=st.integers(1, 30))
@settings(max_examples=50)
def test_a_prompt_generator_has_no_lag(takes, connections):
    """Whatever the system does: a queue is the system's."""
    answers = iter(takes * 1000)
    timings = pool(lambda _: next(answers), connections=connections, seconds=5)

    assert max(timing.lag_s for timing in timings) == pytest.approx(0.0, abs=1e-9)
