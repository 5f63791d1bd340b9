"""T-10: ten minutes before T-0, everything that the ramp will stand on is tried once."""

import pytest

from fixtures.database import RestoreFailed
from ramp import facts, probes
from ramp.verdict import Colour, Verdict


@pytest.mark.check("payments_settle")
def test_payments_settle(plan, moment, release, under_caps, request, tell_fact, settle):
    """Five $1 payments are authorised, then captured, and raise no fraud flag."""

    def judged():
        receipts, spend = request.getfixturevalue("payments")
        tell_fact(facts.of_payments(moment.id, receipts))
        live_is_due = release.target == "real"
        return probes.judge_payments_settle(plan, moment.id, receipts, spend, live_is_due=live_is_due)

    settle(under_caps("payments_settle", judged))


@pytest.mark.check("restore")
def test_a_restore_really_runs(plan, moment, request, earlier_pointers, tell_fact, settle):
    """A restore to the posted snapshot pointer brings back what was written before it, and nothing after it."""
    try:
        restored = request.getfixturevalue("restored")
    except RestoreFailed as failed:
        why = f"the restore failed: {failed}"
        settle(Verdict(check="restore", moment=moment.id, colour=Colour.RED, why=why, tag_ceo=True))
    else:
        tell_fact(facts.of_restore(moment.id, restored))
        settle(probes.judge_restore(plan, moment.id, restored, earlier_pointers))


@pytest.mark.check("rollback")
def test_there_is_a_way_back(plan, moment, ways_back, settle):
    """A rollback command that exists, a runbook, and a drill of that command that took all users back."""
    settle(probes.judge_rollback(plan, moment.id, ways_back))


@pytest.mark.check("heartbeat")
def test_an_outside_monitor_hears_the_conductor(moment, heartbeat_taken, settle):
    """A monitor that calls somebody once the conductor dies takes a heartbeat now."""
    settle(probes.judge_heartbeat(moment.id, heartbeat_taken))


@pytest.mark.check("prewarm")
def test_the_prewarm_set_is_in_the_cache(plan, moment, prewarmed, recording, seen, tell_fact, settle):
    """Every page of the pre-warm set is answered by the cache, and the hit ratio is ready to be reported."""
    hit_ratio = probes.hit_ratio_before_t0(recording, seen, plan)
    tell_fact(facts.of_prewarm(moment.id, prewarmed, hit_ratio))
    settle(probes.judge_prewarm(plan, moment.id, prewarmed, hit_ratio))


@pytest.mark.check("telemetry")
def test_every_ai_route_is_routed_and_metered(plan, moment, release, recording, seen, settle):
    """Every AI route reports its model and tokens on both slices, at a known price and a markup of at least 4x."""
    settle(probes.judge_telemetry(plan, moment.id, release, recording, seen))


@pytest.mark.check("control")
def test_control_is_within_the_limits(plan, moment, recording, seen, settle):
    """Control and the database are within the limits of the gates, so that a healthy canary can be."""
    settle(probes.judge_control(plan, moment.id, recording, seen))


@pytest.mark.check("coverage")
def test_no_gate_is_blind(plan, moment, recording, seen, settle):
    """Everything that a gate will read is there, fresh and in the right unit on both slices, before T-0."""
    settle(probes.judge_coverage(plan, moment.id, recording, seen))
