"""Gate coverage: what every gate will read exists, is fresh and has the right unit on both slices, before T-0."""

from ramp.histogram import above
from ramp.observation import SLICES, NoEvidence, Slice, Span
from ramp.plan import Plan
from ramp.recording import Recording
from ramp.units import Unit
from ramp.verdict import Colour, Verdict, no_data

_BOTH = {
    "latency": ("latency_s",),
    "errors": ("requests", "errors"),
    "cache": ("cache_lookups", "cache_hits", "origin_requests"),
    "cost": ("users", "cost_usd", "cost_usd_squared"),
    "markup": ("ai_requests", "ai_cost_usd", "ai_revenue_usd"),
    "share": ("split_requests",),
}
_CANARY = {
    "payments": ("payments_attempted", "payments_succeeded"),
    "database": ("db_cpu_ratio", "db_io_ratio", "db_connections_ratio"),
    "synthetics": ("synthetic_runs", "synthetic_failures", "synthetic_wrong_slice", "schema_violations"),
    "privacy": ("personal_data_findings", "log_lines_scanned"),
}


# What this gate reads the suite reports of itself, from the first request of its own load on.
_OWN = ("load",)


def coverage(plan: Plan, moment: str, recording: Recording, span: Span) -> Verdict:
    """GREEN when no gate of the plan is blind over `span`; else NO DATA naming each that is, and why."""
    blind = {}
    gates = [gate for gate in type(plan.gates).model_fields if gate not in _OWN]
    for gate in gates:
        try:
            for slice in SLICES if gate in _BOTH else SLICES[:1]:
                _must_see(plan, recording, span, gate, slice)
        except NoEvidence as missing:
            blind[gate] = missing.reason
    notes = tuple(f"{gate} is blind: {why}" for gate, why in blind.items())
    total = len(gates)
    if blind:
        return no_data("coverage", moment, f"{len(blind)} of {total} gates are blind: {'; '.join(notes)}", notes=notes)
    return Verdict(
        check="coverage",
        moment=moment,
        colour=Colour.GREEN,
        reason=f"coverage GREEN at {moment}: all {total} gates see fresh data in the right unit",
        unit=Unit.COUNT,
        value=total,
        limit=total,
        n=total,
    )


def _must_see(plan: Plan, recording: Recording, span: Span, gate: str, slice: Slice) -> None:
    for name in (_BOTH | _CANARY)[gate]:
        if name == "latency_s":
            buckets = recording.increase_by(slice, name, span)
            above(buckets, plan.gates.latency.limit_s)
        elif name.startswith("db_"):
            ratio = recording.mean_gauge(slice, name, span)
            if ratio > 2:
                raise NoEvidence(f"{name} reads {ratio:g}, which looks like percent where a ratio is due", name)
        else:
            recording.increase(slice, name, span)
