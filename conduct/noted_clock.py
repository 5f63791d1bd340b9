"""Plan time of a real target that passes faster than the clock: noted in the run's folder, for every process of it."""

import json
import time
from dataclasses import asdict
from pathlib import Path

from fixtures.clock import PlanClock
from ramp.validation import Invalid

NOTE = "clock.json"


def noted_clock(folder: Path) -> PlanClock | None:
    """The plan time of the run in `folder`, None where it has none of its own. Raises Invalid for one that is of no use
    any more."""
    file = folder / NOTE
    try:
        said = json.loads(file.read_text("utf-8"))
        clock = PlanClock(**{name: float(value) for name, value in said.items()})
        is_ours = clock.speed > 0 and clock.began_monotonic_s <= time.monotonic()
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError):
        is_ours = False
    if not is_ours:
        raise Invalid("--run", [f"{file} is damaged, or the machine began anew since: begin a run of its own"])
    return clock


def begun_clock(folder: Path, speed: float) -> PlanClock:
    """The plan time of the run in `folder`, which begins now where it has not yet. Raises Invalid."""
    clock = PlanClock(speed=speed, began_at_s=time.time(), began_monotonic_s=time.monotonic())
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with (folder / NOTE).open("x", encoding="utf-8") as note:
            note.write(json.dumps(asdict(clock)))
    except FileExistsError:
        return noted_clock(folder) or clock
    return clock
