"""Who is told: the card tags and the pager calls whom the rules name, and nobody for what only takes its time."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.decision import Action, decide
from ramp.verdict import Colour, Trigger, Verdict

CEO, COMMANDER = ("ceo",), ("incident_commander",)


def told(plan, moment="stage_10", held_min=15.0, **changed):
    """The decision where these checks say otherwise than GREEN: fields of their verdicts."""
    verdicts = {
        check: Verdict(check=check, moment=moment, colour=Colour.GREEN, why="said") for check in plan.required(moment)
    }
    for check, fields in changed.items():
        verdicts[check] = replace(verdicts[check], **fields)
    return decide(plan, moment, verdicts, held_min)


RED, BLIND, YELLOW = {"colour": Colour.RED}, {"colour": Colour.NO_DATA}, {"colour": Colour.YELLOW}


def test_all_green_tells_nobody(plan):
    assert (told(plan).page, told(plan).tag) == ((), ())


def test_red_pages_the_ceo_and_who_commands(plan):
    """H1."""
    assert told(plan, share=RED).page == CEO + COMMANDER


def test_no_data_pages_who_commands_and_the_dri_of_its_domain(plan):
    decision = told(plan, payments=BLIND)

    assert decision.page == (*COMMANDER, "payments DRI")
    assert decision.tag == ("ceo", *COMMANDER, "payments DRI")


def test_what_several_domains_miss_at_once_is_for_one_dri(plan):
    assert told(plan, payments=BLIND, cache=BLIND, database=BLIND).page == (*COMMANDER, "infra DRI")
    assert told(plan, latency=BLIND, errors=BLIND).page == (*COMMANDER, "app/API DRI")


def test_fifteen_blind_minutes_page_the_ceo_too(plan):
    assert told(plan, cache=BLIND | {"blind_min": 14.0}).page == (*COMMANDER, "cache/CDN DRI")
    assert told(plan, cache=BLIND | {"blind_min": 15.0}).page == (*CEO, *COMMANDER, "cache/CDN DRI")


def test_yellow_tags_the_ceo_and_pages_nobody(plan):
    """E7."""
    assert (told(plan, errors=YELLOW).page, told(plan, errors=YELLOW).tag) == ((), CEO)
    assert (told(plan, "t_minus_10", None, prewarm=YELLOW).page, told(plan, "t_minus_10", None).tag) == ((), ())


@pytest.mark.parametrize(("held_min", "page"), [(29.0, ()), (30.0, CEO)])
def test_a_sign_off_is_due_once_the_half_way_stage_was_held(plan, held_min, page):
    """A3; an open breach is waited for, and needs no sign-off yet."""
    assert told(plan, "stage_50", held_min, errors=YELLOW).page == page
    assert told(plan, "stage_50", held_min, errors=YELLOW | {"open_breach": True}).page == ()


def test_a_rollback_pages_who_decides_and_who_acts(plan):
    decision = told(plan, payments=RED | {"trigger": Trigger.F4}, cache=BLIND)

    assert decision.action is Action.ROLLBACK
    assert decision.page == (*CEO, *COMMANDER, "cache/CDN DRI")


def test_personal_data_pages_the_security_lead(plan):
    assert told(plan, privacy=RED | {"page_security": True}).page == (*CEO, *COMMANDER, "security_lead")


def test_what_no_check_proves_is_for_who_commands(plan, unproven):
    assert told(unproven, "go_plus_30", None).page == COMMANDER
    assert told(plan, "go_plus_30", None).page == ()


def test_before_a_stage_is_over_what_only_takes_its_time_tells_nobody(plan):
    early = {"cache": YELLOW | {"thin": True}, "latency": BLIND | {"thin": True}, "errors": BLIND}
    for held_min, heard in ((4.0, False), (5.0, True), (15.0, True)):
        assert bool(told(plan, held_min=held_min, **early).tag) == heard
    late = {name: fields for name, fields in early.items() if name != "errors"}
    assert told(plan, held_min=14.0, **late).tag == () and told(plan, held_min=15.0, **late).tag != ()


@given(
    held_min=st.floats(0, 14),
    seen=st.sampled_from(["tag_ceo", "page_ceo", "page_security", "open_breach", "trigger"]),
    thin=st.booleans(),
)
def test_what_is_seen_to_break_is_told_at_whatever_minute(plan, held_min, seen, thin):
    fields = {seen: Trigger.F3 if seen == "trigger" else True}

    assert "ceo" in told(plan, held_min=held_min, cost=YELLOW | {"thin": thin} | fields).tag


FEW = {"requests": 2, "keyed_requests": 2, "slow": 0, "errors": 0, "cache_lookups": 2, "cache_hits": 2, "users": 2}
UNPAID = {
    "payments_attempted": lambda minute: 5 * (minute == 9),
    "payments_succeeded": lambda minute: 5 * (minute == 9),
}


def test_a_share_that_is_too_small_to_tell_yet_tells_nobody(plan, ramp_of, judged_of):
    """None of the first users came to the canary, which chance explains at 1 %."""
    seen = ramp_of("stage_1", 8, canary={"split_requests": 0}, control={"split_requests": 3})
    looked = judged_of(seen, of=("share",))
    decision = decide(plan, "stage_1", looked.verdicts(), looked.view.held_min, required=("share",))

    assert (looked.findings["share"].colour, decision.page, decision.tag) == (Colour.YELLOW, (), ())


@pytest.mark.parametrize("canary", [{}, FEW, UNPAID], ids=["much traffic", "little traffic", "no payment yet"])
@pytest.mark.parametrize("stage", ["stage_1", "stage_50"])
def test_a_healthy_stage_tells_nobody_before_it_is_over(plan, ramp_of, judged_of, stage, canary):
    """At any of its looks, though there are too few samples yet, or no payment."""
    before = []
    for earlier in plan.stages[: [each.id for each in plan.stages].index(stage)]:
        before = ramp_of(earlier.id, 15, after=before)
    for minute in range(1, 15, 1 if stage == "stage_1" else 4):
        looked = judged_of(ramp_of(stage, minute, after=before, canary=canary), stage)
        decision = decide(plan, stage, looked.verdicts(), looked.view.held_min)

        assert (decision.page, decision.tag) == ((), ()), (minute, decision)
