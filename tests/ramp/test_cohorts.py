"""Users count once, by the slice that they met first, and never by the suite's own traffic."""

from hypothesis import given
from hypothesis import strategies as st

from ramp.cohorts import UserDay, cohorts, days_of, difference, difference_of_shares, mean, share, wrong_with

SLICES = st.sampled_from(["canary", "control"])


def row(line, user="a", slice="canary", day=1, traffic="user", paid=False, revenue=0, cost=0):
    steps = (True, paid)
    return UserDay(
        line=line, user=user, slice=slice, traffic=traffic, day=day, steps=steps, revenue_cents=revenue, cost_cents=cost
    )


BOTH = [row(2, paid=True, revenue=1900, cost=100), row(3, "b", "control", cost=90)]


def test_what_a_user_does_on_several_days_is_of_one_user():
    rows = [*BOTH, row(4, day=2, revenue=100, cost=50), row(5, "b", "control", 2, paid=True)]
    found = cohorts(rows)
    assert wrong_with(rows) == [] and days_of(rows) == 2
    assert (found["canary"].users, found["canary"].revenue_cents, found["canary"].cost_cents) == (1, (2000,), (150,))
    assert found["control"].steps == (1, 1)
    assert (found["canary"].whole, cohorts(rows[:-1])["control"].whole) == (1, 0)
    assert found["canary"].markup == 2000 / 150 and found["control"].markup == 0


def test_a_user_twice_on_a_day_or_in_two_slices_is_refused_by_line():
    assert wrong_with([*BOTH, row(4)]) == ["line 4: has the user of line 2 a second time for day 1."]
    moved = [*BOTH, row(4, "b", "canary", 2), row(5, "c", "control", 2)]
    assert wrong_with(moved) == ["line 4: has a user in canary who met control first."]


def test_a_day_without_one_of_the_slices_is_refused():
    assert wrong_with([*BOTH, row(4, day=3)]) == [
        "day 2 has no user of canary.", "day 2 has no user of control.", "day 3 has no user of control.",
    ]  # fmt: skip
    assert wrong_with([row(2, traffic="load")]) == ["holds no row of a user."]


@given(ours=st.lists(st.tuples(st.sampled_from(["probe", "load"]), SLICES, st.integers(1, 7)), max_size=20))
def test_probes_and_load_change_nothing(ours):
    more = [row(10 + i, f"w{i}", slice, day, traffic, True, 10**6, 1) for i, (traffic, slice, day) in enumerate(ours)]
    assert wrong_with([*BOTH, *more]) == [] and days_of([*BOTH, *more]) == 1
    assert cohorts([*BOTH, *more]) == cohorts(BOTH)


MANY = st.lists(st.integers(-(10**6), 10**6), min_size=30, max_size=60)


@given(MANY, MANY)
def test_an_interval_holds_its_value_and_a_difference_turns_with_its_sides(ones, others):
    there, back = difference(ones, others), difference(others, ones)
    for each in (mean(ones), there, share(1, len(ones))):
        assert each.low <= each.value <= each.high
    assert (there.value, there.low) == (-back.value, -back.high)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=29), MANY)
def test_of_few_users_no_mean_has_an_interval_and_no_difference_is_one(few, many):
    for each in (mean(few), difference(few, many), difference(many, few)):
        assert (each.low, each.high, each.is_apart) == (None, None, False)


def test_shares_differ_by_newcombes_interval():
    """His first example (Statistics in Medicine 17, 1998, method 10)."""
    found = difference_of_shares((56, 70), (48, 80))
    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)


@given(st.integers(1, 3), st.integers(1, 3))
def test_all_of_three_users_against_none_of_three_is_no_certainty(n, m):
    found = difference_of_shares((n, n), (0, m))
    assert found.value == 1 and found.low < 0.5
    assert not difference_of_shares((1, 1), (0, 1)).is_apart
