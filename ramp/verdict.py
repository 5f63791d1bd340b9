"""What a check says: a colour, a sentence and the numbers behind it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from typing import Any, Self

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


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The verdict of one check at one moment.

    `value`, `control`, `limit` and `interval` are in `unit`; `window_s` is plan time, `log_e` the natural log of the
    evidence against "no worse than control" (None where there is none). `trigger` is the rollback trigger (F1 to F6)
    that this check saw fire, `blind_min` how long a gate has been without data while canary traffic flowed, `notes`
    are further lines for people (never secrets or personal data), `trend` is the value at each look, oldest first, as
    (minutes since the moment began, canary, control).
    """

    check: str
    moment: str
    colour: Colour
    reason: str
    unit: Unit = Unit.NONE
    value: float | None = None
    control: float | None = None
    limit: float | None = None
    n: int | None = None
    window_s: float | None = None
    interval: tuple[float, float] | None = None
    grade: Grade | None = None
    log_e: float | None = None
    trigger: str | None = None
    tag_ceo: bool = False
    blind_min: float = 0.0
    notes: tuple[str, ...] = ()
    trend: tuple[tuple[float, float | None, float | None], ...] = ()

    @property
    def why(self) -> str:
        """The sentence without its beginning, for where check, colour and moment are said already."""
        return self.reason.removeprefix(f"{self.check} {self.colour.word} at {self.moment}: ")

    def record(self) -> dict[str, Any]:
        """As a JSON object; `Verdict.from_record` reads it back."""
        return asdict(self) | {"colour": self.colour.word}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        fields = {name: record[name] for name in cls.__dataclass_fields__ if name in record}
        fields["colour"] = Colour.of_word(record["colour"])
        fields["unit"] = Unit(record["unit"])
        fields["grade"] = Grade(record["grade"]) if record.get("grade") else None
        fields["interval"] = tuple(record["interval"]) if record.get("interval") else None
        fields["notes"] = tuple(record.get("notes", ()))
        fields["trend"] = tuple((at, canary, control) for at, canary, control in record.get("trend", ()))
        return cls(**fields)


def no_data(check: str, moment: str, why: str, **fields: Any) -> Verdict:
    """A verdict for evidence that is not there: `why` says what is missing and what to do."""
    return Verdict(
        check=check, moment=moment, colour=Colour.NO_DATA, reason=f"{check} NO DATA at {moment}: {why}", **fields
    )


def worst(verdicts: list[Verdict]) -> list[Verdict]:
    """Worst first; equal colours keep their order."""
    return sorted(verdicts, key=lambda verdict: -verdict.colour)
