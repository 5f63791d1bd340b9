"""G2: where the fraud rules of a release are read, and by what they are told from others."""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import model_validator

from ramp.allowed import allowed
from ramp.forms import Command, FilePath
from ramp.observation import NoEvidence
from ramp.validation import Row

_DIGITS = 12


class FraudRules(Row):
    """A file that holds the fraud rules, or a command that prints them. `gives` says whether they are there with their
    `thresholds`, or only as `lists`, in which a threshold that was relaxed does not show."""

    file: FilePath | None = None
    argv: Command | None = None
    gives: Literal["thresholds", "lists"]
    timeout_s: Annotated[float, allowed("a look comes every minute", over=0, most=30)] = 5

    @model_validator(mode="after")
    def _from_one_place(self) -> "FraudRules":
        if bool(self.file) == bool(self.argv):
            raise ValueError(f"has {'both' if self.file else 'neither'} file and argv: name where the rules are read")
        return self


def digest_of(text: str) -> float:
    """The first 12 hexadecimal digits of SHA-256, as a whole number, which a gauge holds exactly. In JSON neither the
    order of keys nor spaces count. Raises NoEvidence where there is no rule in it."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        is_empty = not text.strip()
        said = "\n".join(line.rstrip() for line in text.strip().splitlines())
    else:
        is_empty = not read
        said = json.dumps(read, sort_keys=True)
    if is_empty:
        raise NoEvidence("there is no rule in the fraud rules")
    return float(int(hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS], 16))


def shown(digest: float) -> str:
    """A digest as people compare it."""
    return f"{round(digest):0{_DIGITS}x}"
