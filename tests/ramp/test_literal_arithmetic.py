"""Shares against their limits, for every k of n up to 100 and at the limit itself: whole numbers, no rounding."""

import pytest

from conduct.run import load_plan
from ramp.gates.cache import CacheGate
from ramp.gates.errors import errors_gate
from ramp.gates.judging import Point
from ramp.gates.latency import latency_gate

PLAN = load_plan()
SHARES = {
    "latency": (latency_gate(PLAN).share, 5, 100),
    "errors": (errors_gate(PLAN).share, 1, 100),
    "cache": (CacheGate(PLAN).share, 15, 100),
}


@pytest.mark.parametrize("gate", SHARES)
def test_every_count_up_to_a_hundred(gate):
    """A share breaks its limit exactly where bad * 100 > limit in percent * n."""
    share, limit, of = SHARES[gate]
    for n in range(1, 101):
        for bad in range(n + 1):
            assert share.breaks(Point(value=bad / n, n=n, bad=bad)) == (bad * of > limit * n)


@pytest.mark.parametrize("gate", SHARES)
@pytest.mark.parametrize("n", [20, 100, 2_000, 180_000, 10**9, 10**15])
def test_the_limit_itself_is_within_and_one_more_is_not(gate, n):
    """However many there are."""
    share, limit, of = SHARES[gate]
    at_the_limit = limit * n // of

    assert not share.breaks(Point(value=0.0, n=n, bad=at_the_limit))
    assert share.breaks(Point(value=0.0, n=n, bad=at_the_limit + 1))
