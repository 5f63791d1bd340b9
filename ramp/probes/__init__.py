"""T-10: what the probes brought back -> Verdict, one function in one file for each probe."""

from ramp.probes.coverage import coverage
from ramp.probes.payments_settle import Receipt, payments_settle
from ramp.probes.prewarm import Prewarmed, prewarm
from ramp.probes.restore import Restored, restore
from ramp.probes.telemetry import RouteTelemetry, telemetry

__all__ = [
    "Prewarmed",
    "Receipt",
    "Restored",
    "RouteTelemetry",
    "coverage",
    "payments_settle",
    "prewarm",
    "restore",
    "telemetry",
]
