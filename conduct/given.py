"""Secrets, as an environment gives them."""

from collections.abc import Mapping

from pydantic import SecretStr

from ramp.forms import is_secret_of_form
from ramp.observation import NoEvidence


def given(environment_name: str, environment: Mapping[str, str]) -> SecretStr:
    """The secret in that environment variable. Raises NoEvidence where there is none that can be sent as it is."""
    secret = environment.get(environment_name)
    if not secret:
        raise NoEvidence(f"the environment variable {environment_name} is not set")
    if not is_secret_of_form(secret):
        why = "holds a blank, a line break or another stray character; set it again without"
        raise NoEvidence(f"the environment variable {environment_name} {why}")
    return SecretStr(secret)
