"""When a breach has lasted: looks, recovery and gaps."""

from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from conduct.run import load_plan
from ramp.triggers import Look, Persistence, Seen, projected, spillover

PLAN = load_plan()
T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)


def looks(kinds):
    return [Look(at=T0 + timedelta(minutes=n), seen=seen) for n, seen in enumerate(kinds)]


def lasted(kinds):
    return reduce(lambda so_far, look: so_far.then(PLAN, look), looks(kinds), Persistence())


def test_fifteen_looks_and_no_fewer():
    """14 minutes are a warning, 15 are F1."""
    assert lasted([Seen.BREACH] * 14).persisted_at is None
    assert lasted([Seen.BREACH] * 15).persisted_at == T0 + timedelta(minutes=14)


def test_recovery_resets():
    """14 bad minutes, one good one, 14 bad ones: never 15 in a row."""
    assert lasted([*[Seen.BREACH] * 14, Seen.WITHIN, *[Seen.BREACH] * 14]).persisted_at is None


def test_a_gap_pauses_and_never_resets():
    """Ten minutes without data between two breaches neither help nor hurt."""
    assert lasted([*[Seen.BREACH] * 8, *[Seen.NOTHING] * 10, *[Seen.BREACH] * 7]).persisted_at is not None
    assert lasted([*[Seen.BREACH] * 8, *[Seen.NOTHING] * 10, *[Seen.BREACH] * 6]).persisted_at is None


@given(st.lists(st.sampled_from(list(Seen)), max_size=60))
def test_it_agrees_with_the_rule_said_another_way(kinds):
    """Without the blind looks, some 15 neighbours are all breaches."""
    sighted = [kind for kind in kinds if kind is not Seen.NOTHING]
    runs = "".join("x" if kind is Seen.BREACH else "." for kind in sighted)

    assert (lasted(kinds).persisted_at is not None) == ("x" * 15 in runs)


@given(st.lists(st.sampled_from(list(Seen)), max_size=60))
def test_a_gap_may_hide_a_breach_that_persisted(kinds):
    """Wherever a breach at each blind look would make 15 neighbours; nowhere else, and wherever one did persist."""
    runs = "".join("." if kind is Seen.WITHIN else "x" for kind in kinds)
    doubt = lasted(kinds).may_have_persisted_at

    assert (doubt is not None) == ("x" * 15 in runs)
    assert lasted(kinds).persisted_at is None or doubt is not None or Seen.NOTHING in kinds


def test_the_latest_persistent_breach_is_told():
    """A first one, long over, does not hide the second."""
    kinds = [*[Seen.BREACH] * 15, Seen.WITHIN, *[Seen.BREACH] * 16, Seen.WITHIN]

    assert lasted(kinds).persisted_at == T0 + timedelta(minutes=31)


def test_blind_minutes_count_back_from_the_last_look():
    """Only the present blindness counts."""
    assert lasted([Seen.NOTHING, Seen.WITHIN, Seen.NOTHING, Seen.NOTHING]).blind_min == 2


def test_spillover_is_a_second_measure_or_a_trend_over_100_percent():
    """One measure over 80 % alone is no spillover."""
    assert spillover({"CPU": 0.9, "IO": 0.2}, {"CPU": 0.95, "IO": 0.2}, 0.8) is None
    assert "both above" in spillover({"CPU": 0.9, "IO": 0.81}, {}, 0.8)
    assert "crosses 100 %" in spillover({"CPU": 0.9, "IO": 0.2}, {"CPU": 1.01}, 0.8)


def test_a_trend_is_carried_on_in_a_straight_line():
    """0.5 at minute 0 and 0.6 at minute 10 are 0.8 at minute 30."""
    assert abs(projected([(0, 0.5), (10, 0.6)], 30) - 0.8) < 1e-9
    assert projected([(3, 0.7)], 30) == 0.7
