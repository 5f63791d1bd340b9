"""I5: for CI, after a release was closed."""

import pytest

from ramp import probes


@pytest.mark.check("freeze")
def test_nothing_changes_but_what_is_critical(plan, moment, frozen, settle):
    """Each commit since the release's is marked critical, or the 24 hours that were signed for are over."""
    settle(probes.judge_freeze(plan, moment.id, frozen))
