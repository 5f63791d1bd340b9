"""Which system is under release: a rehearsal of it, the real one, or a recording that is left of one."""

import os
from pathlib import Path

from conduct.noted_clock import noted_clock
from conduct.real_site import RealSite
from conduct.rehearsed_site import Recorded, Rehearsal
from conduct.site import Site
from fixtures.rehearsal import running as rehearsal
from fixtures.rehearsal.faults import scenario as must_exist
from ramp.plan_time import REHEARSED, faster_refused
from ramp.release import Release
from ramp.validation import Invalid


def site_of(
    release: Release,
    folder: Path,
    *,
    release_file: Path,
    plan_file: Path,
    scenario: str,
    speed: float | None,
    recorded: bool,
    act: bool = False,
    live_payments: bool = False,
) -> Site:
    """The system under release as it answers now; a rehearsal that does not and is `recorded` is not started again.
    Without `speed` a
    real target takes the clock's own. Raises Invalid for a scenario that does not exist, or of a real target, and for a
    speed that it must not have."""
    if (real := release.target == "real") and scenario != "healthy":
        raise Invalid("--scenario", [f"'{scenario}' is for the rehearsal, and {release_file} says target = \"real\""])
    must_exist(scenario)
    kind = RealSite if real else Recorded if recorded and rehearsal.join(folder) is None else Rehearsal
    return kind(
        release=release,
        release_file=release_file,
        plan_file=plan_file,
        folder=folder,
        scenario=scenario,
        speed=_real_speed(release, folder, speed) if real else speed or REHEARSED,
        act=act,
        live_payments=live_payments,
    ).joined()


def _real_speed(release: Release, folder: Path, asked: float | None) -> float:
    """As the run in `folder` began, or as is asked. Raises Invalid."""
    noted = noted_clock(folder)
    speed = noted.speed if noted else asked or 1.0
    if release.real and (why := faster_refused(release.real, speed, lambda name: bool(os.environ.get(name)))):
        raise Invalid("--speed", [why])
    return speed
