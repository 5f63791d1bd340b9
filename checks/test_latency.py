"""The gate `latency`, at every stage."""

import pytest

from ramp import gates


@pytest.mark.check("latency")
def test_latency(hold, settle):
    """The canary's P95 stays at or under 120 ms."""
    settle(gates.latency(hold))
