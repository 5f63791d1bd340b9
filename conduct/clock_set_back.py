"""A clock that was set back since a ramp was last conducted: what is seen now would stand before what was seen then."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from conduct.run import Run
from ramp.observation import NoEvidence

_WAITED_MAX = timedelta(seconds=10)  # what a clock that is set over the network may have been moved back by


def must_not_be_behind(run: Run, records: Iterable[Mapping[str, Any]]) -> None:
    """Waits where the clock of this machine is a few seconds behind the last of `records`. Raises NoEvidence, which
    holds, where it is further behind."""
    last = max((datetime.fromisoformat(each["at_utc"]) for each in records), default=None)
    now = run.site.clock.now()
    if last is None or now > last:
        return
    if last - now > _WAITED_MAX:
        said = f"HOLD: this machine's clock says {now:%Y-%m-%d %H:%M:%SZ} and was set back: the journal of {run.folder}"
        raise NoEvidence(
            f"{said} was last written at {last:%Y-%m-%d %H:%M:%SZ}. Nobody looks until it is set right; go on then: "
            f"python -m ramp run --run={run.folder}. Roll back: python -m ramp rollback"
        )
    run.site.clock.sleep((last - now) / timedelta(minutes=1))
