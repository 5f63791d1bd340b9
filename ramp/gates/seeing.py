"""What a GREEN gate would have seen: the smallest regression that its stage finds with 80 % power, for its sentence."""

from collections.abc import Callable, Mapping
from functools import partial

from ramp.evidence import CostEvidence, LatencyEvidence, ShareEvidence
from ramp.evidence.latency import Baseline
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.power import StageTraffic, dearer, slower, worse_share

Counted = Callable[[Hold, Slice, Span], tuple[float, float]]


def traffic(hold: Hold, canary: float, control: float) -> StageTraffic:
    """The stage's traffic from what it brought so far; evidence from the end of the warm-up to the end of the hold."""
    planned_min = max(hold.moment.hold_min or 0.0, hold.held_min) - hold.plan.reading.warm_up_min
    return StageTraffic(
        canary=canary / hold.whole.minutes,
        control=control / hold.whole.minutes,
        minutes=planned_min,
        is_first=hold.is_first_stage,
    )


def at_share(hold: Hold) -> str:
    return f" at {hold.moment.traffic_pct} %"


def sees_share(
    hold: Hold, evidence: ShareEvidence, counted: Counted, margin_ratio: float, show: Callable[[float], str]
) -> str:
    """`, sees >= 0.85 % at 1 %`."""
    try:
        _, n = counted(hold, "canary", hold.whole)
        bad, control_n = hold.of_control(partial(counted, hold), hold.whole)
    except NoEvidence:
        return ""
    share = worse_share(
        traffic(hold, n, control_n),
        (bad + 0.5) / (control_n + 1),
        margin=1.0 if hold.is_first_stage else 1 + margin_ratio,
        red_e=hold.plan.evidence.red_e,
        dispersed=evidence.dispersion.at,
    )
    return f", sees {show(share)}{at_share(hold)}" if share is not None else ""


def sees_slower(hold: Hold, evidence: LatencyEvidence) -> str:
    """`, sees >= +9 % at 1 %`."""
    try:
        canary = _buckets(hold, "canary", hold.whole)
        control = hold.of_control(partial(_buckets, hold), hold.whole)
        by = slower(
            traffic(hold, canary["+Inf"], control["+Inf"]),
            Baseline(control),
            bounds_s=evidence.bounds_s,
            slower_ratio=0.0 if hold.is_first_stage else hold.plan.evidence.latency_margin_ratio,
            red_e=hold.plan.evidence.red_e,
            dispersed=evidence.dispersion,
        )
    except (NoEvidence, KeyError):
        return ""
    return f", sees >= {by:+.1%}{at_share(hold)}" if by is not None else ""


def _buckets(hold: Hold, slice: Slice, span: Span) -> Mapping[str, float]:
    return hold.recording.increase_by(slice, "latency_s", span)


def sees_dearer(
    hold: Hold,
    evidence: CostEvidence,
    canary: tuple[float, float, float],
    control: tuple[float, float, float],
) -> str:
    """`, sees >= +5 % at 50 %`."""
    users, usd, squared = control
    mean = usd / users
    by = dearer(
        traffic(hold, canary[0], users),
        mean,
        squared / users - mean * mean,
        noise=evidence.noise,
        red_e=hold.plan.evidence.red_e,
    )
    return f", sees >= {by:+.1%}{at_share(hold)}" if by is not None else ""
