"""What a check says: a colour, a sentence and the numbers behind it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from typing import Any, Required, Self, TypedDict

from ramp.units import Unit


class Colour(IntEnum):
    """Worst-of order; never averaged. NO DATA is worse than a warning and better than a proven breach."""

    GREEN = 0
    YELLOW = 1
    NO_DATA = 2
    RED = 3

    @property
    def word(self) -> str:
        return self.name.replace("_", " ")

    @classmethod
    def of_word(cls, word: str) -> "Colour":
        return cls[word.replace(" ", "_")]


class Grade(StrEnum):
    """How far a value may be trusted: A proven by a bound, B a point with enough samples, C thin."""

    A = "A"
    B = "B"
    C = "C"

    def reaches(self, required: "Grade") -> bool:
        return self <= required


class Trigger(StrEnum):
    """What rolls back without anybody's approval (F7), by the requirement's id."""

    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F4 = "F4"
    F5 = "F5"
    F6 = "F6"


TrendPoint = tuple[float, float | None, float | None]


class Words(TypedDict, total=False):
    """What a verdict tells beside its colour: why, and the numbers behind it. The fields are those of `Verdict`."""

    why: Required[str]
    unit: Unit
    value: float | None
    control: float | None
    limit: float | None
    n: int | None
    window_s: float | None
    interval: tuple[float, float] | None
    grade: Grade | None
    log_e: float | None
    notes: tuple[str, ...]
    trend: tuple[TrendPoint, ...]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The verdict of one check at one moment.

    `why` is the sentence without its head. `value`, `control`, `limit` and `interval` are in `unit`; `window_s` is plan
    time, `log_e` the natural log of the evidence against "no worse than control" (None where there is none). `trigger`
    is the rollback trigger that this check saw fire, `tag_ceo` and `page_ceo` whether the CEO must hear of it (E7, H1)
    whatever is decided, `page_security` whether the security lead must, `open_breach` whether traffic must not
    rise for it, `thin` whether nothing but time is wanted: more samples, or a grade that is not reached yet,
    `blind_min` how long a gate has been without data while canary traffic flowed, `red_min` how long it has been RED
    where that alone, if it lasts, recommends to roll back. `notes` are further lines for people (never secrets or
    personal data), `trend` is the value at each look, oldest first, as (minutes since the moment began, canary,
    control).
    """

    check: str
    moment: str
    colour: Colour
    why: str
    unit: Unit = Unit.NONE
    value: float | None = None
    control: float | None = None
    limit: float | None = None
    n: int | None = None
    window_s: float | None = None
    interval: tuple[float, float] | None = None
    grade: Grade | None = None
    log_e: float | None = None
    trigger: Trigger | None = None
    tag_ceo: bool = False
    page_ceo: bool = False
    page_security: bool = False
    open_breach: bool = False
    thin: bool = False
    blind_min: float = 0.0
    red_min: float = 0.0
    notes: tuple[str, ...] = ()
    trend: tuple[TrendPoint, ...] = ()

    @property
    def reason(self) -> str:
        """The whole sentence: `latency RED at stage_50: P95 143 ms > 120 ms`."""
        return f"{self.check} {self.colour.word} at {self.moment}: {self.why}"

    def record(self) -> dict[str, Any]:
        """As a JSON object; `Verdict.from_record` reads it back."""
        return asdict(self) | {"colour": self.colour.word}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        fields = {name: record[name] for name in cls.__dataclass_fields__ if name in record}
        fields["colour"] = Colour.of_word(record["colour"])
        fields["unit"] = Unit(record["unit"])
        fields["grade"] = Grade(record["grade"]) if record.get("grade") else None
        fields["trigger"] = Trigger(record["trigger"]) if record.get("trigger") else None
        fields["interval"] = tuple(record["interval"]) if record.get("interval") else None
        fields["notes"] = tuple(record.get("notes", ()))
        fields["trend"] = tuple((at, canary, control) for at, canary, control in record.get("trend", ()))
        return cls(**fields)


def no_data(check: str, moment: str, why: str, **fields: Any) -> Verdict:
    """A verdict for evidence that is not there: `why` says what is missing and what to do."""
    return Verdict(check=check, moment=moment, colour=Colour.NO_DATA, why=why, **fields)


def worst(verdicts: list[Verdict]) -> list[Verdict]:
    """Worst first; equal colours keep their order."""
    return sorted(verdicts, key=lambda verdict: -verdict.colour)
