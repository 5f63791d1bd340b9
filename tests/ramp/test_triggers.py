"""When a breach has lasted: looks, recovery and gaps."""

from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from conduct.run import load_plan
from ramp.triggers import Persistence, projected, spillover

PLAN = load_plan()
T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)


BREACH, WITHIN, NOTHING = True, False, None
kinds_of_looks = st.lists(st.sampled_from([BREACH, WITHIN, NOTHING]), max_size=60)


def lasted(kinds):
    looks = ((T0 + timedelta(minutes=n), breach) for n, breach in enumerate(kinds))
    return reduce(lambda so_far, look: so_far.then(PLAN, *look), looks, Persistence())


def test_fifteen_looks_and_no_fewer():
    """14 minutes are a warning, 15 are F1."""
    assert lasted([BREACH] * 14).persisted_at is None
    assert lasted([BREACH] * 15).persisted_at == T0 + timedelta(minutes=14)


def test_recovery_resets():
    """14 bad minutes, one good one, 14 bad ones: never 15 in a row."""
    assert lasted([*[BREACH] * 14, WITHIN, *[BREACH] * 14]).persisted_at is None


def test_a_gap_pauses_and_never_resets():
    """Ten minutes without data between two breaches neither help nor hurt."""
    assert lasted([*[BREACH] * 8, *[NOTHING] * 10, *[BREACH] * 7]).persisted_at is not None
    assert lasted([*[BREACH] * 8, *[NOTHING] * 10, *[BREACH] * 6]).persisted_at is None


@given(kinds_of_looks)
def test_it_agrees_with_the_rule_said_another_way(kinds):
    """Without the blind looks, some 15 neighbours are all breaches."""
    sighted = [kind for kind in kinds if kind is not NOTHING]
    runs = "".join("x" if kind is BREACH else "." for kind in sighted)

    assert (lasted(kinds).persisted_at is not None) == ("x" * 15 in runs)


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
