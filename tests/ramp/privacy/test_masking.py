"""What may be shown, and what must never leave."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ramp.privacy.kinds import Kind
from ramp.privacy.masking import masked_id, scrub, scrubbed
from ramp.privacy.tags import salt_for
from tests.samples import untagged


@pytest.mark.parametrize(
    "secret",
    [
        "sk_live_51HxAbCdEfGhIjKl",
        "rk_test_51HxAbCdEfGhIjKl",
        "whsec_0123456789abcdef",
        "xoxb-123456789012-abcdefgh",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeK",
        "maria.lopez@example.org",
        "4242 4242 4242 4242",
        "4242424242424242",
        "3782 822463 10005",
        "xapp-1-A0123456-abcdef0123456789",
    ],
)
def test_a_secret_of_a_known_shape_does_not_survive(secret):
    """Wherever it stands in a sentence."""
    said = scrub(f"cannot pay with {secret}, try again")

    assert secret not in said
    assert untagged(said) in {f"cannot pay with [{kind}], try again" for kind in Kind}
    assert said.startswith("cannot pay with")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("paid with 4242 4242 4242 4242.", "paid with [PAN]."),
        ("paid with 4242424242424242 12/27", "paid with [PAN] 12/27"),
        ("cards 4242424242424242 5555-5555-5555-4444", "cards [PAN] [PAN]"),
        ("redis://:hunter22@cache:6379", "redis://:[TOKEN]@cache:6379"),
        ("STRIPE_sk_live_51HxAbCdEfGhIjKl", "STRIPE_[TOKEN]"),
    ],
)
def test_what_stands_beside_a_secret_does_not_save_it(text, shown):
    """A full stop, an expiry date, another card, an empty user name."""
    assert untagged(scrub(text)) == shown


def test_a_password_in_an_address_and_a_known_value_do_not_survive():
    """By place and by value."""
    assert untagged(scrub("postgresql://shop:hunter22@db/shop")) == "postgresql://shop:[TOKEN]@db/shop"
    assert untagged(scrub("the key is plainword", ("plainword",))) == "the key is [TOKEN]"


@pytest.mark.parametrize(
    "harmless",
    [
        "2026-11-24T08:00:00Z",
        "1795481787.000001",
        "v20261124.1",
        "3f9c2a7be1d04c5586f0a1b2c3d4e5f60718293a",
        "P95 143 ms",
    ],
)
def test_times_versions_and_numbers_are_left_alone(harmless):
    """A card must stay readable."""
    assert scrub(harmless) == harmless


def test_an_id_shows_its_kind_and_end():
    """Enough to find it, not enough to use it."""
    assert masked_id("pi_3QxYzAbCdEfGf00d") == "pi_***f00d"
    assert masked_id("short") == "***"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"dob": "2014-03-01", "plan": "basic"}', '{"dob": "[DOB]", "plan": "basic"}'),
        ("GET /x?email=maria%40example.org&page=2", "GET /x?email=[EMAIL]&page=2"),
        ("host=db password=hunter22 user=app", "host=db password=[TOKEN] user=app"),
        ("first\nssn 123-45-6789\n\tlast", "first\nssn [SSN]\n\tlast"),
        ("Student Maria Lopez at 12 Main Street", "Student Maria Lopez at 12 Main Street"),
    ],
)
def test_personal_data_is_masked_line_by_line_and_guesses_are_left(text, shown):
    """What only looks like a name or a street stays: a sentence must remain readable."""
    assert untagged(scrub(text)) == shown


BEFORE_VALUES = [
    "{}", "password={} x", '"password": "{}"', "ssn {}", "dob={}", '{{"name":"{}","email":"{}"}}', "student id: {}",
    "call {} now", "card {}", "https://x/?token={}&a=1", "postgresql://u:{}@h/db", "Authorization: Bearer {}",
    "imei={}", "address: {}, London", "Cookie: session={}; a={}", "user={}@example", "ip {}:80",
    "'{}'", "api_key = ['{}']",
]  # fmt: skip


@given(
    st.sampled_from(BEFORE_VALUES),
    st.sampled_from(Kind),
    st.text("0123456789abcdef", min_size=4, max_size=4) | st.none(),
)
def test_what_is_masked_already_stays_as_it_is(before, kind, tag):
    masked = before.replace("{{", "{").replace("}}", "}").replace("{}", f"[{kind} {tag}]" if tag else f"[{kind}]")

    assert scrub(masked) == masked


def test_a_value_has_one_tag_within_a_run_however_it_is_written_and_another_in_the_next():
    salt_for("root", "run 1")
    first = scrub(
        "maria@example.org Maria@example.org, maria%40example.org; x@example.org dTptYXJpYUBleGFtcGxlLm9yZw=="
    )
    key = scrub("kingfisher%2F2026 kingfisher/2026 a2luZ2Zpc2hlci8yMDI2", ("kingfisher/2026",))
    salt_for("root", "run 2")
    second = scrub("maria@example.org")
    salt_for("other root", "run 1")

    one, same, encoded, other, embedded = re.findall(r"\[EMAIL [0-9a-f]{4}\]", first)
    assert one == same == encoded == embedded != other
    assert len({one, second, scrub("maria@example.org")}) == 3
    assert re.fullmatch(r"(\[TOKEN [0-9a-f]{4}\]) \1 \1", key)


def test_everything_in_a_record_is_masked_keys_included():
    record = {"to maria@example.org": ["ssn 123-45-6789", 7, None], "at": ("x", True)}

    (said, ssn), (_, at) = scrubbed(record).items()
    assert untagged(said) == "to [EMAIL]" and untagged(ssn[0]) == "ssn [SSN]"
    assert ssn[1:] == [7, None] and at == ["x", True]
