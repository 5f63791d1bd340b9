"""The clock of a ramp: how long the stage under way was held, of how long, and when what comes next may come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ramp.conducted import Phase, Ramp
from ramp.plan import Plan
from reports.local_time import both
from reports.moment_names import moment_name

_OTHERWISE = {
    Phase.SETTING: "its weight is being set",
    Phase.OBSERVING: "its hold begins when the share of the users is seen to follow the weight",
    Phase.ROLLING_BACK: "it is being rolled back",
    Phase.PROVING: "it was rolled back, and zero is not proven yet",
    Phase.ROLLED_BACK: "it was rolled back, and no user reaches the canary any more",
    Phase.DONE: "the ramp is over: all traffic is on the release",
}


_INTERRUPTED = "nothing by itself, for the conductor was interrupted; `python -m ramp run --run=DIR` goes on"


@dataclass(frozen=True, kw_only=True)
class Stopwatch:
    """`held_min` of `of_min` minutes, None where no stage is held; `said` is both in words, and `then` what is next."""

    held_min: float | None
    of_min: float
    said: str
    then: str


def stopwatch(plan: Plan, ramp: Ramp, records: Iterable[Mapping[str, Any]], zone: str | None) -> Stopwatch:
    """Of where `ramp` stands by `records`; times also by the clock of `zone`."""
    last, ended = None, None
    for record in records:
        ended = record["event"]["what"] if record["kind"] == "happened" else ended
        is_begun = record["kind"] == "ordered" and record["what"] == "SetWeight"
        if is_begun or (record["kind"] == "happened" and record["event"]["what"] == "Looked"):
            last = None if is_begun else record
    name = moment_name(plan, ramp.moment)
    if ramp.index < 0:
        return Stopwatch(held_min=None, of_min=0.0, said=f"{name}: before T-0", then=_then(plan, ramp))
    of_min = ramp.course[ramp.index].hold_min
    if ramp.phase in _OTHERWISE or last is None:
        said = _OTHERWISE.get(ramp.phase, "it was not looked at yet")
        then = "" if ramp.phase in (Phase.ROLLED_BACK, Phase.DONE) else _then(plan, ramp)
        return Stopwatch(held_min=None, of_min=of_min, said=f"{name}: {said}", then=then)
    held_min, stood_min = last["event"]["held_min"], last["event"]["elapsed_min"] - last["event"]["held_min"]
    stood = f"; the clock stood still for {stood_min:.0f} min of RED" if stood_min >= 0.5 else ""
    said = f"{name}: held {held_min:.0f} of {of_min:.0f} min{stood}"
    left = timedelta(minutes=max(of_min - held_min, 0.0))
    if ended == "Interrupted":
        return Stopwatch(held_min=held_min, of_min=of_min, said=said, then=_INTERRUPTED)
    if ramp.phase is Phase.HOLDING:
        ends = f"judged at {both(datetime.fromisoformat(last['at_utc']) + left, zone)} at the earliest, then "
    elif ramp.blocks and not ramp.concluding:
        ends = "it is over and stays where it is while something holds it; after that "
    else:
        ends = "held to its end; then "
    return Stopwatch(held_min=held_min, of_min=of_min, said=said, then=ends + _then(plan, ramp))


def _then(plan: Plan, ramp: Ramp) -> str:
    if ramp.index < -1:
        return moment_name(plan, ramp.before[ramp.index + 1])
    following = ramp.course[ramp.index + 1 :]
    if not following:
        return "the ramp is over"
    name = moment_name(plan, following[0].moment)
    is_stage = plan.moment(following[0].moment).is_stage
    return name if is_stage else f"{following[0].hold_min:g} min at {following[0].weight_pct:g} % ({name})"
