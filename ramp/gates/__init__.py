"""The gates of a stage: what a look sees -> Finding, one file for each gate.

A finding is the directive's literal arithmetic over the trailing window. A breach is YELLOW until it has persisted (F1)
and then RED; evidence against control and the evidence grade stand beside it and never turn a breach GREEN.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ramp.gates.cache import CacheGate, CacheRow
from ramp.gates.cost import CostGate, CostRow
from ramp.gates.database import DatabaseGate, DatabaseRow
from ramp.gates.errors import ErrorsRow, errors_gate
from ramp.gates.judging import Gate
from ramp.gates.latency import LatencyRow, latency_gate
from ramp.gates.load import LoadGate, LoadGateRow
from ramp.gates.markup import MarkupRow, markup_gate
from ramp.gates.payments import PaymentsGate, PaymentsRow
from ramp.gates.privacy import PrivacyRow, privacy_gate
from ramp.gates.share import ShareRow, share_gate
from ramp.gates.synthetics import SyntheticsRow, synthetics_gate
from ramp.plan import Plan
from ramp.plan_rows import SourcedRow


class Kind(NamedTuple):
    """A gate of the table: the type of its row in the plan, what makes it, and the gates whose findings it `needs`."""

    row: type[SourcedRow]
    make: Callable[[Plan], Gate]
    needs: tuple[str, ...] = ()


# In the order in which they look: a gate sees the findings of those before it.
GATES: Mapping[str, Kind] = {
    "latency": Kind(LatencyRow, latency_gate),
    "errors": Kind(ErrorsRow, errors_gate),
    "payments": Kind(PaymentsRow, PaymentsGate),
    "cache": Kind(CacheRow, CacheGate, needs=("latency",)),
    "database": Kind(DatabaseRow, DatabaseGate),
    "cost": Kind(CostRow, CostGate),
    "markup": Kind(MarkupRow, markup_gate),
    "synthetics": Kind(SyntheticsRow, synthetics_gate),
    "share": Kind(ShareRow, share_gate),
    "privacy": Kind(PrivacyRow, privacy_gate),
    "load": Kind(LoadGateRow, LoadGate),
}
