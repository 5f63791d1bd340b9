"""What stands in the place of a masked value: its kind, and a tag by which it is known again within its run only."""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import ClassVar

from ramp.privacy.kinds import Kind

ROOT_ENV = "SHIPROOM_MASKING_ROOT"  # what the salts of runs are made of: in the environment, and in no file
_DIGITS = 4  # enough to tell apart what one run masks, too few to find a value by trying


def _digits(value: str) -> str:
    return "".join(filter(str.isdigit, value)) or value


# How the same value may be written otherwise.
_ALIKE: dict[Kind, Callable[[str], str]] = {
    Kind.EMAIL: str.casefold,
    Kind.NAME: str.casefold,
    Kind.ADDRESS: str.casefold,
    Kind.PHONE: _digits,
    Kind.SSN: _digits,
    Kind.PAN: _digits,
}
TAG = re.compile(rf"\[(?:{'|'.join(Kind)})(?: [0-9a-f]{{{_DIGITS}}})?\]")


class _OfRun:
    salt: ClassVar[bytes] = b""


def salt_for(root: str, run: str) -> None:
    """From here on this process tags by the salt of the run of this name, which `root` makes, that the processes of a
    run share; without a `root` by none."""
    _OfRun.salt = hmac.digest(root.encode(), run.encode(), hashlib.sha256) if root else b""


def tagged(kind: Kind, value: str) -> str:
    """`[EMAIL 3f2a]`: the same for the same value within a run. Where no run has begun, the kind
    alone: a tag without a salt would tell a value to whoever tries all that there are."""
    if not _OfRun.salt:
        return f"[{kind}]"
    alike = _ALIKE.get(kind, str)(value)
    return f"[{kind} {hmac.digest(_OfRun.salt, f'{kind}:{alike}'.encode(), hashlib.sha256).hex()[:_DIGITS]}]"
