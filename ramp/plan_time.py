"""How fast plan time may pass. A real target takes the clock's own time, unless every address of it is this machine's:
users of others would be judged by minutes that they never had."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from ramp.loopback import host_of, on_loopback
from ramp.target import Target

REHEARSED, HERE_MAX = 60.0, 20.0  # plan minutes a real minute
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"]*")
# What is asked of nobody while its secret is not set, and where the file may say nothing.
_VENDORS = {"stripe_url": "stripe_key_env", "slack_url": "slack_token_env", "pager_url": "pager_key_env"}


def faster_refused(target: Target, speed: float, is_set: Callable[[str], bool]) -> str | None:
    """Why `target` must not be run at `speed`; None where it may. `is_set` tells whether an environment variable is."""
    if speed == 1:
        return None
    if away := next(elsewhere(target, is_set), None):
        said = "a real target runs at 1 unless each of its addresses is on loopback"
        return f"is {speed:g}, and {said}: {away}. Leave out --speed"
    if not 1 <= speed <= HERE_MAX:
        return f"is {speed:g}, and a real target on loopback runs at 1 to {HERE_MAX:g}: type --speed {HERE_MAX:g}"
    return None


def elsewhere(target: Target, is_set: Callable[[str], bool]) -> Iterator[str]:
    """Each address of `target` that is not known to be this machine's, by its place in the release file."""
    silent = {key for key, secret in _VENDORS.items() if not is_set(getattr(target, secret))}
    for place, said in _texts(target.model_dump(exclude=silent), "[real]"):
        for address in _ADDRESS.findall(said):
            if not on_loopback(host_of(address)):
                yield f"{place} is on {host_of(address) or 'no host'}"
    if target.heartbeat:
        yield f"{target.heartbeat.url_env} holds the address of a monitor, which is not looked at"
    for name in target.dsn_envs:
        yield f"{name} holds the address of a database, which is not looked at"


def _texts(said: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(said, str):
        yield place, said
    elif isinstance(said, dict):
        for key, value in said.items() if not place.endswith(" signals") else ():  # PromQL asks, and names no server
            yield from _texts(value, f"{place} {key}")
    elif isinstance(said, list | tuple):
        for value in said:
            yield from _texts(value, place)
