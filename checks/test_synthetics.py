"""The gate `synthetics`, at every stage."""

import pytest

from ramp import gates


@pytest.mark.check("synthetics")
def test_synthetics(hold, settle):
    """Synthetic journeys are answered by the release itself, in the documented shape."""
    settle(gates.synthetics(hold))
