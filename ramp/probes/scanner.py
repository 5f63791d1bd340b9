"""C1: the scanner sees what is written: a known record is found once, where it was put, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass

from ramp.observation import Slice
from ramp.plan import Plan
from ramp.units import Unit
from ramp.verdict import Colour, Verdict, no_data


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """A line in which a known record stands, and the kinds of personal data that the scanner found in it."""

    path: str
    line: int
    kinds: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"{self.path}, line {self.line:,}"


@dataclass(frozen=True, kw_only=True)
class LogSeen:
    """A configured log, the id of the record that its owner put there (None where nobody did), and each line of any
    log in which that stands."""

    path: str
    slice: Slice
    record: str | None
    sightings: tuple[Sighting, ...]

    @property
    def own(self) -> tuple[Sighting, ...]:
        return tuple(one for one in self.sightings if one.path == self.path)


def judge_scanner(plan: Plan, moment: str, logs: Sequence[LogSeen]) -> Verdict:
    """GREEN where each known record stands once, in its own log, and the scanner finds personal data in it; a log of
    the canary has one. Any further sighting is a finding: RED. One that is not found is NO DATA."""
    recorded = [log for log in logs if log.record]
    notes = tuple(f"not proven: {log.path} of {log.slice} has no record" for log in logs if not log.record)
    if more := [(log, one) for log in recorded for one in _further(log)]:
        log, first = more[0]
        why = f"the known record {log.record} of {log.path} stands in {first.place} too"
        further = f", and {len(more) - 1} more" if more[1:] else ""
        said = f"{why}{further}: what is logged is copied, or written again"
        return _verdict(moment, Colour.RED, said, len(more), notes)
    if not any(log.slice == "canary" for log in recorded):
        return no_data("scanner", moment, _NONE, notes=notes)
    if unseen := [log for log in recorded if not log.own]:
        why = f"the known record {unseen[0].record} does not stand in {unseen[0].path} of {unseen[0].slice}"
        return no_data("scanner", moment, f"{why}: nobody knows whether what is written there is read", notes=notes)
    if blind := [log for log in recorded if not log.own[0].kinds]:
        why = f"the scanner finds no personal data in the known record {blind[0].record} ({blind[0].own[0].place})"
        return no_data("scanner", moment, f"{why}: write it with an e-mail address, unmasked", notes=notes)
    found = "; ".join(f"{log.own[0].place}: {', '.join(log.own[0].kinds)}" for log in recorded)
    return _verdict(moment, Colour.GREEN, f"the scanner found each known record, once ({found})", 0, notes)


def _further(log: LogSeen) -> list[Sighting]:
    """Every sighting but the first in its own log."""
    first = log.own[:1]
    return [one for one in log.sightings if one not in first]


def _verdict(moment: str, colour: Colour, why: str, further: int, notes: tuple[str, ...]) -> Verdict:
    red = colour is Colour.RED
    return Verdict(
        check="scanner",
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.COUNT,
        value=further,
        limit=0,
        tag_ceo=red,
        page_security=red,
        notes=notes,
    )


_NONE = (
    "no log of the canary has a known record: have the application write one line with an id of its own and a made-up "
    "e-mail address, and name the id as record of that log in the release file"
)
