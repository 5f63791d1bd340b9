"""T-10: what the probes brought back -> Verdict, one function a probe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ramp.caps import Caps, Spend
from ramp.plan import Plan
from ramp.release import Release
from ramp.units import Unit, show, show_seconds
from ramp.verdict import Colour, Verdict, no_data


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One payment of the probe (D1). `masked_id` is safe to show; `problem` is a sentence when it did not settle.

    `risk_level`, `outcome` and `rule_id` are the processor's fraud outcome; `reused` says that an earlier run in the
    same place had already made the payment, so that this one spent nothing.
    """

    key: str
    amount_cents: int
    masked_id: str
    authorized: bool
    captured: bool
    outcome: str | None = None
    risk_level: str | None = None
    rule_id: str | None = None
    decline_code: str | None = None
    reused: bool = False
    problem: str | None = None


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a restore that ran brought back (D2).

    `pointer` is what #ship-room is given to restore to; `rows_before` were written before it (found of expected),
    `rows_after` after it and must be absent. `rpo_s` is the age of the newest write that the archive can give back,
    `rto_s` the time from the order to a database that answers and takes writes.
    """

    pointer: str
    taken_at_utc: datetime
    rows_before_expected: int
    rows_before: int
    rows_after: int
    rpo_s: float
    rto_s: float
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Prewarmed:
    """One path of the pre-warm set (D3): the status of both fetches and what the cache said of the second."""

    path: str
    status: int
    hit: bool
    said: str


@dataclass(frozen=True, kw_only=True)
class RouteTelemetry:
    """What one AI route showed on one slice (D4): models that answered it, tokens by kind, revenue."""

    path: str
    slice: str
    models: Mapping[str, float]
    input_tokens: float
    output_tokens: float
    revenue_usd: float
    cost_usd: float | None
