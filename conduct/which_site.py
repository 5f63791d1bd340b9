"""Which system is under release: a rehearsal of it, the real one, or a recording that is left of one."""

from pathlib import Path

from conduct.real_site import RealSite
from conduct.rehearsed_site import Recorded, Rehearsal
from conduct.site import Site
from fixtures.rehearsal import running as rehearsal
from fixtures.rehearsal.faults import scenario as must_exist
from ramp.release import Release
from ramp.validation import Invalid


def site_of(
    release: Release,
    folder: Path,
    *,
    release_file: Path,
    plan_file: Path,
    scenario: str,
    speed: float,
    recorded: bool,
    act: bool = False,
    live_payments: bool = False,
) -> Site:
    """The system under release as it answers now; a rehearsal that does not and is `recorded` is not started again.
    Raises Invalid for a scenario that does not exist, or of a real target."""
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
        speed=1.0 if real else speed,
        act=act,
        live_payments=live_payments,
    ).joined()
