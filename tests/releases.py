"""A release as it would be recorded: observations a minute apart, sound in everything that a test does not change."""

from datetime import UTC, datetime, timedelta

from ramp.observation import Observation
from ramp.plan import Plan
from ramp.signals import SIGNALS

T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
# What a minute adds on each slice; `slow` of the requests take over 120 ms.
BOTH = {
    "requests": 1000,
    "keyed_requests": 1000,
    "slow": 20,
    "errors": 1,
    "cache_lookups": 1000,
    "cache_hits": 950,
    "origin_requests": 50,
    "users": 250,
    "cost_usd": 250.0,
    "cost_usd_squared": 251.0,
    "ai_requests": 500,
    "ai_cost_usd": 10.0,
    "ai_revenue_usd": 50.0,
    "ai_requests_by_route": {"/api/tutor": 500},
    "ai_cost_usd_by_route": {"/api/tutor": 10.0},
    "ai_revenue_usd_by_route": {"/api/tutor": 50.0},
    "ai_tokens": {"/api/tutor|small|input": 300_000, "/api/tutor|small|output": 125_000},
    "log_lines_scanned": 100,
    "personal_data_findings": 0,
    "personal_data_suspected": 0,
    "ip_addresses_found": 0,
    "secrets_found": 0,
}
CANARY = {
    "payments_attempted": 5,
    "payments_succeeded": 5,
    "payments_declined": {},
    "fraud_flags": {},
    "synthetic_runs": 3,
    "synthetic_failures": 0,
    "synthetic_wrong_slice": 0,
    "schema_violations": 0,
}
GAUGES = {"db_cpu_ratio": 0.4, "db_io_ratio": 0.2, "db_connections_ratio": 0.3, "db_utilization_ratio": 0.1}
READ_AS_IT_IS = {signal.name for signal in SIGNALS if signal.kind == "gauge"}


def counters_after(before: dict, added: dict, *, of_control: bool) -> dict:
    """The cumulative counters `before` with what one minute `added`. No two slices answer alike to the request."""
    fast = added["requests"] - added["slow"]
    buckets = {"0.1": max(fast - of_control, 0), "0.12": fast, "0.15": added["requests"], "+Inf": added["requests"]}
    counters = {}
    for name, value in (added | {"latency_s": buckets}).items():
        if isinstance(value, dict):
            so_far = before.get(name, {})
            counters[name] = {label: so_far.get(label, 0) + value.get(label, 0) for label in {**so_far, **value}}
        elif name != "slow":
            counters[name] = before.get(name, 0) + value
    return counters


def ramp(plan: Plan, stage: str, minutes: int, canary=None, control=None, after=(), pause_min=0) -> list[Observation]:
    seen, pct = list(after), plan.moment(stage).traffic_pct
    began = seen[-1].at + timedelta(minutes=pause_min) if seen else T0
    totals = {observation.slice: observation.counters for observation in seen}
    changes = {
        "canary": CANARY | GAUGES | {"names_release": 1, "split_requests": 10 * pct} | (canary or {}),
        "control": {"split_requests": 1000 - 10 * pct} | (control or {}),
    }
    for minute in range(1 if seen and not pause_min else 0, minutes + 1):
        for slice in ("canary", "control") if pct < 100 else ("canary",):
            added = {n: value(minute) if callable(value) else value for n, value in (BOTH | changes[slice]).items()}
            gauges = {name: added.pop(name) for name in list(added) if name in READ_AS_IT_IS}
            if not after and minute == 0:
                added = {name: {} if isinstance(value, dict) else 0 for name, value in added.items()}
            totals[slice] = counters_after(totals.get(slice, {}), added, of_control=slice == "control")
            seen.append(
                Observation(
                    at=began + timedelta(minutes=minute),
                    slice=slice,
                    stage=stage if after or minute else "placebo",
                    traffic_pct=pct,
                    counters=totals[slice],
                    gauges=gauges,
                )
            )
    return seen
