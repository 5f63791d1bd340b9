"""The gates of a stage: what a look sees -> Finding, one file for each gate.

A finding is the directive's literal arithmetic over the trailing window. A breach is YELLOW until it has persisted (F1)
and then RED; evidence against control and the evidence grade stand beside it and never turn a breach GREEN.
"""

from collections.abc import Callable, Mapping

from ramp.gates.cache import CacheGate
from ramp.gates.cost import CostGate
from ramp.gates.database import DatabaseGate
from ramp.gates.errors import errors_gate
from ramp.gates.judging import Gate
from ramp.gates.latency import latency_gate
from ramp.gates.load import LoadGate
from ramp.gates.markup import markup_gate
from ramp.gates.payments import PaymentsGate
from ramp.gates.privacy import privacy_gate
from ramp.gates.share import share_gate
from ramp.gates.synthetics import synthetics_gate
from ramp.plan import Plan

# In the order in which they look: a gate sees the findings of those before it.
GATES: Mapping[str, Callable[[Plan], Gate]] = {
    "latency": latency_gate,
    "errors": errors_gate,
    "payments": PaymentsGate,
    "cache": CacheGate,
    "database": DatabaseGate,
    "cost": CostGate,
    "markup": markup_gate,
    "synthetics": synthetics_gate,
    "share": share_gate,
    "privacy": privacy_gate,
    "load": LoadGate,
}

# Gates that cannot look without another one's finding.
NEEDS: Mapping[str, tuple[str, ...]] = {"cache": ("latency",)}
