"""Lines made of templates, one a line of a text: `«d16»` is 16 digits, `«h32»` hexadecimal, `«n1-254»` a number."""

import random
import string
import uuid
from collections.abc import Mapping
from functools import cache
from pathlib import Path

AGENTS = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Edg/124.0.2478.51",
    "okhttp/4.12.0",
    "kube-probe/1.29",
)
_STAMPS = ("2026-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", "2026-{:02}-{:02} {:02}:{:02}:{:02},{:03}")
_LETTERS = string.ascii_letters + string.digits


@cache
def templates(name: str) -> tuple[str, ...]:
    """The lines of the text `name` beside this file."""
    return tuple(Path(__file__).with_name(name).read_text("utf-8").splitlines())


def filled(template: str, rng: random.Random, given: Mapping[str, str]) -> str:
    """`template` with every field filled: as `given`, or by chance."""
    parts = template.split("«")
    made = [parts[0]]
    for part in parts[1:]:
        field, _, rest = part.partition("»")
        made.append((given[field] if field in given else _by_chance(field, rng)) + rest)
    return "".join(made)


def _by_chance(field: str, rng: random.Random) -> str:
    if field == "ts":
        month, day, hour = rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23)
        return rng.choice(_STAMPS).format(month, day, hour, rng.randint(0, 59), rng.randint(0, 59), rng.randint(0, 999))
    if field == "uuid":
        return str(uuid.UUID(int=rng.getrandbits(128), version=4))
    if field == "agent":
        return rng.choice(AGENTS)
    if field[0] == "n":
        least, most = map(int, field[1:].split("-"))
        return str(rng.randint(least, most))
    length = int(field[1:])
    alphabets = {
        "d": string.digits,
        "h": "0123456789abcdef",
        "b": _LETTERS,
        "B": string.ascii_uppercase + string.digits,
    }
    made = "".join(rng.choices(alphabets[field[0]], k=length))
    return "1" + made[1:] if made[0] == "0" and field[0] == "d" else made
