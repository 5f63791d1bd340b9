"""What of the plan does not apply, by its owner's word: said on everything, never GREEN, never in anybody's way."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp import directive
from ramp import release as releases
from ramp.decision import Action, decide
from ramp.gates import GATES
from ramp.judge import judged_at
from ramp.order_of_moments import needed
from ramp.replay import replay
from ramp.validation import Invalid
from ramp.verdict import Colour, Trigger, Verdict
from reports import replayed
from reports.terminal import table_text

TEXT = (Path(__file__).parents[2] / "ramp" / "plan.toml").read_text("utf-8")
WHY = "there is none here"
OTHERS = sorted(set(GATES) - {"latency"})


def without(*names, why=WHY, text=TEXT):
    """The directive without these gates, probes, moments and lines."""
    said = f'applies = false\nreason = "{why}"\n'
    for name in names:
        if re.fullmatch(r"[A-Z][0-9]", name):
            text += f"\n[lines.{name}]\n{said}"
        elif f'id = "{name}"\n' in text:
            text = text.replace(f'id = "{name}"\n', f'id = "{name}"\n{said}')
        else:
            text = re.sub(rf"(?m)^(\[(?:gates|probes)\.{name}\].*\n)", lambda found: found[1] + said, text)
    return text


def plan_without(*names, **of):
    return directive.parse(without(*names, **of))


def verdicts(plan, moment, **colours):
    return {
        check: Verdict(check=check, moment=moment, colour=colours.get(check, Colour.GREEN), why="so it is")
        for check in plan.required(moment)
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            TEXT.replace("[gates.cache]\n", "[gates.cache]\napplies = false\n"),
            "applies = false needs the owner's reason",
        ),
        (without("cache", why="  "), "gates.cache.reason = '  ': should look like a word"),
        (TEXT.replace("[gates.cache]\n", '[gates.cache]\nreason = "x"\n'), "has a reason and applies"),
        (TEXT + "\n[lines.B1]\napplies = false\n", "lines.B1: applies = false needs the owner's reason"),
        (without("B9"), "lines.B9: is the id of none of [sentences]"),
        (without("F4"), "lines.F4: only a line of B, C or D can be left out"),
        (TEXT.replace("[caps]\n", "[caps]\napplies = false\n"), "caps.applies: there is no such key"),
        (without(*GATES), "at least one of latency, errors"),
        (without(*(set(GATES) - {"slices", "share", "load"})), "at least one of latency, errors"),
        (without("stage_1", "stage_10", "stage_25", "stage_50", "stage_100"), "no ramp to judge"),
    ],
)
def test_what_may_not_be_left_out_is_refused(text, says):
    with pytest.raises(Invalid) as refused:
        directive.parse(text)

    assert says in str(refused.value)


def test_a_gate_that_does_not_apply_is_asked_for_nowhere_and_said_everywhere(ramp_of):
    plan = plan_without("cache", "B1")
    decision = decide(plan, "stage_50", verdicts(plan, "stage_50"), 30)
    outcome = replay(plan, ramp_of("stage_1", 15), ("latency", "errors"))

    assert "cache" not in plan.required("stage_50")
    assert (decision.action, decision.not_applied) == (Action.CONTINUE, (f"cache, B1: {WHY}",))
    assert "not all of the plan applies" in decision.reason
    assert f"does not apply: cache, B1: {WHY}" in table_text([], decision, width=100, colour=False, verbose=False)
    assert f"does not apply: cache, B1: {WHY}" in replayed.as_text(Path("f"), outcome)
    assert outcome.record("f")["not_applied"] == [f"cache, B1: {WHY}"]


def test_the_directive_applies_as_a_whole_and_says_nothing(plan, ramp_of):
    assert plan.not_applied == ()
    assert "applies" not in decide(plan, "stage_50", verdicts(plan, "stage_50"), 30).reason
    assert "not_applied" not in replay(plan, ramp_of("stage_1", 15)).record("f")


@given(names=st.sets(st.sampled_from(OTHERS)), red=st.sampled_from(sorted(GATES)), fires=st.booleans())
def test_leaving_a_gate_out_never_mends_another(plan, names, red, fires):
    """What is RED or fires of a gate that applies holds or rolls back as before; of one that does not, nothing does."""
    fewer = plan_without(*names)
    of = Verdict(check=red, moment="stage_50", colour=Colour.RED, why="x", trigger=Trigger.F4 if fires else None)
    whole = decide(plan, "stage_50", verdicts(plan, "stage_50") | {red: of}, 30)

    decision = decide(fewer, "stage_50", verdicts(fewer, "stage_50") | {red: of}, 30)

    assert decision.action is (Action.CONTINUE if red in names else whole.action)
    assert bool(decision.not_applied) == bool(names)
    assert all(name in " ".join(decision.not_applied) for name in names)


@pytest.mark.parametrize("left_out", OTHERS)
def test_the_other_gates_find_the_same_without_it(plan, ramp_of, left_out):
    seen = ramp_of("stage_1", 15, canary={"errors": 20, "payments_succeeded": 3})
    fewer, at = plan_without(left_out), seen[-1].at

    whole = judged_at(plan, seen, plan.moment("stage_1"), at, tuple(GATES)).verdicts()
    judged = judged_at(fewer, seen, fewer.moment("stage_1"), at, fewer.gates_that_apply).verdicts()

    assert judged == {gate: verdict for gate, verdict in whole.items() if gate != left_out}


def test_a_line_takes_the_probes_that_serve_nothing_else():
    """D2 is what the restore is for; redaction also is what F2 reads."""
    plan = plan_without("D2", "C1")

    assert plan.why_not("restore") == plan.why_not("scanner") == WHY
    assert plan.why_not("redaction") is None
    assert "C1" not in plan.unserved("go_plus_60")
    assert "dashboards" in plan.required("go_plus_60")


def test_a_line_without_a_check_holds_no_more_once_it_does_not_apply(unproven):
    (line,) = unproven.unserved("go_plus_30")
    text = TEXT.replace('"B7"]', f'"B7", "{line}"]')
    fewer = plan_without(line, text=text)

    assert decide(unproven, "go_plus_30", verdicts(unproven, "go_plus_30"), None).action is Action.HOLD
    assert decide(fewer, "go_plus_30", verdicts(fewer, "go_plus_30"), None).action is Action.CONTINUE


def test_a_moment_that_does_not_apply_is_needed_by_none_and_never_green():
    plan = plan_without("go_plus_30", "stage_25")
    by_hand = decide(plan, "go_plus_30", {}, None)

    assert "stage_25" not in [stage.id for stage in plan.stages]
    assert plan.following("stage_10").id == "stage_50"
    assert needed(plan, "stage_50") == ["go_plus_60", "t_minus_10", "stage_1", "stage_10"]
    assert "go_plus_30" not in plan.moments_of("caps_rules")
    assert (by_hand.action, by_hand.tag, by_hand.page) == (Action.CONTINUE, (), ())
    assert by_hand.reason == f"go_plus_30 does not apply ({WHY}): nothing was judged"
    assert by_hand.not_applied


def test_a_moment_whose_checks_were_all_left_out_holds_until_it_is_left_out_itself(plan):
    fewer = plan_without(*plan.required("t_minus_10"))

    decision = decide(fewer, "t_minus_10", {}, None)

    assert decision.action is Action.HOLD
    assert "no check of t_minus_10 applies" in decision.reason


def test_what_a_moment_needs_of_the_release_file_is_not_needed_without_it():
    plan = plan_without("go_plus_30")
    text = 'version = "v20261124.1"\ncommit = "3f9c2a7be1d04c5586f0a1b2c3d4e5f60718293a"\n'

    assert releases.parse(text, "release.toml", plan, ["go_plus_30"]).roster == ()


def test_a_verdict_of_what_does_not_apply_changes_nothing():
    plan = plan_without("payments")
    fired = Verdict(check="payments", moment="stage_10", colour=Colour.RED, why="1 failed", trigger=Trigger.F4)
    given = verdicts(plan, "stage_10")

    assert decide(plan, "stage_10", given | {"payments": fired}, 15) == decide(plan, "stage_10", given, 15)
    assert decide(plan, "stage_10", given | {"payments": replace(fired, colour=Colour.GREEN)}, 15).because == ()
