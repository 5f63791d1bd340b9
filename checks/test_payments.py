"""The gate `payments`, at every stage."""

import pytest

from ramp import gates


@pytest.mark.check("payments")
def test_payments(hold, settle):
    """At least 99.5 % of the canary's payments succeed from end to end; all are under the caps and in the ledger."""
    settle(gates.payments(hold))
