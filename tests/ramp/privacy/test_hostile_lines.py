"""No line, however long or strange, costs more than time in proportion to its length, or is read past its end."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ramp.privacy.scanner import WINDOW, findings

LEAK = "maria.lopez@example.org"
# Near misses of every pattern, to be repeated.
PARTS = (
    "a.", "a@", "a.a@", "a'", "1 ", "1-", "4", "4242 ", "4242-", "1.", "1:", "a:", "a: ", 'a":"', "dob=", "dob: ",
    'name":"', '"name":"A ', "name=Aa Bb ", "phone=+1", "phone: (1", "+1 ", "(415) ", "415-555-", "123-45-",
    "address: 1 A ", "12 Main ", "12 rue ", "Calle A ", "Student ", "Student Aa ", "Dear A. ", "born on ",
    "eyJaaaaaaaa-", "://a:", "://", "xoxb-", "bearer ", "Basic aaaa ", "Cookie: a=b; ",
    "-----BEGIN PRIVATE KEY-----", "sk-a", "%41", "%", "\\u0041", "\\", '\\"', "&#64;", "&amp;", "&#1;", "&#x1FFFF;",
    "&#0;", "\\ud800", "%ED%A0%80", "%FF", "=40", "=C3", "{", "{a(", '{"a":[', "}", "#<A ", "<a>", "<dob>",
    '["dob", "', '"key":"a","value":"', "QUJD", "41", "password is ", "--password ", "-u a:", "student id ", "A",
    "Aa ", "É", "中", "\x00", "\ufffd", " ", "a" * 63 + " ",
)  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_hostile_line_of_100_kb_takes_less_than_a_second(part):
    """Of processor time, so that a busy machine fails nobody."""
    hostile = part * (100_000 // len(part))
    began = time.process_time()
    findings(hostile)

    assert time.process_time() - began < 1


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=8), max_size=30))
def test_findings_stand_in_the_line_in_order_and_apart(parts):
    line = "".join(parts)
    found = findings(line)

    assert all(0 <= one.start < one.end <= len(line) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize("at", [0, WINDOW - 12, WINDOW, 2 * WINDOW - 1, 3 * WINDOW - len(LEAK)])
def test_what_stands_across_two_windows_of_a_long_line_is_found_once(at):
    line = " " * at + LEAK + " " * (3 * WINDOW - at - len(LEAK))

    assert [(found.kind, found.start, found.end) for found in findings(line)] == [("EMAIL", at, at + len(LEAK))]


def test_a_key_before_the_border_of_a_window_still_says_what_its_value_is():
    line = "x" * (WINDOW - 8) + " dob: 2014-03-01 " + "x" * WINDOW

    assert [found.kind for found in findings(line)] == ["DOB"]
