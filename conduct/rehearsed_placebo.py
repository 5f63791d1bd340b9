"""The placebo hour of a rehearsal: control plays both slices, on a clock of its own, before the first moment."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from conduct.run import Run
from fixtures.observer import Observer
from fixtures.traffic.edge import EdgeTraffic
from ramp.observation import Observation
from ramp.placebo_hour import PLACEBO

MINUTES, EVERY_S = 40, 0.12
BEFORE = timedelta(minutes=MINUTES + 5)
SHARE_PCT = 50


def looks(run: Run, observer: Observer, traffic: EdgeTraffic) -> Iterator[tuple[Observation, Observation]]:
    """Both slices at each of 40 minutes that end now, 120 ms apart: its hand moves on by a minute a look, so that a
    busy machine makes the hour last longer and leaves no gap in it. Raises TrafficFailed."""
    began = run.site.clock.now() - timedelta(minutes=MINUTES)
    traffic.play_control(SHARE_PCT)
    for minute in range(MINUTES + 1):
        due_s = time.monotonic() + EVERY_S
        yield observer.glance(began + timedelta(minutes=minute), PLACEBO, SHARE_PCT)
        time.sleep(max(due_s - time.monotonic(), 0.0))


def before(seen: Iterable[Observation]) -> list[Observation]:
    """What was `seen` just now, at a time before that hour."""
    return [replace(one, at=one.at - BEFORE) for one in seen]
