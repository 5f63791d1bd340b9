"""The gate `load`, at every stage."""

import pytest

from ramp import gates


@pytest.mark.check("load")
def test_load(hold_under_load, settle):
    """What load the suite brought came on time, was answered, and by the slice that it was addressed to."""
    settle(gates.load(hold_under_load))
