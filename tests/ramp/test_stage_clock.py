"""The clock of a stage stands while a gate is RED, whatever recovers before the hold is over."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ramp.decision import Action, decide
from ramp.finding import Finding, Told
from ramp.reconciliation import FINDINGS, TOTALS
from ramp.replay import replay
from ramp.stage_clock import StageClock
from ramp.verdict import Colour, Words

SOUND = dict.fromkeys((*TOTALS, *FINDINGS.values()), 0)


def orphans(first, last):
    """At the processor there is a payment of which the ledger knows nothing, in these minutes."""
    return SOUND | {"payments_orphan": lambda minute: float(first <= minute <= last)}


def test_a_sound_stage_is_held_for_as_long_as_it_lasts(ramp_of, judged_of):
    """The clock is the plan's."""
    assert judged_of(ramp_of("stage_10", 15)).held_min == 15


def test_minutes_in_which_a_gate_was_red_do_not_count(plan, ramp_of, judged_of):
    """Two looks are RED: a hold that is GREEN at its planned end is unfinished, and says why."""
    seen = ramp_of("stage_1", 15, canary=orphans(4, 5))
    end = judged_of(seen, of=("payments",))
    decision = decide(plan, "stage_1", end.verdicts(), end.held_min, required=("payments",))

    assert (end.findings["payments"].colour, end.held_min) == (Colour.GREEN, 12)
    assert decision.action is replay(plan, seen, ("payments",)).decision is Action.HOLD
    assert "the hold is unfinished: 12 of 15 min, and minutes with a RED gate do not count" in decision.reason


def test_a_hold_goes_on_until_its_clock_is_full(plan, ramp_of, judged_of):
    """Three minutes more, and nothing RED in them."""
    end = judged_of(ramp_of("stage_1", 18, canary=orphans(4, 5)), of=("payments",))

    assert decide(plan, "stage_1", end.verdicts(), end.held_min, required=("payments",)).action is Action.CONTINUE


def test_a_stage_begins_with_a_clock_of_its_own(ramp_of, judged_of):
    """What stood in the stage before does not count here."""
    before = ramp_of("stage_1", 15, canary=orphans(1, 99))
    seen = ramp_of("stage_10", 5, canary=orphans(0, 0), after=before)

    assert judged_of(before, of=("payments",)).held_min == 0
    assert judged_of(seen, of=("payments",)).held_min == 5


@given(st.lists(st.sampled_from(list(Colour)), min_size=1, max_size=30))
def test_it_runs_between_looks_of_which_none_is_red(ramp_of, judged_of, colours):
    """And from the stage's beginning to a first look that is not."""
    view, clock = judged_of(ramp_of("stage_1", 1), of=()).view, StageClock()
    for minute, colour in enumerate(colours, start=1):
        at = view.start + timedelta(minutes=minute)
        finding = Finding("errors", "stage_1", at, colour, Told(Words(why="")))
        stood_min = clock.look(replace(view, as_of=at), [finding])

    both = zip([Colour.GREEN, *colours], colours, strict=False)
    assert stood_min == sum(Colour.RED in pair for pair in both)
