"""The placebo hour of a rehearsal: control plays both slices, on a clock of its own, before the first moment."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from conduct import lending
from conduct.journal import Journal
from conduct.lending import Place
from conduct.run import Run
from fixtures.observer import Observer
from fixtures.sources import recording
from fixtures.traffic.edge import EdgeTraffic
from fixtures.traffic.witness import Witness
from ramp.observation import NoEvidence, Observation
from ramp.placebo_hour import PLACEBO
from ramp.plan import KEYED
from ramp.signals import REQUESTS
from ramp.traffic_rows import EdgeAdmin
from reports.journal import read

MINUTES, EVERY_S = 40, 0.12
BEFORE = timedelta(minutes=MINUTES + 5)
SHARE_PCT, BACK_S = 50, 10
# So many requests a slice has in a minute of it, and so long it may last longer in all for them.
LEAST, WAITS_S = 8, 10.0


def left_of(file: Path) -> int:
    """How many of its minutes are still to come: none once a moment was looked at. `file` is what was observed; of
    one that cannot be read too, which its checks say."""
    seen = 0
    try:
        for _, one in recording.observations(file) if file.exists() else ():
            if one.stage not in (KEYED, PLACEBO):
                return 0
            seen += (one.stage, one.slice) == (PLACEBO, "control")
    except NoEvidence:
        return 0
    return max(MINUTES - seen, 0)


def looks(
    run: Run, observer: Observer, traffic: EdgeTraffic, minutes: int, waits_s: float = WAITS_S
) -> Iterator[tuple[Observation, Observation]]:
    """Both slices at each of the last `minutes` until now, 120 ms apart: its hand moves on by a minute a look, so that
    a busy machine makes the hour last longer and leaves no gap in it, nor a minute in which hardly anybody was
    answered. Raises TrafficFailed."""
    began = run.site.clock.now() - timedelta(minutes=minutes)
    traffic.play_control(SHARE_PCT)
    before: tuple[Observation, Observation] | None = None
    for minute in range(minutes + 1):
        due_s, at = time.monotonic() + EVERY_S, began + timedelta(minutes=minute)
        seen = observer.glance(at, PLACEBO, SHARE_PCT)
        while before and waits_s > 0 and _is_thin(before, seen):
            time.sleep(EVERY_S)
            waits_s -= EVERY_S
            seen = observer.glance(at, PLACEBO, SHARE_PCT)
        yield seen
        before = seen
        time.sleep(max(due_s - time.monotonic(), 0.0))


def _is_thin(before: Sequence[Observation], seen: Sequence[Observation]) -> bool:
    """Whether a slice answered fewer requests since `before` than are to be compared; not where it does not say."""
    counted = [
        (one.counters.get(REQUESTS), other.counters.get(REQUESTS)) for one, other in zip(before, seen, strict=True)
    ]
    return any(
        isinstance(was, float | int) and isinstance(now, float | int) and now - was < LEAST for was, now in counted
    )


def put_back(run: Run, journal: Journal) -> str:
    """What a conductor of this run that was killed in it left behind; see `conduct/lending.py`."""
    return lending.put_back(journal, run.site.clock.now, read(run.folder), place(run))


def place(run: Run) -> Place:
    """Its weight is set at the rehearsal's edge. Control answers in it, so that it has no users of the canary."""
    edge_url = run.site.target.edge_url
    return Place(
        by="placebo",
        sha256=EdgeAdmin(admin_url=edge_url).sha256,
        weight_pct=SHARE_PCT,
        traffic=EdgeTraffic(edge_url),
        witness=Witness(run.site.target, run.release),
        likely=None,
        budget_s=BACK_S,
    )


def before(seen: Iterable[Observation]) -> list[Observation]:
    """What was `seen` just now, at a time before that hour."""
    return [replace(one, at=one.at - BEFORE) for one in seen]
