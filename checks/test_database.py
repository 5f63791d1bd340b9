"""The gate `database`, at every stage."""

import pytest

from ramp import gates


@pytest.mark.check("database")
def test_database(hold, settle):
    """CPU, IO, utilisation and connections of the database stay at or below 80 %."""
    settle(gates.database(hold))
