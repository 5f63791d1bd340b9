"""I5: the freeze on changes that are not critical, as its signed file says it, and what a commit says of itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import model_validator

from ramp.forms import AtUtc, Commit, Version
from ramp.validation import Row

FREEZE_FILE, NAMESPACE = "freeze.toml", "shiproom-freeze"
LASTS = timedelta(hours=24)
TRAILER = "Critical"
_TRAILER_LINE = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9-]*): +(?:\S.*)|\s+\S.*")
_CRITICAL = re.compile(rf"{TRAILER}: +\S.*", re.IGNORECASE)


class Freeze(Row):
    """The file that the incident commander signs."""

    of: Literal["freeze"]
    version: Version
    commit: Commit
    from_utc: AtUtc
    until_utc: AtUtc

    @model_validator(mode="after")
    def _lasts_as_long_as_it_must(self) -> "Freeze":
        if self.until_utc - self.from_utc != LASTS:
            raise ValueError(f"from_utc to until_utc should be {LASTS / timedelta(hours=1):g} hours")
        return self


@dataclass(frozen=True, kw_only=True)
class Change:
    """A commit since the release's: its id, and its message."""

    commit: str
    message: str

    @property
    def is_critical(self) -> bool:
        """Whether a trailer of its message says so, with why: the last paragraph, if it is not the first, all of whose
        lines are trailers, as git has them."""
        paragraphs = [each for each in re.split(r"\n\s*\n", self.message.strip()) if each.strip()]
        lines = paragraphs[-1].splitlines() if len(paragraphs) > 1 else []
        return all(map(_TRAILER_LINE.fullmatch, lines)) and any(map(_CRITICAL.fullmatch, lines))

    @property
    def subject(self) -> str:
        return next(iter(self.message.strip().splitlines()), "")[:80]


@dataclass(frozen=True, kw_only=True)
class FreezeSeen:
    """The freeze, by whom and with which key it was signed, and the commits since the release's, as of `now`."""

    freeze: Freeze
    by: str
    key: str
    changes: tuple[Change, ...]
    now: datetime


def text_of(version: str, commit: str, from_utc: datetime) -> str:
    """The file of a freeze that begins at `from_utc`."""
    at = "%Y-%m-%dT%H:%M:%SZ"
    return f"""\
of = "freeze"
version = "{version}"
commit = "{commit}"
from_utc = {from_utc:{at}}
until_utc = {from_utc + LASTS:{at}}
"""


def not_critical(changes: Iterable[Change]) -> list[Change]:
    return [change for change in changes if not change.is_critical]
