"""What an environment says that nobody may see."""

import pytest

from ramp.privacy.environment import secrets_in

FINE = {"HOME": "/home/release", "PWD": "/srv/shop/release", "USE_TOKEN": "true", "EDITOR": "password helper"}


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("PGPASSWORD", "kingfisher", "kingfisher"),
        ("GITHUB_TOKEN", "no shape at all", "no shape at all"),
        ("PAGERDUTY_ROUTING_KEY", "r0utingkey00", "r0utingkey00"),
        ("DATABASE_URL", "postgresql://shop:hunter%2F22@db/shop", "hunter/22"),
        ("DATABASE_URL", "postgresql://shop:hunter%2F22@db/shop", "hunter%2F22"),
        ("https_proxy", "http://user:sesame77@proxy:3128", "sesame77"),
        ("SOURCE", "postgresql://db/shop?password=swordfish", "swordfish"),
        ("SOURCE", "host=db password='sword fish' user=shop", "sword fish"),
        ("SOURCE", "postgresql://[bad/shop?password=swordfish", "swordfish"),
    ],
)
def test_keys_tokens_and_the_passwords_of_addresses_are_secrets(name, value, secret):
    assert secret in secrets_in({**FINE, name: value})


def test_what_is_no_secret_stays_readable():
    assert secrets_in(FINE) == ()
