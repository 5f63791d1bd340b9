"""The conductor in simulated worlds, and in any order of events."""

import time
from dataclasses import replace
from itertools import product
from random import Random

import pytest

from ramp import happened as h
from ramp.conducted import Block, Phase, Ramp
from ramp.conductor import step
from ramp.happened import EVENTS, Word, event_of, record
from ramp.ordered import (
    Answer,
    AskSignOff,
    AwaitShare,
    Conclude,
    EndIncident,
    Page,
    ProveZero,
    RollBack,
    SetWeight,
    Tell,
    VoidPayments,
)
from tests.simulation.world import COURSE, World

LASTS_S = 15.0
BEGUN = Ramp(course=COURSE, before=("t_minus_10",))


def after(*events: h.Event, ramp: Ramp = BEGUN) -> Ramp:
    for event in events:
        ramp, _ = step(ramp, event)
    return ramp


def at_stage(index: int, phase: Phase = Phase.HOLDING, *blocks: Block) -> Ramp:
    pct = COURSE[index].weight_pct
    return Ramp(
        course=COURSE, before=("t_minus_10",), phase=phase, index=index, weight_pct=pct, blocks=frozenset(blocks),
        concluding=phase is Phase.ENDING,
    )  # fmt: skip


def test_in_thousands_of_afternoons_no_invariant_breaks_and_the_journal_explains_the_state() -> None:
    until, seed, ended, happened = time.monotonic() + LASTS_S, 0, set(), set()
    while time.monotonic() < until or seed < 200:
        world = World(seed).play()
        seed += 1
        ended.add(world.ramp.phase)
        happened |= {name for _, name in world.visited}
        assert [*world.broken, *world.owed()] == [], f"seed {seed - 1}"
    assert {Phase.DONE, Phase.ROLLED_BACK} <= ended
    assert happened == {event.__name__ for event in EVENTS}


@pytest.mark.parametrize("seed", range(20))
def test_a_trigger_is_at_proven_zero_within_two_minutes_where_traffic_does_as_it_is_told(seed: int) -> None:
    world = World(seed, troubled=0.0)
    world.bad_from, world.bad_for, world.is_trigger = 20.0 + seed, 500.0, True
    world.play()
    assert world.ramp.phase is Phase.ROLLED_BACK
    assert world.fired_at is not None
    assert world.zero_at is not None
    assert world.zero_at - world.fired_at <= 2


def test_an_afternoon_without_trouble_ends_with_all_traffic_on_the_release_and_nobody_paged() -> None:
    world = World(1, troubled=0.0).play()
    assert (world.ramp.phase, world.weight_pct, world.pages) == (Phase.DONE, 100, [])


def any_events() -> tuple[h.Event, ...]:
    words = [h.Said(word, "the CEO") for word in Word]
    looks: list[h.Event] = [h.Unheard(""), h.Unheard("lost"), h.Broken("errors is RED")]
    looks += [h.Looked(outlook, held, held) for outlook, held in product(("within", "holds", "rollback"), (0.0, 30.0))]
    ends = [h.Concluded(each, action) for each in ("t_minus_10", *(s.moment for s in COURSE))
            for action in ("CONTINUE", "HOLD", "ROLLBACK")]  # fmt: skip
    reads = [kind(pct) for kind in (h.Opened, h.WeightRead) for pct in (None, 0.0, 1.0, 7.0, 10.0, 25.0, 50.0, 100.0)]
    people = [h.SignedOff(each.moment, "K7M4QX", "CEO", ("GATE", "PINS", "WORD"), "1.2") for each in COURSE]
    people += [kind(each.moment, "K7M4QX", *why) for kind, *why in ((h.AskVoided, "worse"), (h.Unanswered,))
               for each in COURSE]  # fmt: skip
    came = [kind(ok) for kind in (h.ShareSeen, h.RollbackRan, h.ZeroMeasured, h.PaymentsVoided) for ok in (True, False)]
    heard = [h.Listened(True), h.Listened(False, "it is down")]
    return (
        *words,
        *looks,
        *ends,
        *reads,
        *came,
        *people,
        *heard,
        h.Pinned(()),
        h.Pinned(("plan",)),
        h.Interrupted("the operator"),
    )


def test_in_any_order_of_events_traffic_rises_only_on_a_conclusion_that_was_asked_for_with_nothing_in_its_way() -> None:
    events, random, visited = any_events(), Random("any order"), set()  # noqa: S311
    phases, blocks = list(Phase), [frozenset[Block](), *(frozenset({block}) for block in Block), frozenset(Block)]
    for _ in range(6000):
        ramp = replace(
            at_stage(random.randrange(len(COURSE)), random.choice(phases)),
            blocks=random.choice(blocks),
            concluding=random.random() < 0.7,
        )
        for event in random.choices(events, k=10):
            before = ramp
            ramp, commands = step(ramp, event)
            visited.add((before.phase, type(event)))
            assert event_of(record(event)) == event
            if any(isinstance(command, SetWeight) for command in commands):
                assert isinstance(event, h.Concluded)
                assert (event.action, event.moment) == ("CONTINUE", before.moment)
                assert (before.phase, before.concluding, before.blocks) == (Phase.ENDING, True, frozenset())
            if before.phase in (Phase.ROLLED_BACK, Phase.DONE):
                assert ramp == before
            if ramp.phase is Phase.ROLLED_BACK and before.phase is not Phase.ROLLED_BACK:
                assert event == h.ZeroMeasured(True)
    assert visited == set(product(Phase, EVENTS))


@pytest.mark.parametrize("phase", [Phase.SETTING, Phase.OBSERVING, Phase.HOLDING, Phase.ENDING])
@pytest.mark.parametrize(
    "event",
    [h.Looked("rollback", 1.0, 1.0), h.Said(Word.ROLLBACK, "the CEO"), h.Concluded("stage_25", "ROLLBACK")],
)
def test_a_trigger_or_a_word_rolls_back_from_wherever_users_may_be_with_the_canary(
    phase: Phase, event: h.Event
) -> None:
    ramp, commands = step(at_stage(2, phase, Block.WORD, Block.PINS), event)
    assert ramp.phase is Phase.ROLLING_BACK
    assert [type(each) for each in commands] == [RollBack]


def test_a_look_that_holds_takes_a_pass_back_that_is_still_on_its_way() -> None:
    ramp = after(h.Looked("holds", 16, 16), h.Concluded("stage_10", "CONTINUE"), ramp=at_stage(1, Phase.ENDING))
    assert (ramp.phase, ramp.index) == (Phase.ENDING, 1)
    ramp, commands = step(ramp, h.Looked("within", 22, 22))
    assert commands == (Conclude("stage_10"),)


def test_a_rollback_is_measured_even_where_its_command_failed_and_is_tried_again_until_zero_is_proven() -> None:
    ramp, commands = step(at_stage(3, Phase.ROLLING_BACK), h.RollbackRan(False, "exit 1"))
    assert [type(each) for each in commands] == [Page, ProveZero]
    ramp, commands = step(ramp, h.ZeroMeasured(False, "user 7 was answered by the canary"))
    assert [type(each) for each in commands] == [Page, RollBack]
    ramp, commands = step(after(h.RollbackRan(True), ramp=ramp), h.ZeroMeasured(True))
    assert ramp.phase is Phase.ROLLED_BACK
    assert VoidPayments("stage_50", "") in commands


def test_after_a_crash_a_promotion_is_not_repeated_where_traffic_says_that_it_happened() -> None:
    ramp, commands = step(at_stage(1, Phase.SETTING), h.Opened(10.0))
    assert (ramp.phase, commands) == (Phase.OBSERVING, (AwaitShare("stage_10", 1, 10),))


def test_after_a_crash_the_stage_is_held_anew_where_the_promotion_never_happened() -> None:
    ramp, commands = step(at_stage(1, Phase.SETTING), h.Opened(1.0))
    assert (ramp.phase, ramp.moment, commands) == (Phase.OBSERVING, "stage_1", (AwaitShare("stage_1", 0, 1),))


def test_a_weight_that_could_not_be_set_is_looked_after_at_the_stage_before_and_tried_again_on_resume() -> None:
    ramp, commands = step(at_stage(2, Phase.SETTING), h.WeightRead(10.0, "the tool said no"))
    assert (ramp.phase, ramp.moment, ramp.blocks) == (Phase.ENDING, "stage_10", {Block.WORD})
    assert [type(each) for each in commands] == [Page]
    assert step(ramp, h.Said(Word.RESUME, "the IC"))[1] == (Conclude("stage_10"),)


@pytest.mark.parametrize(
    ("phase", "block", "orders"),
    [
        (Phase.HOLDING, Block.GATE, (AwaitShare("stage_10", 1, 10),)),
        (Phase.ENDING, Block.GATE, (AwaitShare("stage_10", 1, 10),)),
        (Phase.ENDING, Block.WEIGHT, ()),
    ],
)
def test_by_the_word_anew_a_stage_is_held_anew_and_goes_on_only_from_that_hold(phase, block, orders) -> None:
    """Where the weight is another one, the share is asked for once that is put right."""
    ramp, commands = step(at_stage(1, phase, block), h.Said(Word.ANEW, "the IC"))
    assert (ramp.phase, ramp.moment, ramp.concluding, commands) == (Phase.OBSERVING, "stage_10", False, orders)
    assert after(h.Concluded("stage_10", "CONTINUE"), ramp=ramp).moment == "stage_10"


def test_a_hold_begins_anew_after_a_crash_and_after_another_weight_was_read() -> None:
    assert after(h.Opened(10.0), ramp=at_stage(1)).phase is Phase.OBSERVING
    other, commands = step(at_stage(1), h.WeightRead(12.0))
    assert (other.blocks, [type(each) for each in commands]) == ({Block.WEIGHT}, [Page])
    assert after(h.WeightRead(10.0), ramp=other).phase is Phase.OBSERVING


def test_a_weight_that_is_read_as_it_is_to_be_ends_no_hold_that_is_not_full() -> None:
    """After a crash a stage is held anew, whatever its recording says of the hold before."""
    ending = replace(at_stage(1, Phase.ENDING), concluding=False)
    ramp = after(h.Looked("within", 3, 18), ramp=replace(ending, blocks=frozenset({Block.GATE})))
    assert ramp == ending
    assert step(ramp, h.WeightRead(10.0)) == (ending, ())
    assert step(ramp, h.Looked("within", 15, 30))[1] == (Conclude("stage_10"),)


def test_a_weight_of_nothing_that_nobody_here_ordered_is_a_rollback_by_hand_and_is_proven() -> None:
    ramp, commands = step(at_stage(2), h.WeightRead(0.0))
    assert ramp.phase is Phase.PROVING
    assert ProveZero("stage_25", 25.0) in commands


def test_a_plan_that_changed_in_the_middle_keeps_traffic_where_it_is_until_it_is_put_back() -> None:
    changed = after(h.Pinned(("ramp/plan.toml",)), h.Looked("within", 15, 15), ramp=at_stage(0))
    ended, commands = step(changed, h.Concluded("stage_1", "CONTINUE"))
    assert (ended.index, commands) == (0, ())
    assert step(ended, h.Pinned(()))[1] == (Conclude("stage_1"),)


def asked(commands: tuple) -> list[AskSignOff]:
    return [each for each in commands if isinstance(each, AskSignOff)]


def test_a_hold_at_the_end_of_a_stage_asks_for_a_sign_off_and_goes_on_by_it_once_its_end_is_judged_again() -> None:
    ramp, commands = step(at_stage(3, Phase.ENDING), h.Concluded("stage_50", "HOLD", "markup is YELLOW"))
    assert asked(commands) == [AskSignOff("stage_50", ("GATE",), "")]
    ramp, commands = step(ramp, h.SignedOff("stage_50", "K7M4QX", "CEO", ("GATE",), "1.2"))
    assert [type(each) for each in commands] == [Answer, Conclude]
    assert "the weight moves to 100 %" in commands[0].what  # type: ignore[union-attr]
    ramp, commands = step(ramp, h.Concluded("stage_50", "CONTINUE"))
    assert commands == (SetWeight("stage_100", 50, 100),)
    ramp, commands = step(ramp, h.WeightRead(100.0))
    assert commands == (Answer("K7M4QX", "the canary's weight is 100 % now"), AwaitShare("stage_100", 50, 100))
    assert ramp.signed == ""


def test_what_is_to_be_said_of_a_weight_that_was_set_is_told_and_answered_and_stops_nothing() -> None:
    """Also that somebody else set it, or that nobody has yet."""
    said = "stage_25, 25 %: it is set, and that the canary can carry it is unproven"
    setting = replace(at_stage(2, Phase.SETTING), weight_pct=10.0, signed="K7M4QX")
    ramp, commands = step(setting, h.WeightRead(25.0, "it is set, and that the canary can carry it is unproven"))
    assert commands == (Answer("K7M4QX", said), Tell(said), AwaitShare("stage_25", 10, 25))
    assert (ramp.phase, ramp.blocks) == (Phase.OBSERVING, frozenset())


def test_a_look_that_is_worse_after_the_sign_off_keeps_traffic_where_it_is_and_asks_anew() -> None:
    ramp = after(h.SignedOff("stage_50", "K7M4QX", "CEO", ("GATE",), "1.2"), h.Looked("holds", 31, 31),
                 ramp=replace(at_stage(3, Phase.ENDING, Block.GATE), concluding=False))  # fmt: skip
    ramp, commands = step(ramp, h.Concluded("stage_50", "CONTINUE"))
    assert (ramp.index, commands) == (3, ())
    ramp, commands = step(ramp, h.AskVoided("stage_50", "K7M4QX", "errors is RED"))
    assert commands == (Conclude("stage_50"),)
    assert asked(step(ramp, h.Concluded("stage_50", "HOLD"))[1])


def test_a_sign_off_of_another_moment_changes_nothing() -> None:
    held = replace(at_stage(3, Phase.ENDING, Block.GATE), concluding=False)
    assert step(held, h.SignedOff("stage_25", "K7M4QX", "CEO", ("GATE",), "1.2")) == (held, ())


def test_a_hold_by_one_and_a_go_by_another_is_a_tie_in_either_order_and_only_a_sign_off_breaks_it() -> None:
    go, hold = h.Said(Word.GO, "incident commander"), h.Said(Word.HOLD, "SRE lead")
    for events in ((go, hold), (hold, go)):
        ramp, commands = step(after(events[0], ramp=at_stage(1)), events[1])
        assert asked(commands) == [AskSignOff("stage_10", ("WORD",), "SRE lead said HOLD, incident commander said GO")]
        assert ramp.blocks == {Block.WORD}
        ramp = after(h.Looked("within", 15, 15), ramp=ramp)
        assert step(ramp, h.Concluded("stage_10", "CONTINUE"))[1] == ()
        assert after(h.SignedOff("stage_10", "K7M4QX", "CEO", ("WORD",), "1.2"), ramp=ramp).blocks == set()


def test_who_said_hold_takes_it_back_with_go_and_nobody_else_does() -> None:
    held = after(h.Said(Word.HOLD, "SRE lead"), ramp=at_stage(1))
    assert after(h.Said(Word.GO, "SRE lead"), ramp=held).blocks == set()
    assert after(h.Said(Word.GO, "incident commander"), ramp=held).blocks == {Block.WORD}


def test_a_tie_that_nobody_breaks_pages_the_ceo() -> None:
    tied = after(h.Said(Word.HOLD, "SRE lead"), h.Said(Word.GO, "incident commander"), ramp=at_stage(1))
    (page,) = step(tied, h.Unanswered("stage_10", "K7M4QX"))[1]
    assert isinstance(page, Page)
    assert page.roles == ("ceo",)


def test_a_changed_plan_is_asked_about_once_and_a_sign_off_that_names_it_goes_on() -> None:
    changed, commands = step(at_stage(1), h.Pinned(("plan",)))
    assert asked(commands) == [AskSignOff("stage_10", ("PINS",), "")]
    assert asked(step(changed, h.Pinned(("plan",)))[1]) == []
    assert after(h.SignedOff("stage_10", "K7M4QX", "CEO", ("PINS",), "1.2"), ramp=changed).blocks == set()


def test_threads_that_cannot_be_read_are_paged_once_until_they_can() -> None:
    deaf, commands = step(at_stage(1), h.Listened(False, "it is down"))
    assert [type(each) for each in commands] == [Page]
    assert step(deaf, h.Listened(False, "it is down"))[1] == ()
    assert step(after(h.Listened(True), ramp=deaf), h.Listened(False))[1] != ()


def test_a_sign_off_while_somebody_holds_is_told_that_traffic_stays_and_goes_on_once_hold_is_taken_back() -> None:
    held = replace(at_stage(3, Phase.ENDING, Block.GATE, Block.WORD), concluding=False, holders=frozenset({"SRE lead"}))
    ramp, (answer,) = step(held, h.SignedOff("stage_50", "K7M4QX", "CEO", ("GATE",), "1.2"))
    assert answer == Answer("K7M4QX", "accepted, CEO: traffic stays where it is all the same: SRE lead said HOLD")
    assert step(ramp, h.Said(Word.GO, "SRE lead"))[1] == (Conclude("stage_50"),)


STABLE = at_stage(5)


def test_once_100_is_concluded_the_stable_hours_are_held_without_setting_or_seeing_anything_anew() -> None:
    ramp, (told,) = step(at_stage(4, Phase.ENDING), h.Concluded("stage_100", "CONTINUE"))
    assert (ramp.phase, ramp.moment, ramp.stage) == (Phase.HOLDING, "post_success", "stage_100")
    assert isinstance(told, Tell)
    ramp, commands = step(ramp, h.Looked("within", 30, 30))
    assert commands == (Conclude("post_success"),)
    assert after(h.Concluded("post_success", "CONTINUE"), ramp=ramp).phase is Phase.DONE


def test_what_breaks_in_the_stable_hours_is_told_as_their_new_beginning_and_nowhere_else() -> None:
    (told,) = step(STABLE, h.Broken("09:14Z: errors is RED"))[1]
    assert told == Tell("the 0.5 hours at 100 % begin anew: 09:14Z: errors is RED")
    assert step(at_stage(4), h.Broken("09:14Z: errors is RED"))[1] == ()


def test_a_trigger_in_the_stable_hours_rolls_back_at_100_percent() -> None:
    ramp, (back,) = step(STABLE, h.Looked("rollback", 10, 10, "F4 fired"))
    assert back == RollBack("stage_100", "F4 fired", 1, 100)
    assert VoidPayments("stage_100", "F4 fired") in step(after(h.RollbackRan(True), ramp=ramp), h.ZeroMeasured(True))[1]


def test_nobody_is_asked_to_sign_for_hours_that_were_not_stable() -> None:
    ramp, commands = step(replace(STABLE, phase=Phase.ENDING, concluding=True), h.Concluded("post_success", "HOLD"))
    assert (ramp.blocks, commands) == ({Block.GATE}, ())


def test_a_conductor_that_comes_back_in_the_stable_hours_sees_the_share_of_100_percent_again() -> None:
    ramp, commands = step(STABLE, h.Opened(100.0))
    assert (ramp.phase, commands) == (Phase.OBSERVING, (AwaitShare("post_success", 50, 100),))


def test_a_card_that_is_not_heard_is_paged_once_keeps_traffic_and_is_over_with_the_next_that_is() -> None:
    unheard, (page,) = step(at_stage(3), h.Unheard("#ship-room did not take the card of 09:14Z"))
    assert isinstance(page, Page)
    assert (page.roles, page.cause) == (("incident_commander",), "cadence")
    assert step(unheard, h.Unheard("nor that of 09:15Z"))[1] == ()
    held = after(h.Looked("within", 30, 30), h.Concluded("stage_50", "CONTINUE"), ramp=unheard)
    assert (held.index, held.blocks) == (3, {Block.CARDS})
    assert step(held, h.Unheard(""))[1] == (EndIncident("stage_50", "cadence"), Conclude("stage_50"))
    assert step(unheard, h.Unheard(""))[0].unheard == "" != unheard.unheard


def test_what_is_confirmed_before_t0_is_concluded_in_order_and_sets_no_weight() -> None:
    begun = Ramp(course=COURSE, before=("go_plus_30", "go_plus_60", "t_minus_10"), index=-3)
    ramp, commands = step(begun, h.Opened(0.0))
    for moment in ("go_plus_30", "go_plus_60"):
        assert (ramp.moment, ramp.is_out, commands) == (moment, False, (Conclude(moment),))
        ramp, commands = step(ramp, h.Concluded(moment, "CONTINUE"))
    assert commands == (Conclude("t_minus_10"),)
    assert step(ramp, h.Concluded("t_minus_10", "CONTINUE"))[1] == (SetWeight("stage_1", 0, 1),)
    held, commands = step(begun, h.Opened(0.0))
    assert step(held, h.Concluded("go_plus_30", "HOLD"))[0].moment == "go_plus_30"
