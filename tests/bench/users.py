"""What an edge counts of users who stay with their slice: requests of both slices, minute by minute, from a seed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from ramp.observation import Observation
from ramp.plan import Moment

Array = np.ndarray[Any, Any]
T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
# For how many minutes a user goes on; "all stage": for as long as it is held.
SESSIONS: dict[str, float | None] = {"at once": 0.0, "5 minutes": 5.0, "all stage": None}


class Users(NamedTuple):
    """`each` requests of every user in a stage, over a session. Where some are `heavy`, one in twenty sends twelve
    times as many as the others, with sum n^2 / sum n = `each` all the same."""

    each: int
    session: str
    heavy: bool = False


def split(draw: np.random.Generator, users: Users, share: float, minutes: int, a_minute: int) -> tuple[Array, Array]:
    """The requests that had come to canary and control by the end of each minute; each user is the canary's with
    probability `share`."""
    lasts = SESSIONS[users.session]
    sizes = _sizes(users, round((minutes + (lasts or 0)) * a_minute))
    of = np.repeat(np.arange(len(sizes)), sizes)
    if lasts is None:
        at = draw.random(len(of)) * minutes
    else:
        began = draw.random(len(sizes)) * (minutes + lasts) - lasts  # some came before the stage, and some stay on
        at = began[of] + draw.random(len(of)) * lasts
    to_canary = (draw.random(len(sizes)) < share)[of]
    in_stage = (at >= 0) & (at < minutes)

    def by_minute(which: Array) -> Array:
        return np.bincount(at[which & in_stage].astype(int), minlength=minutes).cumsum()

    return by_minute(to_canary), by_minute(~to_canary)


def _sizes(users: Users, requests: int) -> Array:
    if not users.heavy:
        return np.full(max(requests // users.each, 1), users.each)
    pattern = np.ones(20)
    pattern[0] = 12.0
    pattern = np.maximum(1, np.rint(pattern * users.each * pattern.sum() / (pattern**2).sum())).astype(int)
    return np.tile(pattern, max(requests // int(pattern.sum()), 1))


def observations(stage: Moment, counted: tuple[Array, Array]) -> Iterator[Observation]:
    """The stage from its beginning on, as it would be recorded of an edge that counts nothing else."""
    for minute, both in enumerate(zip((0, *counted[0]), (0, *counted[1]), strict=True)):
        for slice, n in zip(("canary", "control"), both, strict=True):
            yield Observation(
                at=T0 + timedelta(minutes=minute),
                slice=slice,
                stage=stage.id if minute else "placebo",
                traffic_pct=stage.traffic_pct or 0,
                counters={"split_requests": float(n)},
                gauges={},
            )
