"""When a breach has lasted: looks, recovery and gaps."""

import re
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conduct.run import load_plan
from ramp.triggers import Persistence, projected, spillover

PLAN = load_plan()
T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)


BREACH, WITHIN, NOTHING = True, False, None
# Of one kind for a while: what persists and what is joined are both likely.
kinds_of_looks = st.lists(
    st.tuples(st.sampled_from([BREACH, WITHIN, NOTHING]), st.integers(1, 9) | st.integers(1, 3)), max_size=20
).map(lambda spells: [kind for kind, looks in spells for _ in range(looks)])


def within(at):
    return Persistence().then(PLAN, at, WITHIN)


def lasted(kinds):
    looks = ((T0 + timedelta(minutes=n), breach) for n, breach in enumerate(kinds))
    return reduce(lambda so_far, look: so_far.then(PLAN, *look), looks, Persistence())


def test_fifteen_looks_and_no_fewer():
    """14 minutes are a warning, 15 are F1, of one look a minute."""
    assert lasted([BREACH] * 14).persisted_at is None
    assert lasted([BREACH] * 15).persisted_at == T0 + timedelta(minutes=14)


@pytest.mark.parametrize(("every_s", "fires_after_min"), [(15, 15), (30, 15), (45, 15), (60, 15), (90, 16), (120, 15)])
def test_a_breach_is_as_long_as_it_is_however_often_is_looked(every_s, fires_after_min):
    """15 minutes, and where no look falls on their end, the next: not 15 looks."""
    looks = [(T0 + timedelta(seconds=every_s * n), BREACH) for n in range(1, 100)]
    states = accumulate(looks, lambda so_far, look: so_far.then(PLAN, *look), initial=within(T0))
    fired_at = next(state.persisted_at for state in states if state.persisted_at)
    first_min = min(every_s / 60, 1)  # what the first look stands for

    assert (fired_at - looks[0][0]) / timedelta(minutes=1) + first_min == fires_after_min


def test_eight_minutes_are_eight_at_every_cadence():
    """Sixteen looks at 30 s are no 15 minutes."""
    looks = ((T0 + timedelta(seconds=30 * n), BREACH) for n in range(1, 17))
    state = reduce(lambda so_far, look: so_far.then(PLAN, *look), looks, within(T0))

    assert (state.breach_min, state.persisted_at, state.may_have_persisted_at) == (8, None, None)


def test_nobody_knows_of_minutes_at_which_nobody_looked():
    """Two looks in breach, 20 minutes apart, are two minutes of it and perhaps 21."""
    state = reduce(
        lambda so_far, look: so_far.then(PLAN, *look),
        [(T0 + timedelta(minutes=1), BREACH), (T0 + timedelta(minutes=21), BREACH)],
        within(T0),
    )

    assert (state.breach_min, state.persisted_at) == (2, None)
    assert state.may_have_persisted_at == T0 + timedelta(minutes=21)


@given(st.lists(st.tuples(st.integers(1, 8), st.sampled_from([BREACH, WITHIN, NOTHING])), max_size=80))
def test_what_is_proven_is_never_more_than_what_may_have_been(gaps_and_kinds):
    """At any mixture of cadences, and a breach cannot be older than the last look within the limit."""
    at, state, within_at = T0, within(T0), T0
    for quarters, kind in gaps_and_kinds:
        at += timedelta(seconds=15 * quarters)
        state = state.then(PLAN, at, kind)
        within_at = at if kind is WITHIN else within_at

        assert state.breach_min <= state.doubtful_min + 1e-9 <= (at - within_at) / timedelta(minutes=1) + 2e-9
        assert state.persisted_at != at or state.may_have_persisted_at == at


def test_recovery_resets():
    """14 bad minutes, one good one, 14 bad ones: never 15 in a row."""
    assert lasted([*[BREACH] * 14, WITHIN, *[BREACH] * 14]).persisted_at is None


def test_a_long_gap_pauses_and_never_resets():
    """Ten minutes without data between two breaches neither help nor hurt."""
    assert lasted([*[BREACH] * 8, *[NOTHING] * 10, *[BREACH] * 7]).persisted_at is not None
    assert lasted([*[BREACH] * 8, *[NOTHING] * 10, *[BREACH] * 6]).persisted_at is None


@pytest.mark.parametrize(
    ("kinds", "persists"),
    [
        ([*[BREACH] * 6, *[NOTHING] * 3, *[BREACH] * 6], True),  # all of it is in the window of a look in breach
        ([*[BREACH] * 6, *[NOTHING] * 4, *[BREACH] * 6], False),
        ([WITHIN, NOTHING, *[BREACH] * 14], True),  # a breach looks back to the last look that saw there was none
        ([NOTHING, *[BREACH] * 14], False),
        ([*[BREACH] * 14, NOTHING], False),  # it must be seen now
        ([*[BREACH] * 8, NOTHING, WITHIN, NOTHING, *[BREACH] * 6], False),
    ],
)
def test_a_short_gap_is_what_the_look_after_it_sees(kinds, persists):
    """Where looks on both sides of it see something and are less than a window apart, the breach goes on."""
    assert (lasted(kinds).persisted_at is not None) is persists


@given(first=st.integers(2, 12), left_out=st.integers(1, 3))
def test_looks_that_nobody_took_are_like_looks_that_saw_nothing(first, left_out):
    """Lines taken out of a recording within a breach do not make it shorter."""
    looks = [(T0 + timedelta(minutes=n), BREACH) for n in range(1, 16) if not first <= n < first + left_out]
    state = reduce(lambda so_far, look: so_far.then(PLAN, *look), looks, within(T0))

    assert state.persisted_at == T0 + timedelta(minutes=15)


@given(kinds_of_looks)
def test_it_agrees_with_the_rule_said_another_way(kinds):
    """Once short gaps before a breach are filled in and all other blind looks left out, some 15 neighbours are all
    breaches."""
    told = "".join({BREACH: "x", WITHIN: ".", NOTHING: "?"}[kind] for kind in kinds)
    filled = re.sub(r"(?<=[x.])\?{1,3}(?=x)", lambda gap: "x" * len(gap[0]), told)

    assert (lasted(kinds).persisted_at is not None) == ("x" * 15 in filled.replace("?", ""))


@given(kinds_of_looks)
def test_a_gap_may_hide_a_breach_that_persisted(kinds):
    """Wherever a breach at each blind look would make 15 neighbours; nowhere else, and wherever one did persist."""
    runs = "".join("." if kind is WITHIN else "x" for kind in kinds)
    doubt = lasted(kinds).may_have_persisted_at

    assert (doubt is not None) == ("x" * 15 in runs)
    assert lasted(kinds).persisted_at is None or doubt is not None or NOTHING in kinds


def test_the_latest_persistent_breach_is_told():
    """A first one, long over, does not hide the second."""
    kinds = [*[BREACH] * 15, WITHIN, *[BREACH] * 16, WITHIN]

    assert lasted(kinds).persisted_at == T0 + timedelta(minutes=31)


def test_blind_minutes_count_back_from_the_last_look():
    """Only the present blindness counts."""
    assert lasted([NOTHING, WITHIN, NOTHING, NOTHING]).blind_min == 2


def test_spillover_is_a_second_measure_or_a_trend_over_100_percent():
    """One measure over 80 % alone is no spillover."""
    assert spillover({"CPU": 0.9, "IO": 0.2}, {"CPU": 0.95, "IO": 0.2}, 0.8) is None
    assert "both above" in spillover({"CPU": 0.9, "IO": 0.81}, {}, 0.8)
    assert "crosses 100 %" in spillover({"CPU": 0.9, "IO": 0.2}, {"CPU": 1.01}, 0.8)


def test_a_trend_is_carried_on_in_a_straight_line():
    """0.5 at minute 0 and 0.6 at minute 10 are 0.8 at minute 30."""
    assert abs(projected([(0, 0.5), (10, 0.6)], 30) - 0.8) < 1e-9
    assert projected([(3, 0.7)], 30) == 0.7
