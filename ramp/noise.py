"""Whether the placebo hour is too noisy: by it a stage sees nothing that a limit leaves, and that is the noise's doing.

Noise is a dispersion, the variance between equal slices over that of chance alone: at 4, the smallest regression that
is seen is about twice what it would be. Each gives the dispersion where the hour is too noisy, else None.
"""

from collections.abc import Sequence

from ramp.evidence import CostEvidence, LatencyEvidence, ShareEvidence
from ramp.evidence.latency import Baseline, Buckets
from ramp.plan import Plan
from ramp.power import StageTraffic, dearer_seen, share_seen, slower_seen


def share_noise(
    plan: Plan, evidence: ShareEvidence, traffic: StageTraffic, *, limit_ratio: float, margin: float
) -> float | None:
    """Of a share of bad whose limit is `limit_ratio`."""
    share = evidence.control_share
    noise = evidence.dispersion.at(traffic.minute(share, share).information)
    if noise <= plan.evidence.placebo_dispersion_max:
        return None
    seen = share_seen(traffic, share, margin=margin, red_e=plan.evidence.red_e, dispersed=evidence.dispersion.at)
    return None if limit_ratio > share and seen(limit_ratio) else noise


def latency_noise(
    plan: Plan, evidence: LatencyEvidence, traffic: StageTraffic, control: Buckets, slower_ratio: float
) -> float | None:
    """Of latency, whose limit is `slower_ratio` above what the buckets of `control` say."""
    noise = max((_at_boundary(evidence, traffic, bound_s) for bound_s in evidence.bounds_s), default=1.0)
    if noise <= plan.evidence.placebo_dispersion_max:
        return None
    ways = slower_seen(
        traffic,
        Baseline(control),
        bounds_s=evidence.bounds_s,
        slower_ratio=0.0 if traffic.is_first else plan.evidence.latency_margin_ratio,
        red_e=plan.evidence.red_e,
        dispersed=evidence.dispersion,
    )
    return None if slower_ratio > 0 and any(seen(slower_ratio) for seen in ways) else noise


def _at_boundary(evidence: LatencyEvidence, traffic: StageTraffic, bound_s: float) -> float:
    share = evidence.baseline.tail(bound_s)
    return evidence.dispersion(bound_s, traffic.minute(share, share).information)


def cost_noise(
    plan: Plan, evidence: CostEvidence, traffic: StageTraffic, spread: Sequence[float], over_ratio: float
) -> float | None:
    """Of cost per user, whose limit is `over_ratio` above control's; `spread` is the mean and variance of a user's in
    the stage, which the hour may have shown to vary more."""
    mean_usd, variance_usd2 = spread
    if min(variance_usd2, evidence.variance) <= 0:
        return None
    noise = 1 + evidence.noise * traffic.canary * traffic.control / (traffic.canary + traffic.control)
    noise *= evidence.variance / variance_usd2
    if noise <= plan.evidence.placebo_dispersion_max:
        return None
    seen = dearer_seen(traffic, mean_usd, evidence.variance, noise=evidence.noise, red_e=plan.evidence.red_e)
    return None if seen(over_ratio) else noise


def say_noise(noise: float | None, where: str) -> str:
    """`too noisy: …`, or nothing."""
    if noise is None:
        return ""
    return (
        f"too noisy: equal slices varied {noise:,.0f} times as much as chance explains in the placebo hour, "
        f"so that {where} sees nothing that the limit leaves"
    )
