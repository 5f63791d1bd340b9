"""What may be shown, and what must never leave."""

import pytest

from ramp.privacy.masking import MASK, masked_id, scrub, scrubbed


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
    assert MASK in said
    assert said.startswith("cannot pay with")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("paid with 4242 4242 4242 4242.", "paid with ***."),
        ("paid with 4242424242424242 12/27", "paid with *** 12/27"),
        ("cards 4242424242424242 5555-5555-5555-4444", "cards *** ***"),
        ("redis://:hunter22@cache:6379", "redis://:***@cache:6379"),
        ("STRIPE_sk_live_51HxAbCdEfGhIjKl", "STRIPE_***"),
    ],
)
def test_what_stands_beside_a_secret_does_not_save_it(text, shown):
    """A full stop, an expiry date, another card, an empty user name."""
    assert scrub(text) == shown


def test_a_password_in_an_address_and_a_known_value_do_not_survive():
    """By place and by value."""
    assert scrub("postgresql://shop:hunter22@db/shop") == f"postgresql://shop:{MASK}@db/shop"
    assert scrub("the key is plainword", ("plainword",)) == f"the key is {MASK}"


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
        ('{"dob": "2014-03-01", "plan": "basic"}', '{"dob": "***", "plan": "basic"}'),
        ("GET /x?email=maria%40example.org&page=2", "GET /x?email=***&page=2"),
        ("host=db password=hunter22 user=app", "host=db password=*** user=app"),
        ("first\nssn 123-45-6789\n\tlast", "first\nssn ***\n\tlast"),
        ("Student Maria Lopez at 12 Main Street", "Student Maria Lopez at 12 Main Street"),
    ],
)
def test_personal_data_is_masked_line_by_line_and_guesses_are_left(text, shown):
    """What only looks like a name or a street stays: a sentence must remain readable."""
    assert scrub(text) == shown


@pytest.mark.parametrize("text", ["ssn 123-45-6789", "maria.lopez@example.org", "password=hunter22", "dob=2014-03-01"])
def test_what_is_masked_already_stays_as_it_is(text):
    assert scrub(scrub(text)) == scrub(text)


def test_everything_in_a_record_is_masked_keys_included():
    record = {"to maria@example.org": ["ssn 123-45-6789", 7, None], "at": ("x", True)}

    assert scrubbed(record) == {"to ***": ["ssn ***", 7, None], "at": ["x", True]}
