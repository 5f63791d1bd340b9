"""What may be shown of an identifier, and scrubbing of secrets and personal data from text that leaves the suite."""

import re
from collections.abc import Mapping
from typing import Any

from ramp.personal_data import cards

MASK = "***"

_SECRETS = re.compile(
    r"""
    (?<![A-Za-z0-9])(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{8,}  # Stripe keys and webhook secrets
  | \b(?:xox[abeprs]|xapp)-[A-Za-z0-9-]{8,}                    # Slack tokens
  | \bAKIA[0-9A-Z]{16}\b                                       # AWS access key ids
  | \beyJ[\w-]{8,4096}\.[\w-]{8,}\.[\w-]{8,}                   # JSON Web Tokens; bounded, so that time is linear
  | (?<=://)[^\s/:@]*:[^\s/@]+(?=@)                            # user:password in an address
  | (?i:(?<=bearer\s))[\w.~+/-]{8,}=*                          # bearer tokens
  | \b[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}\b              # e-mail addresses
    """,
    re.VERBOSE,
)
_KEPT = 4


def masked_id(id: str) -> str:
    """`pi_3QxYz…f00d` reads `pi_***f00d`: enough to find it, not enough to use it."""
    prefix, separator, rest = id.partition("_")
    if not separator:
        prefix, rest = "", id
    return f"{prefix}{separator}{MASK}{rest[-_KEPT:]}" if len(rest) > 2 * _KEPT else f"{prefix}{separator}{MASK}"


def scrub(text: str, known: tuple[str, ...] = ()) -> str:
    """`text` without secrets and personal data: the values in `known`, then everything of a secret's shape."""
    for value in sorted(known, key=len, reverse=True):
        if len(value) >= _KEPT:
            text = text.replace(value, MASK)
    text = _SECRETS.sub(MASK, text)
    for start, end in reversed(list(cards(text))):
        text = text[:start] + MASK + text[end:]
    return text


def scrubbed(value: Any, known: tuple[str, ...] = ()) -> Any:
    """`value` with every string in it scrubbed, keys included; tuples become lists, as JSON has them."""
    if isinstance(value, str):
        return scrub(value, known)
    if isinstance(value, Mapping):
        return {scrub(key, known): scrubbed(inner, known) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [scrubbed(inner, known) for inner in value]
    return value
