"""The system under release: a rehearsal of it, the real one, or a recording that is left of one."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Self

from pydantic import SecretStr

from conduct.changes import TELLING, WITHOUT_ACT, Change
from conduct.given import given
from conduct.ledger_place import ledger_in, ledger_of
from fixtures import loopback_only
from fixtures.clock import PlanClock
from fixtures.embedded_postgres import EmbeddedPostgres
from fixtures.rehearsal import running as rehearsal
from fixtures.rehearsal.faults import scenario as must_exist
from fixtures.rehearsal.running import LEDGER_FOLDER, RehearsalFailed, Running
from ramp.drills import RestoreCommand
from ramp.observation import NoEvidence
from ramp.plan import Moment
from ramp.posture import Security
from ramp.privacy.environment import secrets_in
from ramp.release import Release
from ramp.target import Target
from ramp.validation import Invalid


class SiteFailed(Exception):
    """The system under release did not start. The sentence says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """What a run in `folder` looks at and acts on. `act` and `live_payments` are what the operator allowed, `scenario`
    and `speed` what a rehearsal was asked for. `is_recording` says that what was observed at an earlier time is judged
    as it is, `is_live` that only the window which just ended is evidence."""

    release: Release
    release_file: Path
    plan_file: Path
    folder: Path
    scenario: str = "healthy"
    speed: float = 1.0
    act: bool = False
    live_payments: bool = False

    is_recording: ClassVar[bool] = False
    is_live: ClassVar[bool] = False

    @property
    def target(self) -> Target:
        """Where the system answers. Raises NoEvidence where there is none any more."""
        raise NoEvidence(f"the rehearsal of {self.folder} has ended, so there is nothing left to probe")

    @property
    def restore(self) -> EmbeddedPostgres | RestoreCommand | None:
        """What a restore is tried with. Raises NoEvidence as `target` does."""
        return self.target.restore

    @property
    def security(self) -> Security | None:
        """Where the privacy posture and its sign-off stand, if that is known."""
        return self.release.security

    @property
    def clock(self) -> PlanClock:
        return PlanClock.real()

    @property
    def ledger_url(self) -> str:
        """The cap ledger, which the release's runs share. Raises LedgerUnavailable where it has no place."""
        return ledger_in(self.folder.parent)

    @property
    def asks_load(self) -> bool:
        """Whether the suite is to bring load."""
        return False

    def secret(self, environment_name: str) -> SecretStr:
        """The secret in that environment variable. Raises NoEvidence."""
        return given(environment_name, os.environ)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that the run knows, for masking."""
        named = self.release.real.secret_envs if self.release.real else ()
        return tuple(filter(None, {*map(os.environ.get, named), *secrets_in(os.environ)}))

    @property
    def ship_room_folder(self) -> Path | None:
        """Where a #ship-room that is only rehearsed keeps what it was sent."""
        return None

    def may(self, what: Change) -> bool:
        """Whether this may be changed outside the suite: the one place that decides it."""
        return False

    def must_allow(self, what: Change) -> None:
        """Raises NoEvidence, with what to type, where `what` must not be changed."""
        if not self.may(what):
            self.target  # noqa: B018  a system that has ended says so first
            raise NoEvidence(WITHOUT_ACT.get(what, f"it is not for the suite to {what} on a real target"))

    def observes(self, moment: Moment) -> bool:
        """Whether the conductor of checks has `moment` observed first."""
        return False

    def must_rehearse(self) -> None:
        """Raises Invalid for a system that is no rehearsal."""

    def confine(self) -> None:
        """From here on this process reaches nothing but loopback."""
        loopback_only.arm()

    def joined(self) -> Self:
        """The same, as it answers now."""
        return self

    def begin(self) -> Self:
        """The same, answering; itself where it did so already. Raises SiteFailed."""
        return self

    def end(self) -> None:
        """Takes down what `begin` started; twice is fine."""


class Recorded(Site):
    """A rehearsal that has ended: what was observed of it is judged, and nothing can be asked or changed."""

    is_recording = True


class RealSite(Site):
    """A system that somebody runs. `observe` has recorded its stages, so that only moments before T-0 are looked at."""

    is_live = True

    @property
    def target(self) -> Target:
        if self.release.real is None:
            raise NoEvidence("the release file has no [real] table")
        return self.release.real

    @property
    def ledger_url(self) -> str:
        return ledger_of(self.release, self.target, self.folder)

    @property
    def asks_load(self) -> bool:
        return self.target.load is not None

    def may(self, what: Change) -> bool:
        return what in TELLING or (self.act and what in WITHOUT_ACT)

    def observes(self, moment: Moment) -> bool:
        return not moment.is_stage

    def must_rehearse(self) -> None:
        raise Invalid("rehearse", ['the release file says target = "real"; a rehearsal never touches a real target'])

    def confine(self) -> None:
        """A real target answers where it answers."""


@dataclass(frozen=True, kw_only=True)
class Rehearsal(Site):
    """The small system that stands in for the real one; `running` once it was started, by whatever process. Everything
    about it is ours to change. It keeps a ledger of its own, and uses its own secrets instead of the user's."""

    running: Running | None = None

    @property
    def target(self) -> Target:
        return self.running.target if self.running else super().target

    @property
    def restore(self) -> EmbeddedPostgres | RestoreCommand | None:
        return self.running.restore if self.running else super().restore

    @property
    def security(self) -> Security | None:
        return self.running.security if self.running else super().security

    @property
    def clock(self) -> PlanClock:
        if self.running is None:
            return super().clock
        began_at_s, began_monotonic_s = self.running.began_at_s, self.running.began_monotonic_s
        return PlanClock(speed=self.running.speed, began_at_s=began_at_s, began_monotonic_s=began_monotonic_s)

    @property
    def ledger_url(self) -> str:
        return ledger_in(self.running.scratch / LEDGER_FOLDER) if self.running else super().ledger_url

    @property
    def asks_load(self) -> bool:
        return True

    def secret(self, environment_name: str) -> SecretStr:
        return given(environment_name, self.running.secrets if self.running else os.environ)

    @property
    def secrets(self) -> tuple[str, ...]:
        return (*(self.running.secrets.values() if self.running else ()), *super().secrets)

    @property
    def ship_room_folder(self) -> Path | None:
        return self.folder / "ship-room"

    def may(self, what: Change) -> bool:
        return self.running is not None

    def observes(self, moment: Moment) -> bool:
        return True

    def joined(self) -> Self:
        return self if self.running and self.running.alive() else replace(self, running=rehearsal.join(self.folder))

    def begin(self) -> Self:
        if self.running:
            return self
        try:
            started = rehearsal.start(self.folder, self.release_file, self.scenario, self.speed, self.plan_file)
            return replace(self, running=started)
        except RehearsalFailed as failed:
            raise SiteFailed(str(failed)) from None

    def end(self) -> None:
        if self.running:
            self.running.stop()


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
