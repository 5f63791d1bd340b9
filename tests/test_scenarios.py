"""Every scenario of the rehearsal leads to the verdict and decision that it names: each gate and probe can fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conduct.detecting import speed_of
from fixtures.rehearsal.faults import Scenario, scenarios
from ramp.decision import Action
from ramp.plan import Plan
from reports import journal

PROJECT = Path(__file__).parents[1]
# Each of these fails a check in a way that another scenario, or a test of it, does, or is as sound as another:
# `tox -e soak` rehearses them all.
TWINS = {
    "answers_cut_short",
    "answers_lost",
    "blocked_by_a_rule",
    "cache_cold",
    "canary_silent",
    "cards_declined",
    "charged_twice",
    "dashboard_stale",
    "dashboards_behind_a_log_in",
    "confirmed_late",
    "control_key_ignored",
    "declined_by_issuers",
    "dri_left_the_workspace",
    "errors_from_minute_10",
    "fraud_rules_relaxed",
    "fraud_rules_relaxed_at_100",
    "freeze_broken",
    "freeze_edited",
    "held_by_the_commander",
    "io_saturated",
    "known_record_lost",
    "known_record_twice",
    "load_cut_short",
    "margin_off",
    "metrics_down",
    "metrics_malformed",
    "migration_denied",
    "misrouted_model",
    "monitor_down",
    "monitor_of_control",
    "monitor_stale",
    "no_placebo",
    "no_placebo_at_t_minus_10",
    "nothing_cached",
    "one_pod_restarts",
    "openmetrics",
    "payments_flagged",
    "posture_changed",
    "posture_signed_by_another",
    "posture_signed_for_another_release",
    "posture_unsigned",
    "redaction_off",
    "restore_claimed",
    "restore_of_nothing",
    "rollback_claimed",
    "rolled_back_by_the_commander",
    "routes_dear",
    "runbook_gone",
    "several_requests_a_user",
    "signed_off_at_50",
    "signed_off_by_an_app",
    "slack_down_for_20_minutes",
    "slices_crossed",
    "start_late",
    "start_unacknowledged",
    "tag_on_another_commit",
    "target_caps_loose",
    "target_caps_unreadable",
    "traffic_history_gappy",
    "two_workers_one_url",
    "yellow_at_50",
}
# Checks of which no fault is rehearsed with every change: tests/fixtures make the same faults.
REHEARSED_NOW_AND_THEN = {"confirmed_in_time", "freeze", "monitors", "posture", "rollback", "scanner"}
# Scenarios whose faults are rehearsed at once with every change, and by themselves with `tox -e soak`.
TOGETHER = {
    "broken_before_t0": (
        "archiving_broken",
        "cache_silent",
        "capture_fails",
        "gates_blind",
        "heartbeat_refused",
        "personal_data_before_t0",
        "telemetry_off",
    ),
    "not_ready_at_30": ("dashboard_gone", "dri_does_not_answer", "pin_removed", "start_busy"),
    "broken_at_10": ("no_120_ms_bucket", "payments_not_listed", "schema_broken", "users_left_unanswered"),
}
NOT_ALONE = TWINS.union(*TOGETHER.values())
IS_SOAK = os.environ.get("SHIPROOM_SCENARIOS") == "all"
CONDUCTED = [name for name, each in scenarios().items() if each.conducted and IS_SOAK]
REHEARSED = [name for name in scenarios() if name not in NOT_ALONE or IS_SOAK]


@pytest.mark.parametrize("name", REHEARSED)
def test_a_scenario_leads_to_its_decision(name, judged):
    """The named check gets the named verdict, its trigger fires, and the exit status says the decision."""
    scenario = scenarios()[name]
    expected = scenario.expected

    outcome = judged(expected.moment, scenario=name, speed=speed_of(scenario))

    assert outcome.decision.action == expected.decision, outcome.output
    assert outcome.status == Action(expected.decision).exit_code
    for each in (expected, *(scenarios()[one].expected for one in TOGETHER.get(name, ()))):
        if each.check:
            verdict = outcome.verdicts[each.check]
            assert (verdict.colour.word, verdict.trigger) == (each.verdict, each.trigger), outcome.output
    if expected.decision == "ROLLBACK":
        assert not left_open(outcome.folder)


@pytest.mark.parametrize("name", CONDUCTED)
def test_a_ramp_that_people_speak_in_ends_where_their_words_lead(name, tmp_path):
    """With `tox -e soak`: tests/conduct/test_signed_ramp.py tries the same without the rehearsal's system."""
    expected = scenarios()[name].conducted
    argv = [sys.executable, "-m", "ramp", "rehearse", "--scenario", name, "--speed", "60", f"--run={tmp_path / 'run'}"]
    argv += [] if expected.moment == "post_success" else ["--until", "stage_100"]
    ended = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, timeout=400, check=False)
    newest = journal.latest(journal.read(tmp_path / "run")).newest
    assert (newest.moment, newest.decision.action) == (expected.moment, expected.decision), ended.stdout
    assert ended.returncode == Action(expected.decision).exit_code
    found = {verdict.check: verdict.colour.word for verdict in newest.verdicts}
    assert expected.check is None or found[expected.check] == expected.verdict, ended.stdout


@pytest.mark.parametrize("name", TOGETHER)
def test_what_is_rehearsed_at_once_has_the_faults_of_each(name):
    together, faults = scenarios()[name], {}
    for one in TOGETHER[name]:
        assert scenarios()[one].expected.moment == together.expected.moment
        for part, switches in broken(one).items():
            faults[part] = faults.get(part, {}) | switches

    assert broken(name) == faults


def broken(name: str) -> dict[str, dict]:
    """The faults of a scenario, by the part that breaks."""
    return scenarios()[name].model_dump(exclude={"says", "expected", "conducted"}, exclude_unset=True)


def left_open(folder: Path) -> list[dict]:
    """What a rollback left of the release's payments: each was looked up, and what became of it is written down."""
    (record,) = [record for record in journal.read(folder) if record["kind"] == "payments_ended"]
    assert all({"key", "amount_cents", "before", "after", "why"} <= set(each) for each in record["ended"])
    return [each for each in record["ended"] if each["after"] in ("RESERVED", "AUTHORIZED", "CAPTURE_SENT")]


def test_every_gate_probe_and_trigger_has_a_scenario(plan: Plan):
    """A check without a fault that turns it RED or NO DATA could be one that cannot fail."""
    named: list[Scenario] = [scenarios()[name] for name in REHEARSED]
    named += [scenarios()[name] for names in TOGETHER.values() for name in names]
    named += [scenarios()[name] for name in TWINS if scenarios()[name].expected.check in REHEARSED_NOW_AND_THEN]

    conducted = [each.conducted for each in scenarios().values() if each.conducted]
    ends = [*(row.expected for row in named), *conducted]
    failing = {end.check for end in ends if end.verdict in ("RED", "NO DATA")}
    fired = {row.expected.trigger for row in named if row.expected.trigger}

    assert failing == set(plan.checks)
    assert fired == {"F1", "F2", "F3", "F4", "F5", "F6"}
    assert set(scenarios()) >= TWINS
