"""A conducted ramp: where it stands."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    SETTING = "SETTING"  # the stage's weight is ordered
    OBSERVING = "OBSERVING"  # the weight is set; the share of the traffic is to be seen before the hold's clock starts
    HOLDING = "HOLDING"  # the hold's clock runs
    ENDING = "ENDING"  # the hold is over; its end is judged, or has been and held. Before T-0 too, at no weight
    ROLLING_BACK = "ROLLING_BACK"  # the rollback is ordered
    PROVING = "PROVING"  # it was carried out, as the command says; whether the canary answers nobody is to be measured
    ROLLED_BACK = "ROLLED_BACK"  # zero is proven
    DONE = "DONE"  # the last of the course went on


class Block(StrEnum):
    """What keeps traffic from rising."""

    GATE = "GATE"  # a verdict; it ends with a look that is within
    WORD = "WORD"  # HOLD, said by somebody who may; it ends with "resume", the same person's GO, or a sign-off of a tie
    PINS = "PINS"  # plan, release file or commit is not what the ramp began with; it ends with a sign-off that names it
    WEIGHT = "WEIGHT"  # the weight is another one than the stage's, or cannot be read
    CARDS = "CARDS"  # #ship-room did not hear a card; it ends with the next one that it takes
    SHARE = "SHARE"  # the traffic's share is not seen to follow the weight


@dataclass(frozen=True)
class Step:
    """One stage of the course. One with the weight of the stage before it is the stable hours at that weight."""

    moment: str
    weight_pct: float
    hold_min: float


@dataclass(frozen=True, kw_only=True)
class Ramp:
    """The state. `index` is the stage's place in `course`; before T-0 that of the moment to conclude in `before`, from
    its end: -1 for the last.
    `weight_pct` was last read. `paged` are the checks of a moment that somebody was called for at a look.
    `concluding` says that a conclusion was ordered and is not in yet. `holders` and `goers` are who said HOLD, and GO,
    last; `signed` is the code by which the moment goes on; `is_deaf` whether no thread can be read,
    `unheard` which card #ship-room did not hear, and why."""

    course: tuple[Step, ...]
    before: tuple[str, ...]
    phase: Phase = Phase.ENDING
    index: int = -1
    weight_pct: float = 0.0
    blocks: frozenset[Block] = frozenset()
    concluding: bool = False
    attempts: int = 0
    paged: frozenset[tuple[str, str]] = frozenset()
    reason: str = ""
    holders: frozenset[str] = frozenset()
    goers: frozenset[str] = frozenset()
    signed: str = ""
    is_deaf: bool = False
    unheard: str = ""

    @property
    def is_tied(self) -> bool:
        """Whether one says HOLD and another GO."""
        return bool(self.holders and self.goers)

    @property
    def moment(self) -> str:
        return self.course[self.index].moment if self.index >= 0 else self.before[self.index]

    @property
    def stage(self) -> str:
        """The moment whose gates are looked at: the stage with the weight of this moment."""
        same = (step.moment for step in self.course if step.weight_pct == self.planned_pct)
        return next(same) if self.index >= 0 else self.moment

    @property
    def in_stable_hours(self) -> bool:
        """Whether all traffic is on the release, and stays there for as long as the plan says."""
        return self.moment != self.stage

    @property
    def planned_pct(self) -> float:
        return self.course[self.index].weight_pct if self.index >= 0 else 0.0

    @property
    def is_out(self) -> bool:
        """Whether users may be with the canary."""
        return self.index >= 0 and self.phase not in (Phase.ROLLED_BACK, Phase.DONE)
