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
from ramp.gates.slices import SlicesRow, slices_gate
from ramp.gates.synthetics import SyntheticsGate, SyntheticsRow
from ramp.plan import Plan
from ramp.signals import (
    AI_COST_USD,
    AI_REQUESTS,
    AI_REVENUE_USD,
    BY_LOAD,
    CACHE_HITS,
    CACHE_LOOKUPS,
    COST_USD,
    COST_USD_SQUARED,
    DB_CONNECTIONS_RATIO,
    DB_CPU_RATIO,
    DB_IO_RATIO,
    DB_UTILIZATION_RATIO,
    ERRORS,
    LATENCY_S,
    LOG_LINES_SCANNED,
    ORIGIN_REQUESTS,
    PAYMENTS_ATTEMPTED,
    PAYMENTS_SUCCEEDED,
    PERSONAL_DATA_FINDINGS,
    REQUESTS,
    SCHEMA_VIOLATIONS,
    SPLIT_REQUESTS,
    SYNTHETIC_FAILURES,
    SYNTHETIC_RUNS,
    SYNTHETIC_WRONG_SLICE,
    USERS,
    named,
)
from ramp.sourced_row import Waivable


class Kind(NamedTuple):
    """A gate of the table: the type of its row in the plan, what makes it, the signals that it `reads`, without which
    it is blind, and the gates whose findings it `needs`."""

    row: type[Waivable]
    make: Callable[[Plan], Gate]
    reads: tuple[str, ...]
    needs: tuple[str, ...] = ()


# In the order in which they look: a gate sees the findings of those before it.
GATES: Mapping[str, Kind] = {
    "latency": Kind(LatencyRow, latency_gate, (LATENCY_S,)),
    "errors": Kind(ErrorsRow, errors_gate, (REQUESTS, ERRORS)),
    "payments": Kind(PaymentsRow, PaymentsGate, (PAYMENTS_ATTEMPTED, PAYMENTS_SUCCEEDED)),
    "cache": Kind(CacheRow, CacheGate, (CACHE_LOOKUPS, CACHE_HITS, ORIGIN_REQUESTS), needs=("latency",)),
    "database": Kind(
        DatabaseRow, DatabaseGate, (DB_CPU_RATIO, DB_IO_RATIO, DB_UTILIZATION_RATIO, DB_CONNECTIONS_RATIO)
    ),
    "cost": Kind(CostRow, CostGate, (USERS, COST_USD, COST_USD_SQUARED)),
    "markup": Kind(MarkupRow, markup_gate, (AI_REQUESTS, AI_COST_USD, AI_REVENUE_USD)),
    "synthetics": Kind(
        SyntheticsRow, SyntheticsGate, (SYNTHETIC_RUNS, SYNTHETIC_FAILURES, SYNTHETIC_WRONG_SLICE, SCHEMA_VIOLATIONS)
    ),
    "slices": Kind(SlicesRow, slices_gate, (REQUESTS,)),
    "share": Kind(ShareRow, share_gate, (SPLIT_REQUESTS,)),
    "privacy": Kind(PrivacyRow, privacy_gate, (LOG_LINES_SCANNED, PERSONAL_DATA_FINDINGS)),
    "load": Kind(LoadGateRow, LoadGate, (REQUESTS, *BY_LOAD)),
}


def reads_slices(gate: str) -> bool:
    """Whether `gate` judges what the release says of its slices: not what both share, such as the database, nor what
    the suite measured itself."""
    signals = [named(signal) for signal in GATES[gate].reads]
    return any(one.reported_by == "release" and one.due != "shared" for one in signals) and not any(
        one.reported_by == "load" for one in signals
    )


def readers(signal: str) -> tuple[str, ...]:
    """The gates that are blind without `signal`."""
    return tuple(name for name, kind in GATES.items() if signal in kind.reads)
