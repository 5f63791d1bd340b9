"""What an environment says that nobody may see: by the names of its variables, and the passwords of its addresses."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from ramp.privacy.keys import sense_of
from ramp.privacy.kinds import Kind

LENGTH_MIN = 8  # `debug` or `true` behind such a name is a switch
_PASSWORD = re.compile(r"""(?i)\bpassword\s*=\s*(?:'(?P<quoted>[^']*)'|(?P<plain>[^\s&'"]+))""")
_FOLDERS = ("PWD", "OLDPWD")


def secrets_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values of variables such as `PGPASSWORD`, `GITHUB_TOKEN` and `PAGERDUTY_ROUTING_KEY`, and of every address
    in a variable its password."""
    found = {value for name, value in environment.items() if len(value) >= LENGTH_MIN and _is_secret(name)}
    return tuple(found.union(*map(passwords_in, environment.values())))


def passwords_in(address: str) -> set[str]:
    """As they stand in a URL or in libpq's `host=db password=…`, and as they are meant; empty where it holds none."""
    said = {match["quoted"] or match["plain"] for match in _PASSWORD.finditer(address)}
    try:
        parts = urlsplit(address) if "://" in address else None
        said |= {parts.password or "", *parse_qs(parts.query).get("password", [])} if parts else set()
    except ValueError:
        return said
    return {word for password in said if password for word in (password, unquote(password))}


def _is_secret(name: str) -> bool:
    sense = sense_of(name)
    return name.endswith("_KEY") or (sense is not None and sense.kind is Kind.TOKEN and name not in _FOLDERS)
