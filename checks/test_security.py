"""C1: nothing personal is logged, and the security lead signs for the privacy posture."""

import pytest

from ramp import probes


@pytest.mark.check("redaction")
def test_nothing_logged_so_far_contains_personal_data(plan, moment, recording, seen, settle):
    """Nothing that canary or control has written contains personal data or secrets, before T-0."""
    settle(probes.judge_redaction(plan, moment.id, recording, seen))


@pytest.mark.check("scanner")
def test_the_scanner_sees_what_is_written(plan, moment, logs_seen, settle):
    """A known record that went through a log is found there once, as personal data, and nowhere else."""
    settle(probes.judge_scanner(plan, moment.id, logs_seen))


@pytest.mark.check("posture")
def test_the_privacy_posture_is_signed_off(plan, moment, posture, settle):
    """What is collected of people is as it was approved, and the security lead signs for this release by T-10."""
    settle(probes.judge_posture(plan, moment.id, posture))
