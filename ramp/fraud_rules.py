"""G2: where the fraud rules of a release are read, and by what they are told from others."""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import model_validator

from ramp.allowed import allowed
from ramp.approval import Signer
from ramp.forms import Command, FilePath
from ramp.observation import NoEvidence
from ramp.validation import Row

_DIGITS = 12


class WordsOfBoth(Row):
    """G2: who must agree before rules are relaxed in a ramp, as allowed_signers names them, and where the approval that
    each signs will be, with its signature beside it in a file of that name and `.sig`. One is good for `lasts_h`."""

    sre_lead: Signer
    sre_lead_approval: FilePath
    ceo: Signer
    ceo_approval: FilePath
    allowed_signers: FilePath
    lasts_h: Annotated[float, allowed("a release day is over by then", over=0, most=24)] = 24

    @model_validator(mode="after")
    def _they_are_two(self) -> "WordsOfBoth":
        if self.sre_lead == self.ceo or self.sre_lead_approval == self.ceo_approval:
            raise ValueError("the SRE lead and the CEO are two people, and each signs a file of their own")
        return self


class FraudRules(Row):
    """A file that holds the fraud rules, or a command that prints them. `gives` says whether they are there with their
    `thresholds`, or only as `lists`, in which a threshold that was relaxed does not show."""

    file: FilePath | None = None
    argv: Command | None = None
    gives: Literal["thresholds", "lists"]
    timeout_s: Annotated[float, allowed("a look comes every minute", over=0, most=30)] = 5
    agreed: WordsOfBoth | None = None

    @model_validator(mode="after")
    def _from_one_place(self) -> "FraudRules":
        if bool(self.file) == bool(self.argv):
            raise ValueError(f"has {'both' if self.file else 'neither'} file and argv: name where the rules are read")
        return self


def sha256_of(text: str) -> str:
    """The digest of rules, which people sign. In JSON neither the order of keys nor spaces count. Raises NoEvidence
    where there is no rule in it."""
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
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of(text: str) -> float:
    """The first 12 hexadecimal digits of `sha256_of`, as a whole number, which a gauge holds exactly."""
    return float(int(sha256_of(text)[:_DIGITS], 16))


def shown(digest: float) -> str:
    """A digest as people compare it."""
    return f"{round(digest):0{_DIGITS}x}"
