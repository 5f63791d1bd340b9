"""Limits that lie in different rows of the plan: together they must leave something to see, and something to say."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from ramp.evidence_row import EvidenceRow
from ramp.gates.latency import LatencyRow
from ramp.plan_rows import Moment, Persistence, Reading
from ramp.sourced_row import SourcedRow

_ALL_GREEN = "A2"  # the owner's sentence that approves without a person

Kind = TypeVar("Kind", bound=SourcedRow)


def impossible(rows: Mapping[str, SourcedRow], sentences: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each limit that another one makes unable to fail, of the rows that are there, by their places."""
    stages = {place: row for place, row in rows.items() if isinstance(row, Moment) and row.is_stage}
    if reading := _only(rows, Reading):
        yield from _nothing_to_read(stages, reading)
    yield from _not_all_green(stages, sentences)
    longest_min = max((stage.hold_min or 0 for stage in stages.values()), default=0)
    persistence = _only(rows, Persistence)
    if persistence and stages and persistence.breach_min > longest_min:
        at_most = f"must be at most {longest_min:g}, the longest hold of a stage"
        yield f"persistence.breach_min = {persistence.breach_min:g}: {at_most}."
    latency, evidence = _only(rows, LatencyRow), _only(rows, EvidenceRow)
    if latency and evidence and latency.limit_s not in evidence.latency_bounds_s:
        listed = ", ".join(f"{bound:g}" for bound in evidence.latency_bounds_s)
        at = f"gates.latency.limit_s = {latency.limit_s:g}"
        yield f"{at}: must be one of evidence.latency_bounds_s, they are {listed}."


def _only(rows: Mapping[str, SourcedRow], kind: type[Kind]) -> Kind | None:
    return next((row for row in rows.values() if isinstance(row, kind)), None)


def _not_all_green(stages: Mapping[str, Moment], sentences: Mapping[str, str]) -> Iterator[str]:
    for place, stage in stages.items():
        if _ALL_GREEN in stage.ids and stage.on_yellow != "hold":
            said = f'{_ALL_GREEN}: "{sentences.get(_ALL_GREEN, "")}"'
            yield f"{place}.on_yellow = '{stage.on_yellow}': must be 'hold', for the row cites {said}"


def _nothing_to_read(stages: Mapping[str, Moment], reading: Reading) -> Iterator[str]:
    least_min = reading.warm_up_min + reading.window_min
    for place, stage in stages.items():
        if stage.hold_min is not None and stage.hold_min < least_min:
            yield (
                f"{place}.hold_min = {stage.hold_min:g}: must be at least {least_min:g}, reading.warm_up_min and one "
                f"reading.window_min after it, so that {stage.id} can be judged."
            )
