"""B4: what a release's repository says of it: where its tag points, and which migrations came since the one before."""

import re
from dataclasses import dataclass
from typing import Annotated

from ramp.forms import FilePath, shaped
from ramp.validation import Row

Folder = Annotated[str, shaped(r"[^/\0\s][^\0]*[^/\0]|[^/\0\s]", "db/migrations, a folder within the repository")]


class Repository(Row):
    """`[repository]`: a checkout, with its tags, and the folder in which migrations of data stand."""

    path: FilePath = "."
    migrations_folder: Folder


@dataclass(frozen=True, kw_only=True)
class TaggedCommit:
    """`tagged` is the commit that the release's tag points to, None where there is no such tag. `previous` is the
    newest release's tag before the commit, and `migrations` the files of the folder that changed since; both None where
    there is no such tag."""

    tagged: str | None
    previous: str | None
    migrations: tuple[str, ...] | None


def is_earlier(tag: str, version: str) -> bool:
    """Whether `tag` is of a release before `version`: alike but for its numbers, of which the first that differs is
    smaller."""
    one, other = (re.split(r"(\d+)", each) for each in (tag, version))
    if len(one) != len(other) or one[::2] != other[::2]:
        return False
    return [int(number) for number in one[1::2]] < [int(number) for number in other[1::2]]
