"""Whether an address is this machine's own, and no other's. What is in doubt is not."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def host_of(url: str) -> str | None:
    """The host that `url` names, or None where it names none: an address in doubt is no loopback."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def on_loopback(host: str | None) -> bool:
    """Whether `host` (a name or an address, without port) is this machine and no other."""
    try:
        return host == "localhost" or ip_address((host or "").strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False
