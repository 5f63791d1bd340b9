"""H1: in a healthy world with heavy tails nobody is called for what chance makes of the margin."""

import numpy as np

from ramp.gates.markup import MarkupRow
from ramp.judge import Judge
from tests.bench import paged


def called(plan, ai, **how):
    """The minutes at which the CEO is called, of one ramp."""
    judge = Judge(plan, ("markup",))
    seen = paged.ai_observations(ai, np.random.default_rng(6), **how)
    looks = [*(judge.add(each) for each in seen), judge.end()]
    return [looked.minute for looked in looks if looked and looked.verdicts()["markup"].page_ceo]


def test_of_healthy_ramps_of_dear_and_cheap_answers_none_calls_the_ceo(plan):
    """`python -m tests.bench.paged` has the figures of many, and of every world."""
    assert paged.called(paged.Task("AI little", 0, 5, 20261210)).causes == [()] * 5
    row = plan.gate(MarkupRow).model_copy(update={"margin_page": "literal"})
    literal = plan.model_copy(update={"gates": plan.gates.model_copy(update={"markup": row})})
    flat = paged.AI["AI flat price"]
    assert called(literal, flat) and not called(plan, flat)


def test_a_margin_that_is_really_off_calls_her_within_the_first_stages(plan):
    assert min(called(plan, paged.AI["AI"], canary_costs=1.2)) <= 15
    assert min(called(plan, paged.AI["AI tails"], canary_costs=1.2)) <= 45


def test_what_is_told_counts_alarms_and_sign_offs_apart():
    said = paged.told([("markup",), ("sign-off",), (), ()])
    assert said.startswith("the CEO was called in 1 of 4 ramps (25.0%") and "markup 1; a sign-off was due in 1" in said
