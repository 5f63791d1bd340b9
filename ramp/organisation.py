"""What the organisation around a release keeps of it, outside the system itself."""

from typing import Annotated

from ramp.access import Access
from ramp.close_rows import CloseOut
from ramp.conflicts import Freeze
from ramp.dashboards import Dashboard, DashboardAccess
from ramp.forms import AtUtc, Url, distinct
from ramp.mitigation_rows import Mitigations
from ramp.monitors import Monitor
from ramp.repository import Repository
from ramp.traffic_history_rows import TrafficHistory
from ramp.validation import Row


class Organisation(Row):
    """Where its repository, runbook, traffic's history, dashboards and monitors are, the T-0 that was chosen, when
    nothing may be released, and what a release is closed with. In a release file these stand at the top; a rehearsal
    has its own."""

    start_at_utc: AtUtc | None = None
    traffic_history: TrafficHistory | None = None
    repository: Repository | None = None
    runbook_url: Url | None = None
    runbook_access: Access | None = None
    freezes: tuple[Freeze, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    dashboard_access: DashboardAccess | None = None
    monitors: Annotated[tuple[Monitor, ...], distinct("has {0.name} twice", lambda monitor: monitor.name)] = ()
    close: CloseOut | None = None
    mitigations: Mitigations | None = None
