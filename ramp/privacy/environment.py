"""What an environment says that nobody may see: by the names of its variables, and the passwords of its addresses."""

from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from ramp.privacy.keys import sense_of
from ramp.privacy.kinds import Kind

LENGTH_MIN = 8  # `debug` or `true` behind such a name is a switch
_FOLDERS = ("PWD", "OLDPWD")


def secrets_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values of variables such as `PGPASSWORD`, `GITHUB_TOKEN` and `PAGERDUTY_ROUTING_KEY`, and of every address
    in a variable its password."""
    found = {value for name, value in environment.items() if len(value) >= LENGTH_MIN and _is_secret(name)}
    return tuple(found.union(*(passwords_in(value) for value in environment.values() if "://" in value)))


def passwords_in(address: str) -> set[str]:
    """As they stand in a URL, and as they are meant; empty where it holds none, or is no URL."""
    try:
        parts = urlsplit(address)
        said = {parts.password or "", *parse_qs(parts.query).get("password", [])}
    except ValueError:
        return set()
    return {word for password in said if password for word in (password, unquote(password))}


def _is_secret(name: str) -> bool:
    sense = sense_of(name)
    return name.endswith("_KEY") or (sense is not None and sense.kind is Kind.TOKEN and name not in _FOLDERS)
