"""The system under release, where it is the rehearsal: one that answers, or the recording that is left of one."""

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from pydantic import SecretStr

from conduct.changes import Change
from conduct.given import given
from conduct.ledger_place import ledger_in
from conduct.site import Site, SiteFailed
from fixtures.clock import PlanClock
from fixtures.embedded_postgres import EmbeddedPostgres
from fixtures.rehearsal import running as rehearsal
from fixtures.rehearsal.running import LEDGER_FOLDER, RehearsalFailed, Running
from ramp.close_rows import CloseOut
from ramp.drills import RestoreCommand
from ramp.organisation import Organisation
from ramp.plan import Moment
from ramp.posture import Security
from ramp.target import Target


def closed_in(folder: Path, of: Organisation) -> Organisation:
    """What it closes a release with is not the release file's: files in the run's folder stand for caps and lock."""
    caps, lock = (str(folder / f"rehearsed-{what}") for what in ("caps-lifted", "lock-removed"))
    commands = {
        "lift_caps": ("touch", caps),
        "caps_are_lifted": ("test", "-e", caps),
        "remove_lock": ("touch", lock),
        "lock_is_removed": ("test", "-e", lock),
    }
    return of.model_copy(update={"close": (of.close or CloseOut()).model_copy(update=commands)})


class Recorded(Site):
    """A rehearsal that has ended: what was observed of it is judged, and nothing can be asked or changed."""

    is_recording = True

    @property
    def organisation(self) -> Organisation:
        return closed_in(self.folder, self.release)


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
    def organisation(self) -> Organisation:
        return closed_in(self.folder, (self.running and self.running.organisation) or self.release)

    @property
    def go_at_utc(self) -> datetime | None:
        """When it began, or before where the scenario has it so."""
        before_min = self.running.go_before_min if self.running else 0.0
        return datetime.fromtimestamp(self.clock.began_at_s, UTC) - timedelta(minutes=before_min)

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
