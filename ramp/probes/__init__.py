"""Before T-0: what the probes brought back -> Verdict, one function in one file for each probe."""

from ramp.probes.caps_refused import Offered, caps_refused
from ramp.probes.caps_rules import Proof, caps_rules
from ramp.probes.caps_target import OfferedToTarget, caps_target
from ramp.probes.coverage import coverage
from ramp.probes.payments_settle import Receipt, payments_settle
from ramp.probes.prewarm import Prewarmed, prewarm
from ramp.probes.restore import Restored, restore
from ramp.probes.telemetry import RouteTelemetry, telemetry

__all__ = [
    "Offered",
    "OfferedToTarget",
    "Prewarmed",
    "Proof",
    "Receipt",
    "Restored",
    "RouteTelemetry",
    "caps_refused",
    "caps_rules",
    "caps_target",
    "coverage",
    "payments_settle",
    "prewarm",
    "restore",
    "telemetry",
]
