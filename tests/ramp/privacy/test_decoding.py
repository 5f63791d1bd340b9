"""What is encoded is found where its encoded text stands, however often it was encoded."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.privacy.decoding import embedded, may_be_escaped, plain, unescaped
from ramp.privacy.scanner import findings

ENCODINGS = {
    "percent": lambda value: quote(value, safe=""),
    "percent twice": lambda value: quote(quote(value, safe=""), safe=""),
    "unicode": lambda value: "".join(f"\\u{ord(char):04x}" for char in value),
    "unicode twice": lambda value: "".join(f"\\\\u{ord(char):04x}" for char in value),
    "repr": lambda value: "".join(f"\\x{ord(char):02x}" for char in value),
    "entities": lambda value: "".join(f"&#{ord(char)};" for char in value),
    "hexadecimal entities": lambda value: "".join(f"&#x{ord(char):X};" for char in value),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 for addresses": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "base64 in percent": lambda value: quote(base64.b64encode(value.encode()).decode(), safe=""),
    "base64 twice": lambda value: base64.b64encode(base64.b64encode(value.encode())).decode(),
    "hexadecimal": lambda value: value.encode().hex(),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("kind", "value"),
    [("EMAIL", "maria.lopez@example.org"), ("SSN", "123-45-6789"), ("PAN", "4242 4242 4242 4242")],
)
def test_an_encoded_value_is_found_by_its_shape(encoding, kind, value):
    encoded = ENCODINGS[encoding](value)
    line = f"payload={encoded} ok"

    assert [(found.kind, line[found.start : found.end]) for found in findings(line)] == [(kind, encoded)]


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name != "base64 twice"])
@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("DOB", "dob", "2014-03-01"),
        ("NAME", "student_name", "María López"),
        ("STUDENT_ID", "student_id", "S1234567"),
        ("ADDRESS", "home_address", "12 Main St, Springfield"),
    ],
)
def test_an_encoded_value_is_found_by_its_key(encoding, kind, key, value):
    if any(ord(char) > 255 for char in value):
        value = value.encode("ascii", "ignore").decode()
    encoded = ENCODINGS[encoding](value)
    line = f'{{"level":"info","{key}":"{encoded}","n":1}}'

    assert [(found.kind, line[found.start : found.end]) for found in findings(line)] == [(kind, encoded)]


def test_a_query_string_is_read_as_forms_are():
    line = "GET /x?email=maria%40example.org&full_name=Maria+Lopez&dob=03%2F01%2F2014&page=2 HTTP/1.1"

    assert [(str(found.kind), line[found.start : found.end]) for found in findings(line)] == [
        ("EMAIL", "maria%40example.org"),
        ("NAME", "Maria+Lopez"),
        ("DOB", "03%2F01%2F2014"),
    ]


def test_quoted_printable_is_read_and_a_key_with_a_number_is_not_taken_for_it():
    assert [found.kind for found in findings("To: maria.lopez=40example.org")] == ["EMAIL"]
    assert findings("size=4096 count=40 ratio=40.5 user=4096") == []


def test_json_in_json_in_json_is_read():
    inner = json.dumps({"b": json.dumps({"dob": "2014-03-01", "email": "maria@example.org"})})

    assert [found.kind for found in findings(json.dumps({"msg": inner}))] == ["DOB", "EMAIL"]


def test_what_is_no_text_is_not_decoded():
    assert plain("3f9c2a7be1d04c5586f0a1b2c3d4e5f60718293a") is None
    assert list(embedded("trace 4bf92f3577b34da6a3ce929d0e0e4736 of PacketResponder/BlockReceiver")) == []


@given(st.text(alphabet="ab@%\\u0041&#;6=4x\"'/nrt ñ", max_size=80))
def test_each_decoded_character_says_where_it_stood(text):
    decoded = unescaped(text)
    if decoded is None:
        return

    assert may_be_escaped(text)
    assert len(decoded.text) == len(decoded.starts) == len(decoded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(decoded.starts, decoded.ends, strict=True))
    assert decoded.starts == sorted(decoded.starts) and decoded.ends == sorted(decoded.ends)
