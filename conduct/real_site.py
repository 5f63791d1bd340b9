"""The system under release, where it is one that somebody runs."""

from datetime import datetime

from conduct.changes import TELLING, WITHOUT_ACT, Change
from conduct.ledger_place import ledger_of
from conduct.noted_clock import begun_clock
from conduct.site import Site
from fixtures.clock import PlanClock
from ramp.observation import NoEvidence
from ramp.plan import Moment
from ramp.target import Target
from ramp.validation import Invalid


class RealSite(Site):
    """A system that somebody runs. `observe` has recorded its stages, so that only moments before T-0 are looked at."""

    is_live = True

    @property
    def target(self) -> Target:
        if self.release.real is None:
            raise NoEvidence("the release file has no [real] table")
        return self.release.real

    @property
    def go_at_utc(self) -> datetime | None:
        return self.release.go_at_utc

    @property
    def clock(self) -> PlanClock:
        return PlanClock.real() if self.speed == 1 else begun_clock(self.folder, self.speed)

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
