"""B5 before T-0: rules, refusals, and the target's own caps, judged."""

import pytest

from ramp.caps import Caps
from ramp.decision import Action, decide
from ramp.probes import Offered, OfferedToTarget, Proof, judge_caps_refused, judge_caps_rules, judge_caps_target
from ramp.verdict import Colour

OWNERS = Caps(100, 2000, 150_000)
HELD = [
    Offered(what=cap, cap=cap, refused_for=cap, left=False)
    for cap in ("amount_cents_max", "count_max", "total_cents_max")
]
REFUSED = OfferedToTarget(amount_cents=2001, refused=True, status=403, made=0)


def test_rules_that_hold_are_green_and_one_that_is_broken_is_red(plan):
    holds, breaks = Proof(claim="A key pays once."), Proof(claim="Never over a cap.", broken="(101 payments)")

    assert judge_caps_rules(plan, "caps", [holds]).colour is Colour.GREEN
    verdict = judge_caps_rules(plan, "caps", [holds, breaks])
    assert verdict.colour is Colour.RED
    assert "Never over a cap. (101 payments)" in verdict.reason
    assert judge_caps_rules(plan, "caps", []).colour is Colour.RED, "no rule that was tried is none that holds"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"refused_for": None}, "was refused for no cap"),
        ({"refused_for": "count_max"}, "was refused for count_max"),
        ({"left": True}, "left for the processor"),
        ({"refused_for": None, "left": True}, "left for the processor"),
    ],
)
def test_a_payment_that_was_not_refused_for_its_cap_or_left_is_red(plan, wrong, says):
    offered = Offered(
        **({"what": "$20.01", "cap": "amount_cents_max", "refused_for": "amount_cents_max", "left": False} | wrong)
    )

    verdict = judge_caps_refused(plan, "caps", [*HELD, offered])

    assert verdict.colour is Colour.RED
    assert says in verdict.reason


@pytest.mark.parametrize("left_out", range(3))
def test_each_cap_must_have_been_offered_too_much(plan, left_out):
    tried = [each for number, each in enumerate(HELD) if number != left_out]

    assert judge_caps_refused(plan, "caps", HELD).colour is Colour.GREEN
    assert judge_caps_refused(plan, "caps", tried).colour is Colour.RED
    assert HELD[left_out].cap in judge_caps_refused(plan, "caps", tried).reason


@pytest.mark.parametrize(
    ("said", "offered", "colour"),
    [
        (OWNERS, REFUSED, Colour.GREEN),
        (OWNERS, None, Colour.YELLOW),
        (Caps(101, 2000, 150_000), None, Colour.RED),
        (Caps(99, 2000, 150_000), None, Colour.RED),
        (Caps(100, 2001, 150_000), None, Colour.RED),
        (Caps(100, 2000, 150_001), REFUSED, Colour.RED),
        (OWNERS, OfferedToTarget(amount_cents=2001, refused=False, status=200, made=1), Colour.RED),
        (OWNERS, OfferedToTarget(amount_cents=2001, refused=True, status=402, made=1), Colour.RED),
        (OWNERS, OfferedToTarget(amount_cents=2001, refused=False, status=200, made=0), Colour.RED),
    ],
)
def test_the_targets_caps_are_the_owners_to_the_cent_and_are_enforced(plan, said, offered, colour):
    assert judge_caps_target(plan, "caps", said, offered).colour is colour


def green(plan, moment):
    """Every check of `moment` that there is, GREEN."""
    return {
        "caps_rules": judge_caps_rules(plan, moment, [Proof(claim="A key pays once.")]),
        "caps_refused": judge_caps_refused(plan, moment, HELD),
        "caps_target": judge_caps_target(plan, moment, OWNERS, REFUSED),
    }


def test_caps_that_nobody_tried_hold_until_the_ceo_signs_them_off(plan):
    """And the reason says what to set instead."""
    said = green(plan, "caps") | {"caps_target": judge_caps_target(plan, "caps", OWNERS, None)}

    decision = decide(plan, "caps", said, None)

    assert decision.action is Action.HOLD and decision.tag == ("ceo",)
    assert "says that it enforces" in decision.reason and "set trial_url under [real.caps]" in decision.reason
    assert "sign-off may release it" in decision.reason


def test_the_caps_alone_may_continue_and_the_thirty_minutes_confirm_more_than_caps(plan):
    """Without a word of start time, roster, dashboards and one-pager go_plus_30 holds, whatever the caps say."""
    assert decide(plan, "caps", green(plan, "caps"), None).action is Action.CONTINUE

    decision = decide(plan, "go_plus_30", green(plan, "go_plus_30"), None)

    assert decision.action is Action.HOLD
    assert {"start_time", "roster", "dashboards", "one_pager"} <= set(decision.because)
    assert plan.unserved("go_plus_30") == plan.unserved("go_plus_60") == ()
