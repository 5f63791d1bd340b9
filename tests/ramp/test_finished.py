"""A release that is over: its stages by the clock, and counters that go on where the placebo hour's had got to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.finished import OnTop, begun, minutes, parse
from ramp.observation import SLICES
from ramp.validation import Invalid

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
COUNTS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 1000).map(float))


def after(minute):
    return T0 + timedelta(minutes=minute)


def test_stages_are_held_as_the_plan_says_unless_it_is_told_when_they_began(plan):
    began = begun(plan, T0, {"stage_25": after(40)})
    seen = [(minute.at, minute.stage.id) for minute in minutes(plan, began, after(100))]
    first = {id: at for at, id in reversed(seen)}
    assert len(seen) == 100 and first["stage_1"] == after(1) and first["stage_10"] == after(16)
    assert first["stage_25"] == after(41) and first["stage_50"] == after(56) and first["stage_100"] == after(86)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"stage_11": 20}, "Did you mean 'stage_1'?"),
        ({"stage_25": 10}, "stages begin one after the other"),
        ({"stage_1": 5}, "the first at --from"),
    ],
)
def test_stages_in_another_order_are_refused(plan, told, says):
    with pytest.raises(Invalid, match=says.replace("?", r"\?")):
        begun(plan, T0, {id: after(minute) for id, minute in told.items()})


@given(reached=COUNTS, base=COUNTS, grew=COUNTS)
def test_what_had_been_counted_before_is_no_growth_and_nothing_falls(reached, base, grew):
    def of(counts):
        return {slice: {"errors": counts.get("a", 0.0), "latency_s": counts} for slice in SLICES}

    on_top = OnTop(of(reached))
    now = {label: base.get(label, 0.0) + grew.get(label, 0.0) for label in {**base, **grew}}
    first, last = (on_top.counters("canary", of(counts)["canary"]) for counts in (base, now))
    assert last["errors"] - first["errors"] == pytest.approx(grew.get("a", 0.0))
    assert first["errors"] == reached.get("a", 0.0)
    for label, count in now.items():
        assert last["latency_s"][label] == pytest.approx(reached.get(label, 0.0) + count - base.get(label, 0.0))


def test_what_is_seen_later_than_the_change_goes_on_from_when_it_is_seen():
    """A million that were counted before would be the growth of one minute."""
    on_top = OnTop({slice: {"requests": 500.0} for slice in SLICES})
    assert on_top.counters("control", {}) == {}
    assert on_top.counters("control", {"requests": 1e6}) == {"requests": 500.0}
    assert on_top.counters("control", {"requests": 1e6 + 7, "users": 3.0}) == {"requests": 507.0, "users": 0.0}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no [real.prometheus]"),
        ("real = 3", "has no [real.prometheus]"),
        ('[real.prometheus]\nurl = "x"\nsignals = { users = "a{slice}" }', "real.prometheus.url = 'x'"),
        ('[real.prometheus]\nurl = "http://x"\n', "real.prometheus.signals: is missing"),
        ("[real", "is not TOML"),
    ],
)
def test_a_file_without_what_history_needs_is_said_in_one_line(text, says):
    with pytest.raises(Invalid) as invalid:
        parse(text, "release.toml")
    assert says in str(invalid.value)
