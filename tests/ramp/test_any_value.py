"""Whatever is written into a plan or a release file either loads or is refused in sentences."""

import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from toml_text import toml_of

from ramp import directive
from ramp import release as releases
from ramp.validation import Invalid, read_toml

PROJECT = Path(__file__).parents[2]
PLAN = tomllib.loads((PROJECT / "ramp" / "plan.toml").read_text("utf-8"))
REAL = """
edge_url = "http://127.0.0.1:9"
scrapes = [{ url = "http://127.0.0.1:9/metrics" }, { url = "http://127.0.0.1:9/canary", slice = "canary" }]
series = { users = "app_users" }
logs = [{ path = "canary.log", slice = "canary" }]
load = { arrivals_per_s_max = 500 }
caps = { url = "http://127.0.0.1:9/caps" }
restore = { argv = ["drill"], timeout_s = 60 }
"""
LIVE = {
    "opens_at_utc": datetime(2026, 11, 24, 7, tzinfo=UTC),
    "closes_at_utc": datetime(2026, 11, 24, 9, tzinfo=UTC),
    "customer": "cus_Q1x2",
    "payment_method": "pm_1Qx2",
}
RELEASE = tomllib.loads((PROJECT / "release.toml").read_text("utf-8")) | {
    "target": "real",
    "real": tomllib.loads(REAL),
    "live": LIVE,
}

plain = st.one_of(
    st.booleans(),
    st.integers(-3, 130),
    st.integers(),
    st.floats(),
    st.sampled_from([1e308, -0.0, 10**30, "", " ", "0.5", "\x00", "http://[::1", "http://h:99999", "stage_1", "E3"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.datetimes(timezones=st.sampled_from([UTC, None])),
    st.just(date(1, 1, 1)),
    st.just(time(1)),
)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner)
)


def paths_of(table, so_far=()):
    """Every place in `table`, from the outside in."""
    for key, value in table.items() if isinstance(table, dict) else enumerate(table):
        yield (*so_far, key)
        if isinstance(value, dict | list):
            yield from paths_of(value, (*so_far, key))


def changed(table, path, value):
    """A copy of `table` with `value` at `path`."""
    first, *rest = path
    copied = dict(table) if isinstance(table, dict) else list(table)
    copied[first] = changed(table[first], rest, value) if rest else value
    return copied


def loads_or_says_why(parse, text):
    try:
        parse(text)
    except Invalid as refused:
        problems = refused.problems
    else:
        return
    assert problems
    assert all(problem.isprintable() and 0 < len(problem) < 1100 for problem in problems)


@given(st.sampled_from(list(paths_of(PLAN))), values)
@example(("gates", "latency", "limit_s"), True)
@example(("moments", 3, "hold_min"), 1e308)
@example(("moments",), [])
def test_any_value_anywhere_in_the_plan_loads_or_is_refused_in_sentences(path, value):
    loads_or_says_why(directive.parse, toml_of(changed(PLAN, path, value)))


@given(st.sampled_from(list(paths_of(RELEASE))), values)
@example(("go_at_utc",), datetime(1, 1, 1, tzinfo=UTC))
@example(("real", "restore", "argv"), ["\x00"])
@example(("real", "caps"), [])
@example(("real", "edge_url"), "http://[127.0.0.1]:1")
def test_any_value_anywhere_in_the_release_file_loads_or_is_refused_in_sentences(plan, path, value):
    def parse(text):
        releases.parse(text, "release.toml", plan, ["t_minus_10", "go_plus_30"])

    loads_or_says_why(parse, toml_of(changed(RELEASE, path, value)))


@given(st.sampled_from(["id", "source", "serves", "moments", "no_grade"]), st.text(max_size=2000))
def test_a_name_in_the_plan_may_be_anything_and_is_told_on_one_line(key, name):
    """Line breaks, other scripts, two thousand letters."""
    name = name.encode("utf-8", "ignore").decode()
    path = next(path for path in paths_of(PLAN) if path[-1] == key)

    loads_or_says_why(directive.parse, toml_of(changed(PLAN, path, name if key in ("id", "source") else [name])))


@pytest.mark.parametrize("value", [f"0x{'f' * 9000}", "9" * 5000, "[" * 5000, "2026-13-01"])
def test_a_value_that_cannot_be_read_is_refused_in_sentences(value):
    """Numbers of thousands of digits, brackets without an end."""
    for text in (f"a = {value}", f"version = {value}", f"[[moments]]\ntraffic_pct = {value}"):
        loads_or_says_why(directive.parse, text)
        with pytest.raises(Invalid):
            directive.parse(text)


def test_both_files_are_whole_before_anything_is_changed(plan):
    assert directive.parse(toml_of(PLAN)) == plan
    assert releases.parse(toml_of(RELEASE), "release.toml", plan, ["t_minus_10", "go_plus_30"]).real
    assert read_toml(toml_of(RELEASE), "release.toml") == RELEASE
