"""The gate `cache`, at every stage."""

import pytest

from ramp import gates


@pytest.mark.check("cache")
def test_cache(hold, settle):
    """The canary's cache hit ratio stays at or above 85 %."""
    settle(gates.cache(hold))
