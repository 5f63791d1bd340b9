"""What is drawn of a gate: its trend, shaded from when its breach counted, else its figures."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.units import Unit
from ramp.verdict import Colour, Verdict, no_data
from reports.chart import breach_since, chart

TREND = ((1, 0.09, 0.08), (2, 0.11, 0.08), (3, 0.13, 0.09), (4, 0.14, 0.09))


def gate(colour=Colour.RED, **fields):
    told = {"unit": Unit.SECONDS, "value": 0.14, "control": 0.09, "limit": 0.12, "trend": TREND}
    return Verdict(check="latency", moment="stage_10", colour=colour, why="slow", **(told | fields))


def label(drawn):
    return re.search(r'aria-label="(.*?)"', drawn).group(1)


def test_a_breach_is_shaded_from_the_look_at_which_it_crossed_the_limit():
    drawn = chart(gate())
    assert 'class="breach"' in drawn and label(drawn).endswith("it counts since minute 3")


def test_a_breach_counts_for_as_long_as_the_gate_was_red_whatever_the_value_is_now():
    assert breach_since(gate(red_min=1.0)) == 3.0
    assert breach_since(gate(red_min=90.0)) == 1.0


def test_minutes_without_data_are_shaded():
    blind = gate(Colour.NO_DATA, blind_min=2.0)
    assert breach_since(blind) == 2.0 and 'class="breach"' in chart(blind)


@pytest.mark.parametrize("colour", [Colour.GREEN, Colour.YELLOW, Colour.NO_DATA])
def test_what_is_no_breach_is_not_shaded(colour):
    assert 'class="breach"' not in chart(gate(colour))
    assert 'class="breach"' in chart(gate(Colour.YELLOW, open_breach=True))


def test_a_floor_is_broken_from_below():
    trend = ((1, 0.9, 0.9), (2, 0.8, 0.9), (3, 0.7, 0.9))
    assert breach_since(gate(trend=trend, limit=0.85, value=0.7)) == 2


@pytest.mark.parametrize("colour", [Colour.YELLOW, Colour.NO_DATA, Colour.RED])
def test_a_gate_that_is_not_green_is_always_drawn(colour):
    drawn = chart(gate(colour, trend=()))
    assert drawn.count("<rect") == 3 and label(drawn) == "latency: canary, control, limit"
    assert "140 ms" in drawn and "120 ms" in drawn


def test_a_gate_that_is_green_without_a_trend_is_not():
    assert chart(gate(Colour.GREEN, trend=())) == ""


def test_a_gate_that_saw_nothing_says_so():
    blind = no_data("cache", "stage_10", "no series", blind_min=7.0)
    assert "no figure for 7 min" in chart(blind)


@given(
    st.lists(st.floats(-1e9, 1e9) | st.none(), max_size=8),
    st.floats(-1e9, 1e9) | st.none(),
    st.sampled_from(list(Colour)),
    st.floats(0, 1e3),
)
def test_whatever_was_measured_is_drawn_inside_the_picture(values, limit, colour, red_min):
    trend = tuple((minute, value, None) for minute, value in enumerate(values))
    drawn = chart(gate(colour, trend=trend, limit=limit, red_min=red_min))
    assert "nan" not in drawn and "inf" not in drawn
    for x, width in re.findall(r'<rect class="\w+" x="([\d.-]+)"[^>]* width="([\d.-]+)"', drawn):
        assert float(x) >= 0 and float(x) + float(width) <= 360
