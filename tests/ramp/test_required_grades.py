"""Every gate has the grade of evidence that it must reach, or stands among those that deliberately have none."""

import pytest

from conduct.run import PLAN_FILE
from ramp.directive import parse
from ramp.validation import Invalid
from ramp.verdict import Grade

TEXT = PLAN_FILE.read_text("utf-8")


def test_a_gate_with_a_row_must_reach_its_grade_and_one_without_any_may_be_thin(plan):
    assert plan.grades.required("latency", "stage_1") is Grade.B
    assert plan.grades.required("latency", "stage_10") is Grade.A
    assert plan.grades.required("payments", "stage_10") is Grade.C


@pytest.mark.parametrize(
    ("gate", "says"),
    [("latencyy", "Did you mean 'latency'?"), ("paymets", "Did you mean 'payments'?"), ("", "Known: ")],
)
def test_a_gate_that_nobody_knows_has_no_grade(plan, gate, says):
    """A typing error must not lower what is asked of a gate."""
    with pytest.raises(KeyError) as unknown:
        plan.grades.required(gate, "stage_10")

    assert f"no gate '{gate}'" in str(unknown.value)
    assert says in str(unknown.value)


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ("", "grades: says neither a grade for 'payments' nor that it has none (no_grade)."),
        ('"payments", "latency", ', "grades.no_grade = 'latency': has a grade, so it cannot stand here."),
        ('"payments", "paymets", ', "grades.no_grade: no such gate 'paymets'. Did you mean 'payments'?"),
    ],
)
def test_a_plan_in_which_a_gate_has_no_grade_by_oversight_is_refused(listed, says):
    now = 'no_grade = ["payments", '
    assert now in TEXT

    with pytest.raises(Invalid) as refused:
        parse(TEXT.replace(now, f"no_grade = [{listed}"))

    assert any(says in problem for problem in refused.value.problems), refused.value.problems
