"""Counters unrolled: whatever a source says, in whatever order labels come and go, totals never fall."""

from hypothesis import given
from hypothesis import strategies as st

from ramp.unrolling import Unrolling

counts = st.integers(0, 20)
labelled = st.dictionaries(st.sampled_from("abc"), counts, max_size=3)
looks = st.lists(
    st.fixed_dictionaries({}, optional={"plain": counts, "other": counts, "by label": labelled}), max_size=12
)


def unrolled(*looks, together=()):
    """What is made of the last of `looks`, after all of the others."""
    unrolling = Unrolling(together)
    for look in looks:
        totals, lacking = unrolling.read(look)
    return totals, lacking


@given(looks)
def test_no_total_ever_falls(looks):
    unrolling, reached = Unrolling([{"plain", "other"}]), {}
    for look in looks:
        totals, _ = unrolling.read(look)
        assert totals.keys() == look.keys()
        for name, total in totals.items():
            of = total if isinstance(total, dict) else {"": total}
            assert all(of[label] >= before for label, before in reached.get(name, {}).items())
            reached[name] = of


@given(st.lists(counts, min_size=1), st.lists(counts, min_size=1))
def test_a_counter_that_never_fell_is_what_it_says_and_after_a_fall_both_lives_count(first, second):
    first, second = sorted(first), sorted(second)
    lives = [{"n": value} for value in first + second]
    fell = second[0] < first[-1]
    assert unrolled(*lives)[0]["n"] == second[-1] + (first[-1] if fell else 0)


def test_what_is_counted_together_begins_anew_together_seen_or_not():
    looks = [{"a": 9, "b": 1, "c": 1}, {"a": 2, "c": 2}, {"a": 3, "b": 4, "c": 3}]
    assert unrolled(*looks, together=[("a", "b")])[0] == {"a": 12, "b": 5, "c": 3}


def test_a_label_that_is_gone_stands_still_and_is_said_until_its_source_begins_anew():
    both, one, less = {"n": {"a": 5, "b": 5}}, {"n": {"a": 9}}, {"n": {"a": 1}}
    assert unrolled(both, one) == ({"n": {"a": 9, "b": 5}}, {"n"})
    assert unrolled(both, one, less) == ({"n": {"a": 10, "b": 5}}, set()), "nothing of what it grew is lost"


def test_a_bucket_that_is_gone_since_a_restart_is_unknown():
    assert unrolled({"s": {"0.1": 5, "+Inf": 6}}, {"s": {"+Inf": 2}}) == ({"s": {"+Inf": 8}}, set())
    assert unrolled({"s": {"0.1": 5, "+Inf": 6}}, {"s": {"0.2": 1, "+Inf": 2}})[0] == {"s": {"0.2": 1, "+Inf": 8}}


def test_a_counter_of_another_kind_is_another_counter():
    assert unrolled({"n": 5}, {"n": {"a": 2}})[0] == {"n": {"a": 2}}
    assert unrolled({"n": {"a": 2}}, {"n": 1})[0] == {"n": 1}
