"""What the scanner finds of what was planted, and what it finds where nothing was."""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ramp.privacy.kinds import Found, Weight
from ramp.privacy.scanner import findings
from tests.bench.privacy.lines import Line, free_line, keyed_line
from tests.bench.privacy.people import People

MADE = ("email", "phone", "ssn", "pan", "ip", "name", "first_name", "address", "dob", "student_id", "device_id",
        "token", "password")  # fmt: skip
TIERS = ("keyed", "free", "encoded")
# Nothing but a name beside it tells what one of these is.
_NEVER_FREE = ("first_name", "password")


@dataclass
class Score:
    """Counts by (kind, tier); a finding that overlaps what was planted of its kind is right."""

    show: int = 0
    due: Counter[tuple[str, str]] = field(default_factory=Counter)
    hit: Counter[tuple[str, str]] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    spans: int = 0
    right: int = 0
    exact: int = 0
    harmless: int = 0
    flagged: int = 0
    fired: int = 0
    spent_s: float = 0.0

    def planted(self, lines: Iterable[Line]) -> None:
        for line in lines:
            found = self._findings(line.text)
            hits = [one for one in found if one.kind == line.kind and one.start < line.end and line.start < one.end]
            self.due[line.kind, line.tier] += 1
            self.hit[line.kind, line.tier] += bool(hits)
            self.spans += len(found)
            self.right += len(hits)
            self.exact += any((one.start, one.end) == (line.start, line.end) for one in hits)
            self._tell(f"missed {line.kind} {line.tier}", line.text[line.start : line.end], line.text, not hits)
            for one in found:
                self._tell(f"false {one.kind}", line.text[one.start : one.end], line.text, one not in hits)

    def without(self, lines: Iterable[str]) -> None:
        for text in lines:
            found = self._findings(text)
            self.harmless += 1
            self.flagged += bool(found)
            for one in found:
                self.false[one.kind] += 1
                self.fired += one.weight is Weight.PERSONAL
                self._tell(f"harmless {one.kind}", text[one.start : one.end], text, True)

    def recall(self, kind: str | None = None, tier: str | None = None) -> float:
        of = [each for each in self.due if kind in (None, each[0]) and tier in (None, each[1])]
        due = sum(self.due[each] for each in of)
        return sum(self.hit[each] for each in of) / due if due else float("nan")

    @property
    def lines_per_s(self) -> float:
        """Of one core: processor time."""
        return (sum(self.due.values()) + self.harmless) / self.spent_s

    def _findings(self, text: str) -> list[Found]:
        began = time.process_time()
        found = findings(text)
        self.spent_s += time.process_time() - began
        return found

    def _tell(self, what: str, value: str, line: str, wrong: bool) -> None:
        if wrong and self.show > 0:
            self.show -= 1
            print(f"{what}: {value!r} in {line[:300]}", file=sys.stderr)


def planted_lines(people: People, count: int) -> Iterator[Line]:
    """A fifth of them in sentences and a quarter encoded, where the kind can be told there."""
    for number in range(count):
        maker = MADE[number % len(MADE)]
        planted = getattr(people, maker)()
        chance = people.rng.random()
        if chance < 0.2 and maker not in _NEVER_FREE and not (planted.kind == "SSN" and planted.needs_key):
            yield free_line(people, planted)
        else:
            yield keyed_line(people, planted, encoded=chance > 0.75 and planted.kind != "IP")
