"""Mistakes that a conductor, its hold's clock or its outlook could have are each seen as a broken invariant."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from ramp import conductor, heard, moves
from ramp import happened as h
from ramp.conducted import Block, Phase, Ramp
from ramp.hold_clock import HoldClock
from ramp.may_rise import Outlook
from ramp.moves import Stepped
from ramp.ordered import AwaitShare, SetWeight
from ramp.verdict import Colour
from tests.simulation import judged
from tests.simulation.judged import JudgedWorld
from tests.simulation.shop import REGRESSIONS
from tests.simulation.world import World

Patch = Callable[[pytest.MonkeyPatch], None]
SEEDS = 400
STEPS = dict(conductor._STEPS)


def stepping(event: type[h.Event], mistaken: Callable[..., Stepped]) -> Patch:
    return lambda patch: patch.setitem(conductor._STEPS, event, mistaken)  # type: ignore[arg-type]


def not_asked_for(ramp: Ramp, event: h.Concluded) -> Stepped:
    is_held = ramp.phase in (Phase.OBSERVING, Phase.HOLDING, Phase.ENDING)
    return STEPS[h.Concluded](replace(ramp, phase=Phase.ENDING, concluding=True) if is_held else ramp, event)


def elapsed_counts(ramp: Ramp, event: h.Looked) -> Stepped:
    return STEPS[h.Looked](ramp, replace(event, held_min=event.elapsed_min))


def hold_goes_on(ramp: Ramp, event: h.Opened) -> Stepped:
    held = ramp.phase in (Phase.HOLDING, Phase.ENDING) and event.weight_pct == ramp.planned_pct
    return (replace(ramp, concluding=False), ()) if held else STEPS[h.Opened](ramp, event)


def share_is_believed(ramp: Ramp, event: h.ShareSeen) -> Stepped:
    return STEPS[h.ShareSeen](ramp, replace(event, follows=True))


def nobody_waits_for_the_share(ramp: Ramp, event: h.WeightRead) -> Stepped:
    ramp, commands = STEPS[h.WeightRead](ramp, event)
    awaits = [each for each in commands if isinstance(each, AwaitShare)]
    return (replace(ramp, phase=Phase.HOLDING), ()) if awaits else (ramp, commands)


def unread_is_passed_over(ramp: Ramp, event: h.WeightRead) -> Stepped:
    return (ramp, ()) if event.weight_pct is None else STEPS[h.WeightRead](ramp, event)


def set_again_after_a_crash(ramp: Ramp, event: h.Opened) -> Stepped:
    again = SetWeight(ramp.moment, moves.previous_pct(ramp), ramp.planned_pct)
    return (ramp, (again,)) if ramp.phase is Phase.SETTING else STEPS[h.Opened](ramp, event)


def trigger_only_holds(ramp: Ramp, event: h.Looked) -> Stepped:
    return STEPS[h.Looked](ramp, replace(event, outlook="holds") if event.outlook == "rollback" else event)


def hold_is_not_heard(ramp: Ramp, event: h.Said) -> Stepped:
    return (ramp, ()) if event.word is h.Word.HOLD else heard.said(ramp, event)


def anybody_takes_a_hold_back(ramp: Ramp, event: h.Said) -> Stepped:
    ramp, commands = heard.said(ramp, event)
    return (replace(ramp, blocks=ramp.blocks - {Block.WORD}) if event.word is h.Word.GO else ramp), commands


def rollback_is_heard_as_hold(ramp: Ramp, event: h.Said) -> Stepped:
    return heard.said(ramp, replace(event, word=h.Word.HOLD) if event.word is h.Word.ROLLBACK else event)


def another_file_is_passed_over(ramp: Ramp, event: h.Pinned) -> Stepped:
    return ramp, ()


def zero_is_taken_as_proven(ramp: Ramp, event: h.ZeroMeasured) -> Stepped:
    return STEPS[h.ZeroMeasured](ramp, replace(event, proven=True))


CONDUCTORS: dict[str, Patch] = {
    "a conclusion that nobody asked for counts": stepping(h.Concluded, not_asked_for),
    "minutes with a RED gate count as held": stepping(h.Looked, elapsed_counts),
    "a hold goes on after a crash": stepping(h.Opened, hold_goes_on),
    "a share is believed that was not seen": stepping(h.ShareSeen, share_is_believed),
    "a stage is held whose share nobody waits for": stepping(h.WeightRead, nobody_waits_for_the_share),
    "a weight that cannot be read is passed over": stepping(h.WeightRead, unread_is_passed_over),
    "a promotion is repeated after a crash": stepping(h.Opened, set_again_after_a_crash),
    "a trigger only holds": stepping(h.Looked, trigger_only_holds),
    "HOLD is not heard": stepping(h.Said, hold_is_not_heard),
    "anybody's GO takes a HOLD back": stepping(h.Said, anybody_takes_a_hold_back),
    "ROLLBACK is heard as HOLD": stepping(h.Said, rollback_is_heard_as_hold),
    "a changed file is passed over": stepping(h.Pinned, another_file_is_passed_over),
    "zero is taken as proven": stepping(h.ZeroMeasured, zero_is_taken_as_proven),
}


def red_counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(HoldClock, "held_min", HoldClock.elapsed_min)


def red_of_another_stage_counts(patch: pytest.MonkeyPatch) -> None:
    of = HoldClock._of
    patch.setattr(HoldClock, "_of", lambda clock, moment: of(clock, "whatever stage"))


def blind_is_within(patch: pytest.MonkeyPatch) -> None:
    of = judged.may_rise
    patch.setattr(judged, "may_rise", lambda plan, seen, by: of(plan, seen, by) if seen else Outlook("within", ""))


def no_data_passes(patch: pytest.MonkeyPatch) -> None:
    _taken_as_green(patch, Colour.NO_DATA)


def red_passes(patch: pytest.MonkeyPatch) -> None:
    _taken_as_green(patch, Colour.RED)


def _taken_as_green(patch: pytest.MonkeyPatch, colour: Colour) -> None:
    of = judged.Looked.wordless

    def wordless(looked):
        green = {"colour": Colour.GREEN, "open_breach": False}
        return {name: replace(each, **green) if each.colour is colour else each for name, each in of(looked).items()}

    patch.setattr(judged.Looked, "wordless", wordless)


def red_for_a_while(seed: int) -> JudgedWorld:
    """At 1 % in minutes 6 to 11, and nothing ever after."""
    world = JudgedWorld(seed, troubled=0.0)
    world.regression, world.bad_from, world.bad_for = REGRESSIONS["errors"], 6.0, 5.0
    return world


def blind_for_a_while(seed: int) -> JudgedWorld:
    world = JudgedWorld(seed, troubled=0.0)
    world.out_from, world.out_for, world.loses_all = 10.0, 20.0, seed % 2 == 0
    return world


LOOKS: dict[str, tuple[Patch, Callable[[int], JudgedWorld]]] = {
    "minutes with a RED gate are taken as held": (red_counts, red_for_a_while),
    "another stage's RED minutes are carried on": (red_of_another_stage_counts, red_for_a_while),
    "a look that saw nothing is within": (blind_is_within, blind_for_a_while),
    "NO DATA passes": (no_data_passes, blind_for_a_while),
    "RED passes": (red_passes, red_for_a_while),
}


def broken(worlds: Iterator[World], most_min: float) -> list[str]:
    """What the first world says that sees anything."""
    for world in worlds:
        if what := [*world.play(most_min).broken, *world.owed()]:
            return what
    return []


@pytest.mark.parametrize("name", CONDUCTORS)
def test_a_conductor_with_one_mistake_breaks_an_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CONDUCTORS[name](monkeypatch)
    assert broken((World(seed) for seed in range(SEEDS)), 300)


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_with_one_mistake_breaks_an_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mistake, world = LOOKS[name]
    assert not broken((world(seed) for seed in range(2)), 70)
    mistake(monkeypatch)
    assert broken((world(seed) for seed in range(6)), 70)
