"""What the comparing gates will be able to tell at each stage, from traffic that was recorded: the smallest regression
that is seen, the grade that their evidence reaches, and whether the placebo hour is too noisy for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from ramp import power
from ramp.evidence import Spending, cost_grade, share_grade
from ramp.evidence.shape import Baseline
from ramp.gates.cache import CacheRow, misses_counted
from ramp.gates.cost import CostRow, cost_evidence
from ramp.gates.errors import ErrorsRow, errors_counted
from ramp.gates.judging import exact
from ramp.gates.latency import LatencyRow, latency_evidence
from ramp.gates.weighing import Counted, must_compare, share_evidence
from ramp.histogram import quantile, slower, timed
from ramp.noise import latency_too_noisy, say_too_noisy, share_too_noisy
from ramp.observation import SLICES, NoEvidence, Slice, Span
from ramp.placebo_hour import Hour
from ramp.plan import Moment, Plan
from ramp.power import StageTraffic
from ramp.signals import CACHE_LOOKUPS, COST_USD, COST_USD_SQUARED, KEYED_REQUESTS, LATENCY_S, REQUESTS, USERS
from ramp.verdict import Grade


@dataclass(frozen=True)
class Recorded:
    """What was recorded of both slices over `span`, beside the placebo hour. `scale` times as much is taken to come; of
    it what carries a routing key stays with its slice at every stage, where `keyed_stays`."""

    hour: Hour
    span: Span
    scale: float = 1.0
    keyed_stays: bool = False

    @property
    def plan(self) -> Plan:
        return self.hour.plan

    def increase(self, slice: Slice, name: str) -> float:
        """Over what of `span` is recorded of `slice`. Raises NoEvidence."""
        return self.hour.recording.increase(slice, name, self.of(slice))

    def control_buckets(self) -> dict[str, float]:
        """Raises NoEvidence."""
        return self.hour.recording.increase_by("control", LATENCY_S, self.of("control"))

    def of(self, slice: Slice) -> Span:
        """Raises NoEvidence."""
        ats = [frame.at for frame in self.hour.recording.frames(slice) if self.span.start <= frame.at <= self.span.end]
        if not ats:
            raise NoEvidence(f"nothing of {slice} was recorded")
        return Span(start=ats[0], end=ats[-1])

    def rates(self, name: str) -> dict[Slice, float]:
        """A minute of each slice. Raises NoEvidence."""
        return {slice: self.scale * self.increase(slice, name) / self.span.minutes for slice in SLICES}

    def traffic(self, stage: Moment, name: str) -> StageTraffic:
        """What `stage` brings of `name`, in its minutes of evidence. Raises NoEvidence."""
        rates, share = self.rates(name), (stage.traffic_pct or 0) / 100
        kept = {slice: rate * self._keyed(slice) for slice, rate in rates.items()}
        split = sum(rates.values()) - sum(kept.values())
        if not sum(rates.values()):
            raise NoEvidence(f"no {name} were counted")
        return StageTraffic(
            canary=kept["canary"] + split * share,
            control=kept["control"] + split * (1 - share),
            minutes=(stage.hold_min or 0.0) - self.plan.reading.warm_up_min,
            is_first=stage == self.plan.stages[0],
        )

    def _keyed(self, slice: Slice) -> float:
        """The share of its requests that a routing key sent to `slice`."""
        if not self.keyed_stays or KEYED_REQUESTS not in self.hour.recording.names(slice):
            return 0.0
        return min(self.increase(slice, KEYED_REQUESTS) / max(self.increase(slice, REQUESTS), 1.0), 1.0)


RECORD = "record it with `python -m ramp observe --moment placebo`"


class Told(NamedTuple):
    """What a gate tells at one stage by its placebo hour: the smallest regression that it sees, None where it sees
    none, and why the hour is too noisy, where it is."""

    smallest: float | None
    too_noisy: str = ""


def told(seen: Recorded, gate: str, stage: Moment) -> Told:
    """Raises NoEvidence where the placebo hour does not serve the gate, or its traffic was not recorded."""
    return _TOLD[gate](seen, stage)


def grade(seen: Recorded, gate: str, stage: Moment) -> Grade:
    """What the gate's evidence reaches by the end of `stage`, its canary being as control is. Raises NoEvidence."""
    return _GRADES[gate](seen, stage)


def must_be_usable(hour: Hour) -> None:
    """Raises NoEvidence where no gate compares anything by this placebo hour."""
    requests = ([hour.recording.increase(slice, REQUESTS, span) for span in hour.placebo] for slice in SLICES)
    must_compare(hour.plan, hour.placebo, *requests)


def compared_stages(plan: Plan) -> tuple[Moment, ...]:
    """Those that still have a control."""
    return tuple(stage for stage in plan.stages if stage.traffic_pct != 100)


def _latency(seen: Recorded, stage: Moment) -> Told:
    row, evidence, buckets = seen.plan.evidence, latency_evidence(seen.hour), seen.control_buckets()
    limits, traffic = seen.plan.gate(LatencyRow), seen.traffic(stage, REQUESTS)
    room = limits.limit_s / quantile(buckets, limits.quantile_ratio) - 1
    smallest = power.slower(
        traffic,
        Baseline(buckets),
        slower_ratio=0.0 if traffic.is_first else row.latency_margin_ratio,
        red_e=row.red_e,
        dispersions=evidence.dispersions,
    )
    return Told(smallest, say_too_noisy(latency_too_noisy(seen.plan, evidence, traffic, buckets, room), stage.id))


def _share(gate: str, seen: Recorded, stage: Moment) -> Told:
    of = _shares(seen.plan)[gate]
    evidence, traffic = share_evidence(of.counted, seen.hour, of.limit), seen.traffic(stage, of.n)
    margin = 1.0 if traffic.is_first else 1 + of.margin
    smallest = power.worse_share(
        traffic, of.bad(seen), margin=margin, red_e=seen.plan.evidence.red_e, dispersed=evidence.dispersion.at
    )
    noise = share_too_noisy(seen.plan, evidence, traffic, limit_ratio=of.limit, margin=margin)
    return Told(smallest, say_too_noisy(noise, stage.id))


def _cost(seen: Recorded, stage: Moment) -> Told:
    traffic, noise = seen.traffic(stage, USERS), cost_evidence(seen.hour).noise
    return Told(power.dearer(traffic, *_spent(seen).mean_and_variance, noise=noise, red_e=seen.plan.evidence.red_e))


class _OfShare(NamedTuple):
    """A gate on a share of bad: control's in all that was recorded, what it is a share of, its limit and margin."""

    bad: Callable[[Recorded], float]
    n: str
    limit: float
    counted: Counted
    margin: float


def _shares(plan: Plan) -> Mapping[str, _OfShare]:
    row, missed = plan.evidence, float(1 - exact(plan.gate(CacheRow).hit_ratio_min))
    return {
        "errors": _OfShare(
            partial(_bad, errors_counted),
            REQUESTS,
            plan.gate(ErrorsRow).ratio_max,
            errors_counted,
            row.errors_margin_ratio,
        ),
        "cache": _OfShare(partial(_bad, misses_counted), CACHE_LOOKUPS, missed, misses_counted, row.cache_margin_ratio),
    }


def _bad(counted: Counted, seen: Recorded) -> float:
    bad, n = counted(seen.hour, "control", seen.of("control"))
    return (bad + 0.5) / (n + 1)


def _spent(seen: Recorded) -> Spending:
    spent = Spending(*(seen.increase("control", name) for name in (USERS, COST_USD, COST_USD_SQUARED)))
    if not spent.users:
        raise NoEvidence("control had no users")
    return spent


def _latency_grade(seen: Recorded, stage: Moment) -> Grade:
    row, buckets = seen.plan.gate(LatencyRow), seen.control_buckets()
    slow = slower(buckets, row.limit_s).most / max(timed(buckets), 1)
    return _grade(seen, seen.traffic(stage, REQUESTS), slow, float(1 - exact(row.quantile_ratio)))


def _share_grade(gate: str, seen: Recorded, stage: Moment) -> Grade:
    of = _shares(seen.plan)[gate]
    return _grade(seen, seen.traffic(stage, of.n), of.bad(seen), of.limit)


def _grade(seen: Recorded, traffic: StageTraffic, bad: float, limit: float) -> Grade:
    n = round(traffic.canary * traffic.minutes)
    return share_grade(round(bad * n), n, limit, seen.plan.reading.confidence_ratio)


def _cost_grade(seen: Recorded, stage: Moment) -> Grade:
    traffic, spent = seen.traffic(stage, USERS), _spent(seen)

    def of_stage(users: float) -> Spending:
        times = users * (stage.hold_min or 0.0) / spent.users
        return Spending(*(times * each for each in spent))

    over, confidence_ratio = seen.plan.gate(CostRow).over_control_ratio_max, seen.plan.reading.confidence_ratio
    return cost_grade(of_stage(traffic.canary), of_stage(traffic.control), over, confidence_ratio)


_TOLD: Mapping[str, Callable[[Recorded, Moment], Told]] = {
    "latency": _latency,
    "errors": partial(_share, "errors"),
    "cache": partial(_share, "cache"),
    "cost": _cost,
}
_GRADES: Mapping[str, Callable[[Recorded, Moment], Grade]] = {
    "latency": _latency_grade,
    "errors": partial(_share_grade, "errors"),
    "cache": partial(_share_grade, "cache"),
    "cost": _cost_grade,
}
GATES = tuple(_TOLD)
