"""The made-up person of synthetic journeys is told however it is written, and is no other finding beside it."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.privacy.kinds import Weight
from ramp.privacy.planted import PLANTED, planted_in
from ramp.privacy.scanner import findings


def escaped(text):
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


def in_base64(text):
    return base64.b64encode(text.encode()).decode()


def in_hexadecimal(text):
    return text.encode().hex()


WRITTEN = [str, str.upper, str.lower, quote, quote_plus, json.dumps, escaped, in_base64, in_hexadecimal]


@pytest.mark.parametrize("kind", list(PLANTED), ids=str)
@pytest.mark.parametrize("write", WRITTEN)
@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_each_value_is_told_once_in_every_spelling(kind, write, before):
    """With the weight of personal data, whatever its name or shape alone would say."""
    line = f"answered {write(before + ' ' + PLANTED[kind])} in 31 ms"
    found = planted_in(line, findings(line))

    assert [(one.kind, one.weight) for one in found if one.planted] == [(kind, Weight.PERSONAL)]
    assert all(one.planted for one in found)


def test_a_part_of_the_name_is_enough():
    line = "hello Mx Zaventhorpe"
    (found,) = planted_in(line, findings(line))
    assert line[found.start : found.end] == "Zaventhorpe" and "redaction does not work" in found.why


def test_what_else_stands_in_the_line_stays_found():
    line = f"from {PLANTED['EMAIL']} to maria.lopez@example.org"
    assert [one.planted for one in planted_in(line, findings(line))] == [True, False]


@given(st.text(max_size=200).filter(lambda text: "zaventhorpe" not in text.lower()))
def test_nobody_else_is_taken_for_the_planted_person(text):
    found = findings(text)
    assert planted_in(text, found) == found
