"""The system under release, as a run knows it: what it answers by, and what may be changed of it."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Self

from pydantic import SecretStr

from conduct.changes import WITHOUT_ACT, Change
from conduct.given import given
from conduct.ledger_place import ledger_in
from fixtures import loopback_only
from fixtures.clock import PlanClock
from fixtures.embedded_postgres import EmbeddedPostgres
from ramp.drills import RestoreCommand
from ramp.observation import NoEvidence
from ramp.organisation import Organisation
from ramp.plan import Moment
from ramp.posture import Security
from ramp.privacy.environment import secrets_in
from ramp.release import Release
from ramp.target import Target


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
    def organisation(self) -> Organisation:
        """What is kept of the release outside the system."""
        return self.release

    @property
    def go_at_utc(self) -> datetime | None:
        """When the GO was given, if that is known."""
        return None

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
        named = self.release.secret_envs
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
