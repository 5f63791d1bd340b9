"""The smallest regression that each gate sees at each stage, from a recording: what `python -m ramp power` prints."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ramp import power
from ramp.evidence.latency import Baseline
from ramp.gates.cache import misses_counted
from ramp.gates.cost import cost_evidence
from ramp.gates.errors import errors_counted
from ramp.gates.latency import latency_evidence
from ramp.gates.payments import PaymentsRow
from ramp.gates.weighing import share_evidence
from ramp.observation import NoEvidence, Slice, Span
from ramp.plan import Moment, Plan
from ramp.power import StageTraffic
from ramp.recording import Recording
from ramp.stage_view import Ramp, StageView

_COLUMNS = ("latency", "errors", "cache", "cost", "payments")


@dataclass(frozen=True)
class _Seen:
    """What was recorded of both slices together, in all of `span`, scaled by `scale`."""

    plan: Plan
    recording: Recording
    span: Span
    scale: float
    placebo: StageView | None

    def total(self, name: str) -> float:
        """A minute of both slices. Raises NoEvidence."""
        both = (self.recording.increase(slice, name, self._of(slice)) for slice in ("canary", "control"))
        return self.scale * sum(both) / self.span.minutes

    def control(self, name: str) -> float:
        return self.recording.increase("control", name, self._of("control"))

    def buckets(self) -> dict[str, float]:
        return self.recording.increase_by("control", "latency_s", self._of("control"))

    def _of(self, slice: Slice) -> Span:
        frames = self.recording.frames(slice)
        if not frames:
            raise NoEvidence(f"nothing of {slice} was recorded")
        return Span(start=frames[0].at, end=frames[-1].at)

    def traffic(self, stage: Moment, a_minute: float) -> StageTraffic:
        share = (stage.traffic_pct or 0) / 100
        return StageTraffic(
            canary=a_minute * share,
            control=a_minute * (1 - share),
            minutes=(stage.hold_min or 0.0) - self.plan.reading.warm_up_min,
            is_first=stage == self.plan.stages[0],
        )


def power_table(plan: Plan, recording: Recording, name: str, *, rps: float | None, as_json: bool) -> str:
    """The table of the recording that is called `name`, as text or as one JSON object; `rps` replaces the recording's
    own rate of requests. Raises NoEvidence where the recording tells of no traffic."""
    seen = _seen(plan, recording, rps)
    rows = {stage.id: _row(seen, stage) for stage in plan.stages if stage.traffic_pct != 100}
    a_second = seen.total("requests") / 60
    if as_json:
        return json.dumps({"rps": a_second, "dispersion": bool(seen.placebo), "stages": rows})
    told = [f"From {name}: {a_second:.0f} requests a second in all."]
    if seen.placebo is None:
        told.append("No placebo hour: requests are taken for independent, so these are the smallest at best.")
    told.append("The smallest regression found RED with 80 % power in the stage alone (payments: by its limit):")
    told += ["", "  " + "stage".ljust(11) + "".join(column.ljust(16) for column in _COLUMNS)]
    told += [
        "  " + stage.ljust(11) + "".join(_shown(row[c], c).ljust(16) for c in _COLUMNS) for stage, row in rows.items()
    ]
    return "\n".join([*told, "", "latency, cost: slower or dearer than control; errors, cache: the rate that is seen"])


def _seen(plan: Plan, recording: Recording, rps: float | None) -> _Seen:
    frames = recording.frames("control")
    if len(frames) < 2:
        raise NoEvidence("the recording tells of no control traffic, so nothing can be said of what a stage sees")
    views = Ramp(plan, recording).views_until(frames[-1].at)
    placebo = (
        views[-1]
        if views and sum(span.minutes for span in views[-1].placebo) >= plan.evidence.placebo_min_least
        else None
    )
    seen = _Seen(plan, recording, Span(frames[0].at, frames[-1].at), 1.0, placebo)
    if rps is None:
        return seen
    return _Seen(plan, recording, seen.span, 60 * rps / seen.total("requests"), placebo)


def _row(seen: _Seen, stage: Moment) -> dict[str, Any]:
    gates: dict[str, Callable[[_Seen, Moment], float | None]] = {
        "latency": _latency,
        "errors": partial(_share, bad="errors", n="requests"),
        "cache": partial(_share, bad="cache_hits", n="cache_lookups"),
        "cost": _cost,
        "payments": lambda seen, stage: power.failing_payments(
            seen.plan.caps.count_max, seen.plan.gate(PaymentsRow).success_ratio_min
        ),
    }
    row = {}
    for gate, smallest in gates.items():
        try:
            row[gate] = smallest(seen, stage)
        except NoEvidence:
            row[gate] = None
    return row


def _latency(seen: _Seen, stage: Moment) -> float | None:
    row, first = seen.plan.evidence, stage == seen.plan.stages[0]
    evidence = latency_evidence(seen.placebo) if seen.placebo else None
    return power.slower(
        seen.traffic(stage, seen.total("requests")),
        Baseline(seen.buckets()),
        bounds_s=evidence.bounds_s if evidence else row.latency_bounds_s,
        slower_ratio=0.0 if first else row.latency_margin_ratio,
        red_e=row.red_e,
        dispersed=evidence.dispersion if evidence else lambda bound_s, information: 1.0,
    )


def _share(seen: _Seen, stage: Moment, *, bad: str, n: str) -> float | None:
    row = seen.plan.evidence
    is_cache = bad == "cache_hits"
    counted, margin = (
        (misses_counted, row.cache_margin_ratio) if is_cache else (errors_counted, row.errors_margin_ratio)
    )
    evidence = share_evidence(counted, seen.placebo, 0.5) if seen.placebo else None
    share = (seen.control(bad) + 0.5) / (seen.control(n) + 1)
    return power.worse_share(
        seen.traffic(stage, seen.total(n)),
        1 - share if is_cache else share,
        margin=1.0 if stage == seen.plan.stages[0] else 1 + margin,
        red_e=row.red_e,
        dispersed=evidence.dispersion.at if evidence else lambda information: 1.0,
    )


def _cost(seen: _Seen, stage: Moment) -> float | None:
    users, usd, squared = (seen.control(name) for name in ("users", "cost_usd", "cost_usd_squared"))
    if not users:
        raise NoEvidence("control had no users")
    mean = usd / users
    return power.dearer(
        seen.traffic(stage, seen.total("users")),
        mean,
        squared / users - mean * mean,
        noise=cost_evidence(seen.placebo).noise if seen.placebo else 0.0,
        red_e=seen.plan.evidence.red_e,
    )


def _shown(value: float | None, gate: str) -> str:
    if value is None:
        return "sees none"
    match gate:
        case "latency" | "cost":
            return f">= {value:+.1%}"
        case "cache":
            return f"<= {1 - value:.1%} hits"
        case "payments":
            return f"<= {1 - value:.1%} good"
        case _:
            return f">= {value:.2%}"
