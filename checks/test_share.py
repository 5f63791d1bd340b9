"""The gate `share`, at every stage."""

import pytest

from ramp import gates


@pytest.mark.check("share")
def test_share(hold, settle):
    """The canary gets the share of the traffic that the plan gives it."""
    settle(gates.share(hold))
