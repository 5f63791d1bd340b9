"""What is asked, the code that stands for it, whose reply counts, and what a sign-off releases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ramp.circumstances import Circumstances, decided
from ramp.decision import Action
from ramp.order_of_moments import lacking
from ramp.sign_off import ALPHABET, Ask, Reply, SignedOff, accepted_of, label_of, refused, roles_of, worsened
from ramp.spoken import spoken
from ramp.verdict import Colour, Verdict

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ASK = Ask(
    version="v20261124.1", commit="3f9c2a7be1d04c5586f0a1b2c3d4e5f60718293a", moment="stage_50",
    card="1795521600.000012",
    accepts=(("latency", "YELLOW"),), blocks=("GATE",), nonce="ab" * 16, expires_at_utc=NOON + timedelta(minutes=60),
    label="50",
)  # fmt: skip
THREAD = ASK.card
ROLES = {"ceo": "U0CEO", "incident_commander": "U0IC", "sre_lead": "U0SRELEAD", "security_lead": "U0SECLEAD"}
REPLY = Reply(thread=THREAD, ts="1795521700.000013", user="U0CEO", text=ASK.reply)


def why_not(reply=REPLY, ask=ASK, now=NOON):
    said = spoken(reply.text)
    assert said is not None
    return refused(reply, said, ask, thread=THREAD, signers=roles_of(reply.user, ROLES), now=now)


def test_the_reply_is_short_and_of_letters_that_nobody_takes_for_others():
    assert len(ASK.reply) <= 30
    assert len(ASK.code) == 6 and not set(ASK.code) & set("01OIL")
    assert set(ASK.code) <= set(ALPHABET)


@given(st.data())
def test_another_release_commit_moment_card_gate_or_random_bytes_has_another_code(data):
    field = data.draw(st.sampled_from(["version", "commit", "moment", "card", "accepts", "blocks", "nonce", "by"]))
    text = st.text(min_size=1, max_size=12)
    drawn = {
        "accepts": st.lists(st.tuples(text, st.sampled_from(["YELLOW", "RED"])), max_size=3).map(tuple),
        "blocks": st.lists(text, max_size=3).map(tuple),
        "by": st.lists(text, min_size=1, max_size=2).map(tuple),
        "nonce": st.binary(min_size=16, max_size=16).map(bytes.hex),
    }
    other = replace(ASK, **{field: data.draw(drawn.get(field, text))})
    assert (other.digest == ASK.digest) == (other == ASK)


def test_the_ceos_own_reply_in_the_thread_is_accepted():
    assert why_not() is None


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"user": "U0IC"}, "only the CEO"),
        ({"user": "U0STRANGER"}, "only the CEO"),
        ({"user": ""}, "only the CEO"),
        ({"user": "Dana, CEO"}, "only the CEO"),
        ({"user": "u0ceo"}, "only the CEO"),
        ({"is_bot": True}, "an app wrote it"),
        ({"is_edited": True}, "edited"),
        ({"thread": "1795521600.000099"}, "another thread"),
        ({"text": f"GO 25 {ASK.code}"}, "it names 25"),
        ({"text": "GO 50 222222"}, "another release, moment or card"),
        ({"text": "GO"}, "GO alone"),
        ({"text": f"GO {ASK.code}"}, "GO alone"),
    ],
)
def test_what_is_not_the_ceos_own_whole_reply_to_this_card_is_refused_with_why(changed, says):
    assert says in (why_not(replace(REPLY, **changed)) or "")


@pytest.mark.parametrize(
    "other",
    [{"version": "v20261110.1"}, {"commit": "0" * 40}, {"moment": "stage_25"}, {"card": "1795521600.000001"},
     {"accepts": (("latency", "RED"),)}, {"nonce": "cd" * 16}],
)  # fmt: skip
def test_the_code_of_another_release_moment_or_card_is_refused(other):
    said = replace(REPLY, text=f"GO 50 {replace(ASK, **other).code}")
    assert "another release, moment or card" in (why_not(said) or "")


def test_a_code_is_good_for_sixty_minutes():
    assert why_not(now=NOON + timedelta(minutes=59, seconds=59)) is None
    assert "expired" in (why_not(now=NOON + timedelta(minutes=60)) or "")


def verdicts(plan, moment="stage_50", **colours):
    return {
        check: Verdict(check=check, moment=moment, colour=colours.get(check, Colour.GREEN), why="it is what it is")
        for check in plan.required(moment)
    }


def circumstances(**said):
    of = {"held_min": 30.0, "interrupted": False, "lacks": (), "is_rehearsed": False, "raises": True, "after": None}
    return Circumstances(**of | said)


SIGNED = SignedOff(code=ASK.code, by="CEO", accepts=(("markup", "YELLOW"),))


def test_a_sign_off_releases_a_hold_for_the_gates_that_it_names_and_their_colours_stay(plan):
    given_, of = verdicts(plan, markup=Colour.YELLOW), circumstances(signed_off=SIGNED)
    assert decided(plan, "stage_50", given_, circumstances()).action is Action.HOLD
    decision = decided(plan, "stage_50", given_, of)
    assert (decision.action, decision.next_step) == (Action.CONTINUE, "go on to stage_100")
    assert f"the CEO signed off ({ASK.code}) and accepts markup YELLOW" in decision.reason
    assert "ceo" in decision.tag and decision.page == ()
    assert Circumstances.from_record(of.record()) == of


COLOURS = st.sampled_from(list(Colour))


@settings(max_examples=50)
@given(st.data())
def test_a_sign_off_never_releases_what_is_worse_than_it_names(plan, data):
    checks = plan.required("stage_50")
    asked = {check: data.draw(COLOURS) for check in data.draw(st.sets(st.sampled_from(checks)))}
    now = {check: data.draw(COLOURS) for check in data.draw(st.sets(st.sampled_from(checks)))}
    signed = replace(SIGNED, accepts=accepted_of(verdicts(plan, **asked)))
    decision = decided(plan, "stage_50", verdicts(plan, **now), circumstances(signed_off=signed))
    is_worse = any(colour > asked.get(check, Colour.GREEN) for check, colour in now.items())
    assert (worsened(signed.accepts, verdicts(plan, **now)) is not None) == is_worse
    assert decision.action is (Action.HOLD if is_worse else Action.CONTINUE)


def test_a_sign_off_never_releases_a_rollback_an_interruption_a_word_or_what_is_out_of_order(plan):
    red = verdicts(plan, payments=Colour.RED)
    fired = red | {"payments": replace(red["payments"], trigger="F4")}
    signed = replace(SIGNED, accepts=(("payments", "RED"),))
    assert decided(plan, "stage_50", red, circumstances(signed_off=signed)).action is Action.CONTINUE
    assert decided(plan, "stage_50", fired, circumstances(signed_off=signed)).action is Action.ROLLBACK
    for kept in (
        {"interrupted": True},
        {"held_by": "the IC said HOLD"},
        {"lacks": (("stage_25", "not concluded "),)},
    ):
        assert decided(plan, "stage_50", red, circumstances(signed_off=signed, **kept)).action is Action.HOLD


def test_a_hold_that_is_only_unfinished_has_nothing_that_could_be_accepted(plan):
    of = circumstances(signed_off=replace(SIGNED, accepts=()), held_min=3.0)
    assert decided(plan, "stage_50", verdicts(plan), of).action is Action.HOLD


def test_what_holds_that_is_no_verdict_makes_a_go_on_a_hold_that_says_so(plan):
    decision = decided(plan, "stage_50", verdicts(plan), circumstances(held_by="the SRE lead said HOLD"))
    assert decision.action is Action.HOLD
    assert decision.reason.startswith("the SRE lead said HOLD; all ")


def test_a_moment_that_a_sign_off_released_stands_until_a_check_is_worse_than_was_accepted(plan):
    given_ = verdicts(plan, "stage_25", markup=Colour.RED)
    signed = replace(SIGNED, accepts=(("markup", "RED"),))
    before = [m for m in plan.needed_before("stage_50") if m != "stage_25"]
    held = decided(plan, "stage_25", given_, circumstances(held_min=15.0))
    went_on = decided(plan, "stage_25", given_, circumstances(held_min=15.0, signed_off=signed))
    assert "stage_25" in lacking(plan, "stage_50", [*given_.values(), held])
    assert "stage_25" not in lacking(plan, "stage_50", [*given_.values(), went_on])
    worse = replace(given_["errors"], colour=Colour.RED)
    assert "stage_25" in lacking(plan, "stage_50", [*given_.values(), went_on, worse])
    assert before


def test_a_reply_names_a_stage_by_its_share_and_a_moment_before_t0_as_people_say_it(plan):
    assert [label_of(plan, moment) for moment in ("t_minus_10", "stage_1", "stage_50")] == ["T-10", "1", "50"]
