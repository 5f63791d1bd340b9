"""What the privacy gate makes of what was found: F2 on what is certain, RED on secrets, YELLOW on suspicion."""

from dataclasses import replace

import pytest

from ramp.decision import Action, decide
from ramp.gates.privacy import PrivacyRow
from ramp.verdict import Colour, Trigger

BESIDE = ("personal_data_suspected", "ip_addresses_found", "secrets_found")


@pytest.fixture
def privacy(ramp_of, verdicts_of):
    """`privacy(canary=, control=, stage=)`: the gate's verdict on a release of 15 minutes."""

    def judged(stage="stage_10", **slices):
        return verdicts_of(ramp_of(stage, 15, **slices))["privacy"]

    return judged


def without(seen, names, slices=("canary", "control")):
    """The recording without some of its counters."""
    return [
        replace(one, counters={name: value for name, value in one.counters.items() if name not in names})
        if one.slice in slices
        else one
        for one in seen
    ]


@pytest.mark.parametrize(
    ("canary", "colour", "trigger", "paged"),
    [
        ({}, Colour.GREEN, None, False),
        ({"personal_data_findings": 1}, Colour.RED, Trigger.F2, True),
        ({"secrets_found": 1}, Colour.RED, None, True),
        ({"personal_data_suspected": 1}, Colour.YELLOW, None, False),
        ({"ip_addresses_found": 1}, Colour.YELLOW, None, False),
        ({"secrets_found": 1, "personal_data_findings": 1}, Colour.RED, Trigger.F2, True),
    ],
)
def test_each_kind_of_finding_has_its_colour_and_whom_it_calls(privacy, canary, colour, trigger, paged):
    verdict = privacy(canary=canary)

    assert (verdict.colour, verdict.trigger, verdict.page_security) == (colour, trigger, paged)
    assert verdict.tag_ceo is (colour is not Colour.GREEN)


@pytest.mark.parametrize("control", [{"personal_data_findings": 1}, {"secrets_found": 1}])
def test_a_finding_in_control_alone_is_red_and_never_rolls_the_canary_back(privacy, control):
    verdict = privacy(control=control)

    assert (verdict.colour, verdict.trigger, verdict.page_security) == (Colour.RED, None, True)
    assert "in control's" in verdict.why


def test_suspicion_in_control_alone_says_nothing_of_the_release(privacy):
    assert privacy(control={"personal_data_suspected": 1, "ip_addresses_found": 1}).colour is Colour.GREEN


def test_secrets_hold_and_page_the_security_lead_with_what_to_do(plan, ramp_of, verdicts_of):
    verdicts = verdicts_of(ramp_of("stage_10", 15, canary={"secrets_found": 2}))
    decision = decide(plan, "stage_10", verdicts, 15)

    assert decision.action is Action.HOLD and "security_lead" in decision.page and "security_lead" in decision.tag
    assert "revoke them" in decision.reason


def test_suspicion_goes_on_tagged_below_50_and_holds_at_50(plan, ramp_of, verdicts_of):
    for stage, action in (("stage_10", Action.CONTINUE), ("stage_50", Action.HOLD)):
        held_min = round(plan.moment(stage).hold_min)
        verdicts = verdicts_of(ramp_of(stage, held_min, canary={"personal_data_suspected": 1}))
        only = {name: replace(v, colour=Colour.GREEN) for name, v in verdicts.items() if name != "privacy"}
        decision = decide(plan, stage, only | {"privacy": verdicts["privacy"]}, held_min)

        assert (decision.action, decision.tag) == (action, ("ceo",)), stage


def test_ip_addresses_are_a_row_of_the_plan(limits_only, ramp_of, judged_of):
    row = limits_only.gate(PrivacyRow)
    assert row.ip_addresses == "suspected"
    gates = limits_only.gates.model_copy(update={"privacy": row.model_copy(update={"ip_addresses": "off"})})
    seen = ramp_of("stage_10", 15, canary={"ip_addresses_found": 9})
    looked = judged_of(seen, plan=limits_only.model_copy(update={"gates": gates}))

    assert looked.verdicts(["privacy"])["privacy"].colour is Colour.GREEN


def test_a_recording_from_before_there_were_kinds_keeps_its_verdict(ramp_of, verdicts_of):
    for found, colour in ((0, Colour.GREEN), (1, Colour.RED)):
        seen = without(ramp_of("stage_10", 15, canary={"personal_data_findings": found}), BESIDE)

        assert verdicts_of(seen)["privacy"].colour is colour


@pytest.mark.parametrize("gone", BESIDE)
def test_one_kind_that_is_missing_beside_the_others_is_no_data(ramp_of, verdicts_of, gone):
    seen = without(ramp_of("stage_10", 15), [gone], ["canary"])

    assert verdicts_of(seen)["privacy"].colour is Colour.NO_DATA


def test_the_canary_without_the_kinds_that_control_has_is_no_data(ramp_of, verdicts_of):
    assert verdicts_of(without(ramp_of("stage_10", 15), BESIDE, ["canary"]))["privacy"].colour is Colour.NO_DATA


def test_logs_of_control_that_are_no_longer_read_are_no_data(ramp_of, verdicts_of):
    seen = ramp_of("stage_10", 15, control={"personal_data_findings": 1})
    late = without(seen, ["log_lines_scanned", "personal_data_findings", *BESIDE], ["control"])
    seen = [*seen[:10], *late[10:]]

    assert verdicts_of(seen)["privacy"].colour is Colour.NO_DATA
