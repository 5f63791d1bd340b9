"""The gates of a stage: what was recorded -> Verdict, one function in one file for each gate.

A verdict is the directive's literal arithmetic over the trailing window at every look. A breach is YELLOW until it
has persisted (F1) and then RED; the evidence grade stands beside it and never turns a breach GREEN.
"""

from ramp.gates.cache import cache
from ramp.gates.cost import cost
from ramp.gates.database import database
from ramp.gates.errors import errors
from ramp.gates.latency import latency
from ramp.gates.load import load
from ramp.gates.markup import markup
from ramp.gates.payments import payments
from ramp.gates.privacy import privacy
from ramp.gates.share import share
from ramp.gates.synthetics import synthetics

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
