"""What a rehearsed fault led to, beside what it must lead to: a row of the detection matrix."""

from dataclasses import dataclass
from typing import Literal

from ramp.validation import Row

Action = Literal["CONTINUE", "HOLD", "ROLLBACK"]
Word = Literal["GREEN", "YELLOW", "NO DATA", "RED"]


class Led(Row):
    """A decision, and what `check` said where a scenario is about one: its verdict, and the trigger that it saw."""

    decision: Action | None
    check: str | None = None
    verdict: Word | None = None
    trigger: str | None = None


class Detection(Row):
    """One scenario. `digest` is of the scenario, plan, rules and speed that it was rehearsed with.

    `detected_min` are minutes of the stage until the look from which on the check said so, None where no stage was held
    for it. `zero_s` are seconds from the rollback's order until it was proven that no user reaches the canary, None
    where nothing was rolled back or it was not proven. `took_s` is how long the rehearsal took. `problem` says why it
    came to nothing at all."""

    name: str
    says: str
    moment: str
    digest: str
    must: Led
    came: Led
    detected_min: float | None
    zero_s: float | None
    took_s: float
    problem: str | None = None

    @property
    def held(self) -> bool:
        """Whether it led to what it must; a rollback only with zero proven."""
        is_back = self.must.decision != "ROLLBACK" or self.zero_s is not None
        return self.problem is None and self.came == self.must and is_back


@dataclass(frozen=True)
class Expected:
    """How long a rehearsal of a moment is expected to take, in seconds of the clock."""

    hold_min: float
    speed: float

    @property
    def s(self) -> float:
        """The start, the placebo hour and the checks as a process of their own take what they take at any speed."""
        return 12.0 + 60 * self.hold_min / self.speed


def left_s(done: list[tuple[float, Expected]], to_do: list[Expected]) -> float:
    """What the rest takes: what is expected, times how much longer or shorter the `done` took than was expected."""
    took, thought = sum(took_s for took_s, _ in done), sum(each.s for _, each in done)
    return sum(each.s for each in to_do) * (took / thought if thought else 1.0)
