"""G1, G3: what a release's own organisation does about a cold cache and dear AI routes, in the release file."""

from typing import Annotated

from pydantic import model_validator

from ramp.allowed import allowed
from ramp.close_rows import Argv
from ramp.forms import Path
from ramp.validation import Row


class Mitigations(Row):
    """`[mitigations]`: commands without a shell. `missed_paths` prints the paths that the cache missed most, a line
    each, and `prewarm` is given those that are not in the pre-warm set yet. `cheaper` is by AI route."""

    missed_paths: Argv | None = None
    prewarm: Argv | None = None
    cache_ttl: Argv | None = None
    origin_concurrency: Argv | None = None
    cheaper: dict[Path, Argv] = {}
    timeout_s: Annotated[float, allowed("a command that takes longer hangs", over=0, most=600)] = 60

    @model_validator(mode="after")
    def _what_is_missed_is_warmed(self) -> "Mitigations":
        if (self.missed_paths is None) != (self.prewarm is None):
            raise ValueError("missed_paths and prewarm belong together: one says what to fetch, the other fetches it")
        return self
