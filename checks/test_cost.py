"""The gate `cost`, at every stage."""

import pytest

from ramp import gates


@pytest.mark.check("cost")
def test_cost(hold, settle):
    """A canary user costs at most 5 % more than a control user."""
    settle(gates.cost(hold))
