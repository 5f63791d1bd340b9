"""How noisy a stage is: the variance between equal slices over that of chance alone. At 4, the smallest regression that
is seen is about twice what it would be.

Where by it a stage sees nothing that a limit leaves, and that is the noise's doing, nothing is compared: each of the
`..._too_noisy` gives the noise then, else None.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ramp.evidence import CostEvidence, Dispersion, LatencyEvidence, ShareEvidence
from ramp.evidence.shape import Baseline, Buckets
from ramp.plan import Plan
from ramp.power import StageTraffic, dearer_seen, share_seen, slower_seen

_DISAGREE = 2.0


class Noise(NamedTuple):
    """In times of what chance explains: as the placebo hour showed it, and as it is used, which the ramp may have
    raised since."""

    in_hour: float
    used: float

    @property
    def is_new(self) -> bool:
        """Whether the ramp shows far more than the hour did."""
        return self.used >= _DISAGREE * self.in_hour

    def words(self) -> str:
        """What the ramp shows, where the hour showed far less; else nothing."""
        if not self.is_new:
            return ""
        return (
            f"; minutes of control differ {self.used:,.1f} times as much as chance explains, in the placebo hour "
            f"{self.in_hour:,.1f} times"
        )


def noise_of_share(dispersion: Dispersion, traffic: StageTraffic, share: float) -> Noise:
    """Of a share of bad that is `share` on control."""
    information = traffic.minute(share, share).information
    return Noise(dispersion.in_hour(information), dispersion.at(information))


def noise_of_latency(dispersions: Mapping[float, Dispersion], baseline: Baseline, traffic: StageTraffic) -> Noise:
    """At the boundary where it is most."""
    at_bounds = [noise_of_share(of, traffic, baseline.tail(bound_s)) for bound_s, of in dispersions.items()]
    return max(at_bounds, key=lambda noise: noise.used, default=Noise(1.0, 1.0))


def noise_of_cost(noises: tuple[float, float], traffic: StageTraffic) -> Noise:
    """Of cost per user; `noises` are the hour's and the one in use, as CostEvidence has them."""
    weight = traffic.canary * traffic.control / (traffic.canary + traffic.control)
    in_hour, used = (1 + noise * weight for noise in noises)
    return Noise(in_hour, used)


def share_too_noisy(
    plan: Plan, evidence: ShareEvidence, traffic: StageTraffic, *, limit_ratio: float, margin: float
) -> Noise | None:
    """Of a share of bad whose limit is `limit_ratio`."""
    share = evidence.control_share
    noise = noise_of_share(evidence.dispersion, traffic, share)
    if noise.used <= plan.evidence.placebo_dispersion_max:
        return None
    seen = share_seen(traffic, share, margin=margin, red_e=plan.evidence.red_e, dispersed=evidence.dispersion.at)
    return None if limit_ratio > share and seen(limit_ratio) else noise


def latency_too_noisy(
    plan: Plan, evidence: LatencyEvidence, traffic: StageTraffic, control: Buckets, slower_ratio: float
) -> Noise | None:
    """Of latency, whose limit is `slower_ratio` above what the buckets of `control` say."""
    noise = noise_of_latency(evidence.dispersions, evidence.baseline, traffic)
    if noise.used <= plan.evidence.placebo_dispersion_max:
        return None
    ways = slower_seen(
        traffic,
        Baseline(control),
        slower_ratio=0.0 if traffic.is_first else plan.evidence.latency_margin_ratio,
        red_e=plan.evidence.red_e,
        dispersions=evidence.dispersions,
    )
    return None if slower_ratio > 0 and any(seen(slower_ratio) for seen in ways) else noise


def cost_too_noisy(
    plan: Plan, evidence: CostEvidence, traffic: StageTraffic, spread: Sequence[float], over_ratio: float
) -> bool:
    """Of cost per user, whose limit is `over_ratio` above control's; `spread` is the mean and variance of a user's in
    the stage, which the hour may have shown to vary more."""
    mean_usd, variance_usd2 = spread
    if min(variance_usd2, evidence.variance) <= 0:
        return False
    noise = noise_of_cost(evidence.noises, traffic).used * evidence.variance / variance_usd2
    if noise <= plan.evidence.placebo_dispersion_max:
        return False
    return not dearer_seen(traffic, mean_usd, evidence.variance, noise=evidence.noise, red_e=plan.evidence.red_e)(
        over_ratio
    )


def say_too_noisy(noise: Noise | None, where: str) -> str:
    """`too noisy: …`, or nothing."""
    if noise is None:
        return ""
    sees = f"so that {where} sees nothing that the limit leaves"
    if noise.is_new:
        return f"too noisy: minutes of control differ {noise.used:,.0f} times as much as chance explains, {sees}"
    return (
        f"too noisy: equal slices varied {noise.used:,.0f} times as much as chance explains in the placebo hour, {sees}"
    )
