"""The gate `markup`, at every stage."""

import pytest

from ramp import gates


@pytest.mark.check("markup")
def test_markup(hold, settle):
    """AI revenue stays at least four times AI cost, and the margin within 3 % of control's."""
    settle(gates.markup(hold))
