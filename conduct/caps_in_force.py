"""The caps in force, written down once they were confirmed, and found again by every later run of the release."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from conduct.earlier_runs import records_beside
from conduct.journal import Journal
from ramp.caps_in_force import IN_FORCE, InForce, caps_of, confirmed_by, in_force
from ramp.observation import NoEvidence
from ramp.verdict import Verdict

if TYPE_CHECKING:
    from conduct.run import Run


def write_down(journal: Journal, run: "Run", moment: str, verdicts: Sequence[Verdict], at_utc: datetime) -> None:
    """Writes the caps into the journal where `moment` has confirmed them."""
    if confirmed_by(run.plan, moment, verdicts):
        journal.append(IN_FORCE, at_utc, moment=moment, **vars(caps_of(run.plan)))


def caps_in_force(run: "Run") -> InForce | None:
    """What the journals of this release's runs, this one's and those beside it, say. Raises NoEvidence."""
    records = list(records_beside(run))
    try:
        return in_force(records)
    except (KeyError, TypeError, ValueError) as error:
        raise NoEvidence(f"the journals beside {run.folder} do not say which caps are in force ({error!r})") from None
