"""A value that is known to be secret is found however it is written, and masked."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ramp.privacy.known import known_in
from ramp.privacy.masking import scrub
from tests.samples import untagged

SECRET = "k3y/with+\"odd\" 'chars'=é\\u&b\\more"
SPELLINGS = {
    "plain": lambda value: value,
    "percent": lambda value: quote(value, safe=""),
    "percent in lower case": lambda value: quote(value, safe="").lower(),
    "form": quote_plus,
    "percent twice": lambda value: quote(quote(value, safe=""), safe=""),
    "json": lambda value: json.dumps(value)[1:-1],
    "json in json": lambda value: json.dumps(json.dumps(value))[1:-1],
    "repr": lambda value: repr(value)[1:-1],
    "repr of bytes": lambda value: "".join(f"\\x{ord(char):02x}" for char in value),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 for addresses": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "base64 behind a name": lambda value: base64.b64encode(b"user:" + value.encode()).decode(),
    "base64 between others": lambda value: base64.b64encode(b"\x00\xff" + value.encode() + b"\xfe").decode(),
    "base64 of percent": lambda value: base64.b64encode(quote(value, safe="").encode()).decode(),
    "hexadecimal": lambda value: value.encode().hex(),
    "html": lambda value: "".join(f"&#{ord(char)};" for char in value),
}


@pytest.mark.parametrize("spelling", [name for name in SPELLINGS if name != "form"])
def test_a_known_value_is_masked_however_it_is_written(spelling):
    written = SPELLINGS[spelling](SECRET)
    said = scrub(f"cannot ask https://x/?a={written}&b=2 today", (SECRET,))

    assert "[TOKEN]" in untagged(said) and said.startswith("cannot ask https://x/?") and said.endswith(" today")
    assert not known_in(said, (SECRET,)) and written not in said


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=40), st.binary(max_size=9))
@example("kingfisher-2026", b"")
def test_no_value_survives_base64_at_any_offset(value, before):
    encoded = base64.b64encode(before + value.encode() + before).decode()

    assert known_in(f"x {encoded} y", (value,))


def test_short_values_and_none_are_no_secret():
    assert known_in("abc abc", ("abc", "")) == [] and known_in("anything", ()) == []


def test_each_place_is_given_once_in_order():
    found = known_in("kingfisher, kingfisher and fisherman", ("kingfisher", "fisher"))

    assert found == [(0, 10, "kingfisher"), (12, 22, "kingfisher"), (27, 33, "fisher")]
