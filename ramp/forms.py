"""The forms of values from outside: what a release file may say, so that whatever reads it later meets no surprise.

Digits and letters are ASCII: other scripts' digits look alike, and compare as others.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from ipaddress import IPv6Address
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs a time zone, for example 2026-11-24T08:00:00Z")
    if not 2000 <= value.year < 2100:
        raise ValueError("is no time of a release")
    return value.astimezone(UTC)


def shaped(pattern: str, example: str) -> AfterValidator:
    """All of the text is of this regular expression; else the error says what it should look like."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"should look like {example}")
        return value

    return AfterValidator(check)


def distinct(says: str, key: Callable[[Any], object] = lambda value: value) -> AfterValidator:
    """No two of the values have one `key`; `says` has a place for the second of them."""

    def check(values: tuple[Any, ...]) -> tuple[Any, ...]:
        keys = [key(value) for value in values]
        twice = [value for number, value in enumerate(values) if keys[number] in keys[:number]]
        if twice:
            raise ValueError("; ".join(says.format(value) for value in twice))
        return values

    return AfterValidator(check)


def _names_a_program(argv: tuple[str, ...]) -> tuple[str, ...]:
    if not argv[0].strip():
        raise ValueError("should begin with the name of a program")
    return argv


def dated(value: str) -> str:
    """One release has one version: `.01` would be another name of `.1`."""
    found = re.fullmatch(r"v([0-9]{4})([0-9]{2})([0-9]{2})\.(0|[1-9][0-9]{0,8})", value)
    if not found:
        raise ValueError("should look like v20261124.1 (vYYYYMMDD.X)")
    try:
        date(*map(int, found.groups()[:3]))
    except ValueError as error:
        raise ValueError(f"should look like v20261124.1 (vYYYYMMDD.X), and its day is none: {error}") from None
    return value


def _address(value: str) -> str:
    """An address that every library reads as the same host: which is what decides where money may go."""
    if not re.fullmatch(r"https?://[!-~]+", value):
        raise ValueError("should look like https://host/path")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"is no address: {error}; it should look like https://host/path") from None
    if "\\" in value or "@" in parts.netloc.rpartition("@")[0]:
        raise ValueError("can be read as two addresses; it should look like https://host/path")
    if port == 0:
        raise ValueError("has the port 0, where nothing answers")
    if why := _no_host(parts):
        raise ValueError(f"{why}; it should look like https://host/path")
    return value


def _no_host(parts: SplitResult) -> str | None:
    place = parts.netloc.rpartition("@")[2]
    if place.startswith("["):
        host = place[1 : place.find("]")]
        if "%" in host:
            return f"has a zone index ({host}), which is a name of this machine's own; give an address without one"
        try:
            IPv6Address(host)
        except ValueError:
            return f"names [{host}], which is no IPv6 address"
        return None
    host = place.partition(":")[0]
    if not re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})", host):
        return f"names no host that can be looked up ({host or 'none'})"
    if _NUMBERS.fullmatch(host) and not re.fullmatch(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}", host):
        return f"names {host}, which is an IPv4 address in another spelling; give its four numbers"
    return None


# What a resolver takes for an IPv4 address, however it is spelt.
_NUMBERS = re.compile(r"(?i)(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}\.?")

AtUtc = Annotated[datetime, AfterValidator(_aware)]
Version = Annotated[str, shaped(r"[A-Za-z0-9](?:[._+-]?[A-Za-z0-9]){0,63}", "v20261124.1 (vYYYYMMDD.X)")]
Commit = Annotated[str, shaped(r"[0-9a-f]{40}", "a full commit SHA, 40 hexadecimal digits")]
Path = Annotated[str, shaped(r"/[!-~]*", "/api/tutor, beginning with a slash")]
Url = Annotated[str, AfterValidator(_address)]
EnvironmentName = Annotated[str, shaped(r"[A-Z][A-Z0-9_]*", "STRIPE_API_KEY, the name of an environment variable")]
HeaderName = Annotated[str, shaped(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", "x-canary, the name of a request header")]
HeaderValue = Annotated[str, shaped(r"[!-~]+( +[!-~]+)*", "always, the value of a request header")]
FilePath = Annotated[str, shaped(r"[^\0]*[^\0\s][^\0]*", "/var/log/app/canary.log")]
Argument = Annotated[str, shaped(r"[^\0]*", "an argument of a command, without NUL")]

Command = Annotated[tuple[Argument, ...], Field(min_length=1), AfterValidator(_names_a_program)]
Text = Annotated[str, shaped(r"(?s).*\S.*", "a word or a sentence")]


def is_secret_of_form(secret: str) -> bool:
    """Whether `secret` can be sent as it is: printable ASCII without blanks, and no line break that came along."""
    return re.fullmatch(r"[!-~]+", secret) is not None
