"""What can go wrong with mitigations, after two stable hours and after a rollback: each such line of the owner's has
faults that are RED, NO DATA, refused or said, each in a scenario or a test. This is the table."""

import ast
from pathlib import Path

import pytest

from fixtures.rehearsal.faults import scenarios

PROJECT = Path(__file__).parents[1]
MITIGATING, CLOSING = "tests/conduct/test_mitigating.py", "tests/conduct/test_close_out.py"
STABLE, SIGNED = "tests/ramp/test_stable.py", "tests/fixtures/test_signed_freeze.py"
EXPORT, ROUTES = "tests/fixtures/test_cohort_export.py", "tests/ramp/test_mitigation.py"
DRAFTS, TYPED = "tests/conduct/test_post_mortems.py", "tests/conduct/test_rollback_command.py"
# Line: the fault -> the scenario, or the test, in which it is made.
FAULTS = {
    "G1": {
        "the cache is cold": "cache_cold",
        "a command hangs": f"{MITIGATING}::test_a_command_that_hangs_keeps_no_look_waiting",
        "a command fails": f"{MITIGATING}::test_a_cold_cache_has_its_commands_run_once_and_its_effect_told",
        "no command may run": f"{MITIGATING}::test_where_nothing_may_run_it_is_recommended_alone",
        "the conductor dies": f"{MITIGATING}::"
        "test_a_conductor_that_comes_back_orders_nothing_twice_and_tells_the_effect",
        "a trigger fires": f"{ROUTES}::test_a_look_that_rolls_back_recommends_nothing",
    },
    "G3": {
        "routes cost more": "routes_dear",
        "they are switched": "tests/conduct/test_dear_routes.py::"
        "test_routes_that_grew_dear_are_switched_by_their_command_and_markup_is_told_again",
        "routes are not told of": f"{ROUTES}::test_routes_that_are_not_told_of_are_said_to_be_unseen",
        "only noise": f"{ROUTES}::test_a_cost_that_is_only_thin_needs_none",
        "margin is better": f"{ROUTES}::"
        "test_a_margin_that_is_better_is_told_with_its_routes_and_switches_none",
        "the markup is gone": "markup_eroded",
    },
    "F8": {
        "zero is not proven": "tests/reports/test_post_mortem.py::"
        "test_a_zero_that_was_not_proven_is_never_told_as_one",
        "nothing can be posted": f"{DRAFTS}::test_it_is_written_although_nothing_can_be_posted",
        "no file can be written": f"{DRAFTS}::"
        "test_where_no_file_can_be_written_the_draft_is_told_all_the_same",
        "nobody conducts": f"{TYPED}::"
        "test_where_no_conductor_hears_it_the_post_mortem_is_drafted_all_the_same",
        "the journal is broken, or written": f"{TYPED}::"
        "test_a_journal_that_nobody_may_write_spoils_no_rollback",
        "another tool set 0": f"{TYPED}::"
        "test_a_weight_that_somebody_set_to_0_is_measured_and_written_down_for_its_post_mortem",
    },
    "I1": {
        "a breach within the hours": "fraud_rules_relaxed_at_100",
        "a breach that is over": f"{STABLE}::test_a_breach_begins_the_two_hours_anew_and_is_named",
        "a gap": f"{STABLE}::test_minutes_that_nobody_looked_at_begin_it_anew",
        "too short": f"{STABLE}::test_an_hour_is_not_two",
        "a clock that jumps on": f"{STABLE}::"
        "test_a_clock_that_jumps_on_makes_no_hours_of_minutes_that_nobody_looked_at",
        "a clock that is set back": "tests/conduct/test_clock_set_back.py::"
        "test_a_clock_that_is_set_back_in_the_two_hours_leaves_a_recording_that_proves_none",
        "not concluded": f"{CLOSING}::test_nothing_is_closed_before_two_stable_hours_are_proven",
        "worse afterwards": f"{CLOSING}::test_what_is_worse_after_the_two_hours_closes_nothing",
        "rolled back by hand": f"{CLOSING}::test_nothing_is_closed_once_somebody_took_the_release_back_by_hand",
        "the command to lift fails": f"{CLOSING}::test_a_command_that_fails_lifts_nothing_and_is_named",
        "it fails half-way": f"{CLOSING}::"
        "test_a_command_that_does_it_and_ends_badly_stops_the_rest_says_so_and_is_not_run_again",
        "kill -9": f"{CLOSING}::test_a_kill_between_any_two_steps_doubles_no_effect",
    },
    "I2": {
        "the lock stays": f"{CLOSING}::test_a_lock_that_stays_closes_nothing_after_it",
        "it is gone already": f"{CLOSING}::test_a_command_that_failed_half_way_is_tried_again",
    },
    "I3": {
        "blanks are left": f"{CLOSING}::test_each_step_has_its_effect_once_however_often_it_is_closed",
        "kill -9 while it is posted": f"{CLOSING}::test_a_win_note_is_posted_once_it_is_filled_in_and_only_once",
        "an older journal is broken": f"{CLOSING}::"
        "test_the_release_before_is_told_by_its_journal_and_a_broken_one_keeps_nothing_back",
    },
    "I4": {
        "slices are missing, users are there twice": f"{CLOSING}::"
        "test_an_export_that_cannot_be_compared_leaves_the_figures_as_they_were",
        "a value is none": f"{EXPORT}::test_what_cannot_be_compared_is_refused_by_its_line",
        "it is no export": f"{EXPORT}::test_what_is_no_export_is_one_line",
        "our own traffic": "tests/ramp/test_cohorts.py::test_probes_and_load_change_nothing",
    },
    "I5": {
        "a change is not critical": "freeze_broken",
        "its end was moved": "freeze_edited",
        "the file is edited, gone or not signed": f"{SIGNED}::"
        "test_a_freeze_that_is_not_as_it_was_signed_proves_nothing",
        "another signed it": f"{SIGNED}::"
        "test_a_freeze_that_another_signed_or_that_was_signed_for_something_else_proves_nothing",
        "it is over": f"{SIGNED}::test_a_day_later_the_signed_freeze_is_over_and_what_came_since_passes",
        "it lasts another time": "tests/ramp/test_freeze.py::test_a_file_that_freezes_for_another_time_is_none",
        "it is of another release": f"{SIGNED}::test_the_freeze_of_another_release_is_none",
    },
}  # fmt: skip


@pytest.mark.parametrize(("line", "fault"), [(line, fault) for line, of in FAULTS.items() for fault in of])
def test_each_fault_of_the_table_is_made_where_it_says(line, fault):
    file, _, test = FAULTS[line][fault].partition("::")
    if not test:
        assert file in scenarios()
        return
    found = ast.parse((PROJECT / file).read_text("utf-8")).body
    assert test in [each.name for each in found if isinstance(each, ast.FunctionDef)]


def test_the_lines_are_the_owners(plan):
    assert set(FAULTS) <= set(plan.sentences)
