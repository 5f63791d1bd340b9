"""The gate `privacy`, at every stage."""

import pytest

from ramp import gates


@pytest.mark.check("privacy")
def test_privacy(hold, settle):
    """Nothing that the canary writes contains personal data."""
    settle(gates.privacy(hold))
