"""What a gate's stage can see: the smallest regression that it finds with 80 % power, for the sentence of a GREEN, and
whether the slices are too noisy to see any within the limit.

What a GREEN is told of is read when the gate looks; what is seen is computed when it is put into words.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from ramp.evidence import CostEvidence, Dispersion, ShareEvidence, Spending, Tempered
from ramp.evidence.shape import Baseline
from ramp.gates.judging import Point
from ramp.instances import say_apart
from ramp.noise import (
    Noise,
    cost_too_noisy,
    latency_too_noisy,
    noise_of_cost,
    noise_of_latency,
    noise_of_share,
    say_too_noisy,
    share_too_noisy,
)
from ramp.power import StageTraffic, dearer, slower, worse_share
from ramp.stage_view import StageView


class Sees(NamedTuple):
    """`smallest` computes the regression, `show` says it, where `tells_smallest`; `noise` computes how noisy it is,
    `apart` says what instances tell of that."""

    smallest: Callable[[], float | None]
    show: Callable[[float], str]
    traffic_pct: int | None
    noise: Callable[[], Noise]
    tells_smallest: bool = True
    apart: str = ""

    def words(self) -> str:
        """`, sees >= +9 % at 1 %`, or nothing; and what the ramp shows of noise that the placebo hour did not."""
        seen = self.smallest() if self.tells_smallest else None
        said = "" if seen is None else f", sees {self.show(seen)} at {self.traffic_pct} %"
        return said + self.noise().words() + self.apart


def stage_traffic(view: StageView, canary: float, control: float, minutes: float) -> StageTraffic:
    """The stage's traffic, from what `minutes` brought; evidence from the end of the warm-up to the end of the hold."""
    planned_min = max(view.moment.hold_min or 0.0, view.held_min) - view.plan.reading.warm_up_min
    return StageTraffic(
        canary=canary / minutes, control=control / minutes, minutes=planned_min, is_first=view.is_first_stage
    )


def sees_share(
    view: StageView,
    evidence: ShareEvidence,
    canary: Point,
    control: Point,
    margin_ratio: float,
    show: Callable[[float], str],
) -> Sees:
    """At the traffic of the present window."""
    traffic, share = stage_traffic(view, canary.n, control.n, view.now.minutes), (control.bad + 0.5) / (control.n + 1)
    smallest = partial(
        worse_share,
        traffic,
        share,
        margin=_margin(view, margin_ratio),
        red_e=view.plan.evidence.red_e,
        dispersed=evidence.dispersion.at,
    )
    return Sees(smallest, show, view.moment.traffic_pct, partial(noise_of_share, evidence.dispersion, traffic, share))


def say_share_too_noisy(
    limit_ratio: float, margin_ratio: float, canary: Point, control: Point, view: StageView, evidence: ShareEvidence
) -> str:
    traffic, margin = stage_traffic(view, canary.n, control.n, view.now.minutes), _margin(view, margin_ratio)
    noise = share_too_noisy(view.plan, evidence, traffic, limit_ratio=limit_ratio, margin=margin)
    return say_too_noisy(noise, view.moment.id)


def _margin(view: StageView, margin_ratio: float) -> float:
    return 1.0 if view.is_first_stage else 1 + margin_ratio


def sees_slower(view: StageView, evidence: Tempered, canary: Point, control: Point) -> Sees:
    """At the traffic of the present window."""
    traffic, dispersions = stage_traffic(view, canary.n, control.n, view.now.minutes), evidence.dispersions
    smallest = partial(
        _slower,
        traffic,
        control.buckets,
        0.0 if view.is_first_stage else view.plan.evidence.latency_margin_ratio,
        view.plan.evidence.red_e,
        dispersions,
    )
    noise = partial(noise_of_latency, evidence.plain.dispersions, evidence.baseline, traffic)
    return Sees(smallest, _show_ratio, view.moment.traffic_pct, noise, apart=say_apart(evidence))


def say_slower_too_noisy(limit_s: float, canary: Point, control: Point, view: StageView, evidence: Tempered) -> str:
    traffic = stage_traffic(view, canary.n, control.n, view.now.minutes)
    noise = latency_too_noisy(view.plan, evidence.plain, traffic, control.buckets, limit_s / control.value - 1)
    return say_too_noisy(noise, view.moment.id)


def _slower(
    traffic: StageTraffic,
    control: Mapping[str, float],
    slower_ratio: float,
    red_e: float,
    dispersions: Mapping[float, Dispersion],
) -> float | None:
    return slower(traffic, Baseline(control), slower_ratio=slower_ratio, red_e=red_e, dispersions=dispersions)


def sees_dearer(view: StageView, evidence: CostEvidence, canary: Spending, control: Spending) -> Sees:
    """At the traffic of the stage so far."""
    traffic = stage_traffic(view, canary.users, control.users, view.whole.minutes)
    smallest = partial(
        dearer,
        traffic,
        *control.mean_and_variance,
        noise=evidence.noise,
        red_e=view.plan.evidence.red_e,
    )
    noise = partial(noise_of_cost, evidence.noises, traffic)
    return Sees(smallest, _show_ratio, view.moment.traffic_pct, noise)


def dearer_too_noisy(
    view: StageView, evidence: CostEvidence, canary: Spending, control: Spending, over_ratio: float
) -> bool:
    traffic = stage_traffic(view, canary.users, control.users, view.whole.minutes)
    return cost_too_noisy(view.plan, evidence, traffic, control.mean_and_variance, over_ratio)


def _show_ratio(by: float) -> str:
    return f">= {by:+.1%}"
