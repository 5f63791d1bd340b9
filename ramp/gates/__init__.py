"""The gates of a stage: what was recorded -> Verdict, one file for each gate.

A verdict is the directive's literal arithmetic over the trailing window at every look. A breach is YELLOW until it
has persisted (F1) and then RED; evidence against control and the evidence grade stand beside it and never turn a breach
GREEN. `latency(hold)` and its like judge one hold; `watch` gives gates that take in look after look.
"""

from ramp.gates.cache import CacheGate, cache
from ramp.gates.cost import CostGate, cost
from ramp.gates.database import DatabaseGate, database
from ramp.gates.errors import errors, errors_gate
from ramp.gates.judging import Gate
from ramp.gates.latency import latency, latency_gate
from ramp.gates.load import LoadGate, load
from ramp.gates.markup import markup, markup_gate
from ramp.gates.payments import PaymentsGate, payments
from ramp.gates.privacy import privacy, privacy_gate
from ramp.gates.share import share, share_gate
from ramp.gates.synthetics import synthetics, synthetics_gate
from ramp.plan import Plan

__all__ = [
    "cache",
    "cost",
    "database",
    "errors",
    "latency",
    "load",
    "markup",
    "payments",
    "privacy",
    "share",
    "synthetics",
]


def watch(plan: Plan) -> dict[str, Gate]:
    """A gate of each kind that has seen nothing yet."""
    slow = latency_gate(plan)
    return {
        "latency": slow,
        "errors": errors_gate(plan),
        "payments": PaymentsGate(),
        "cache": CacheGate(plan, slow),
        "database": DatabaseGate(),
        "cost": CostGate(),
        "markup": markup_gate(),
        "synthetics": synthetics_gate(),
        "share": share_gate(),
        "privacy": privacy_gate(),
        "load": LoadGate(),
    }
