"""What a release file may ask a server for: selectors of one slice each, and expressions that read the present."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.prometheus_rows import Prometheus
from ramp.promql import Selector, selectors_in
from ramp.validation import Invalid, typed

REQUESTS = 'http_requests_total{app="shop", track="{slice}"}'


def rows(signals, **more):
    return typed(Prometheus, {"url": "http://prometheus:9090", "signals": signals} | more, "release.toml")


@pytest.mark.parametrize(
    ("expression", "reads"),
    [
        ("db_cpu", ("db_cpu",)),
        ('max(db_cpu{a="b}"})', ('db_cpu{a="b}"}',)),
        ('1 - avg by (x) (rate(cpu_seconds_total{mode="idle"}[1m]))', ('cpu_seconds_total{mode="idle"}',)),
        ("sum(a) without (b) / on(y) group_left (z) count(c)", ("a", "c")),
        ("pg_count{state='active'} / scalar(pg_max)", ("pg_count{state='active'}", "pg_max")),
        ('{__name__="a"} > bool 1e-3 # offset', ('{__name__="a"}',)),
        ("max_over_time(job:cpu:ratio[5m:1m])", ("job:cpu:ratio",)),
    ],
)
def test_every_selector_of_an_expression_is_found(expression, reads):
    assert selectors_in(expression) == reads


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("1", "reads no metric"),
        ("vector(0)", "reads no metric"),
        ("a offset 5m", "reads the past"),
        ("a @ 1", "the past"),
    ],
)
def test_an_expression_that_reads_nothing_of_now_is_none(expression, says):
    with pytest.raises(ValueError, match=says):
        selectors_in(expression)


@given(st.text(alphabet='ab_{}()[]"=~,.5m @', max_size=30))
def test_any_text_is_selectors_or_one_reason(text):
    for read in (selectors_in, Selector.parse):
        with suppress(ValueError):
            assert read(text)


def test_a_slice_is_a_place_in_the_selector_or_the_value_of_a_label():
    placed = rows({"requests": REQUESTS}, slices={"canary": "next", "control": "stable"})
    assert placed.query("requests", "canary", 120) == 'http_requests_total{app="shop", track="next"}[120s]'
    labelled = rows({"latency_s": "latency_seconds_bucket"}, slices={"label": "track", "control": "stable"})
    asked = '{__name__=~"latency_seconds_bucket|latency_seconds_count", track="stable"}[120s]'
    assert labelled.query("latency_s", "control", 120) == asked


@pytest.mark.parametrize(
    ("signals", "more", "says"),
    [
        ({"requests": "http_requests_total"}, {}, "has no place {slice}, and slices names no label"),
        ({"requests": 'rate(http_requests_total{track="{slice}"}[5m])'}, {}, "without functions and ranges"),
        ({"requests": 'sum(http_requests_total{track="{slice}"})'}, {}, "hide restarts"),
        ({"requests": "{track='{slice}'}"}, {}, "should look like http_requests_total"),
        ({"request": REQUESTS}, {}, "Did you mean 'requests'?"),
        ({"requests": REQUESTS, "users": REQUESTS}, {}, "requests and users are both read from"),
        ({"db_cpu_ratio": "vector(0)"}, {}, "signals.db_cpu_ratio: reads no metric"),
        ({}, {}, "should hold at least one"),
        ({"requests": REQUESTS}, {"url": "http://prometheus:9090?token=x"}, "without ? and #"),
        ({"requests": REQUESTS}, {"slices": {"control": "canary"}}, "canary and control are both 'canary'"),
        ({"requests": REQUESTS}, {"slices": {"control": 'x"} or y{a="'}}, "without quotes"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_to_type(signals, more, says):
    with pytest.raises(Invalid) as invalid:
        rows(signals, **more)
    assert says in str(invalid.value) and "\n" not in str(invalid.value)


@pytest.mark.parametrize(
    ("errors", "whole"),
    [
        ('http_requests_total{app="shop", track="{slice}", code=~"5.."}', "requests"),
        ('http_requests_total{track="{slice}", code=~"5.."}', None),
        ('http_errors_total{app="shop", track="{slice}"}', None),
    ],
)
def test_a_part_is_its_whole_with_further_matchers(errors, whole):
    assert rows({"requests": REQUESTS, "errors": errors}).whole_of("errors") == whole


def test_errors_may_be_a_part_of_the_histograms_count():
    signals = {"latency_s": 'd_seconds{track="{slice}"}', "errors": 'd_seconds_count{track="{slice}", code=~"5.."}'}
    assert rows(signals).whole_of("errors") == "latency_s"
