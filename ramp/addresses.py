"""Addresses of pages: when two spellings are one page, and pages that would be counted as more than they are."""

import ipaddress
from typing import Protocol, TypeVar
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

_PORTS = {"http": 80, "https": 443}
_LOOPBACK = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")


class Page(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def slice(self) -> str | None: ...


Pages = TypeVar("Pages", bound=tuple[Page, ...])


def pages_differ(pages: Pages) -> Pages:
    """One page twice counts everything on it twice; for both slices it makes the canary equal to control. Raises
    ValueError naming every such pair by its place."""
    first: dict[object, int] = {}
    said = []
    for number, page in enumerate(pages):
        before = first.setdefault(one_page(page.url), number)
        if before != number:
            wrong = "count twice" if pages[before].slice == page.slice else "be the canary's and control's alike"
            said.append(f"[{before}] and [{number}] are one page, so that all that is on it would {wrong}")
    if said:
        raise ValueError("; ".join(said) + ". Name each page once, without slice where its series carry the label")
    return pages


def one_page(url: str) -> tuple[object, ...]:
    """What two spellings of one page have in common: case and final dot of the host, loopback by any name, the port
    that goes without saying, escapes, `.` and `..`, slashes, the order of a query; and who reads it."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    query = tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return scheme, _host(parts), parts.port or _PORTS.get(scheme), _path(parts.path), query


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if host in _LOOPBACK:
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return "127.0.0.1" if address.is_unspecified or address == ipaddress.ip_address("::1") else str(address)


def _path(path: str) -> str:
    steps: list[str] = []
    for step in unquote(path).split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return quote("/".join(steps))
