"""The gate `errors`, at every stage."""

import pytest

from ramp import gates


@pytest.mark.check("errors")
def test_errors(hold, settle):
    """At most 1 % of the canary's answers are server errors."""
    settle(gates.errors(hold))
