"""What a gate's stage can see: the smallest regression that it finds with 80 % power, for the sentence of a GREEN, and
whether the placebo hour is too noisy to see any within the limit.

What a GREEN is told of is read when the gate looks; what is seen is computed when it is put into words.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from ramp.evidence import CostEvidence, LatencyEvidence, ShareEvidence, Spending
from ramp.evidence.latency import Baseline
from ramp.gates.judging import Point
from ramp.noise import cost_noise, latency_noise, say_noise, share_noise
from ramp.power import StageTraffic, dearer, slower, worse_share
from ramp.stage_view import StageView


class Sees(NamedTuple):
    """`smallest` computes the regression, `show` says it."""

    smallest: Callable[[], float | None]
    show: Callable[[float], str]
    traffic_pct: int | None

    def words(self) -> str:
        """`, sees >= +9 % at 1 %`, or nothing."""
        seen = self.smallest()
        return "" if seen is None else f", sees {self.show(seen)} at {self.traffic_pct} %"


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
    smallest = partial(
        worse_share,
        stage_traffic(view, canary.n, control.n, view.now.minutes),
        (control.bad + 0.5) / (control.n + 1),
        margin=_margin(view, margin_ratio),
        red_e=view.plan.evidence.red_e,
        dispersed=evidence.dispersion.at,
    )
    return Sees(smallest, show, view.moment.traffic_pct)


def share_too_noisy(
    limit_ratio: float, margin_ratio: float, canary: Point, control: Point, view: StageView, evidence: ShareEvidence
) -> str:
    traffic, margin = stage_traffic(view, canary.n, control.n, view.now.minutes), _margin(view, margin_ratio)
    noise = share_noise(view.plan, evidence, traffic, limit_ratio=limit_ratio, margin=margin)
    return say_noise(noise, view.moment.id)


def _margin(view: StageView, margin_ratio: float) -> float:
    return 1.0 if view.is_first_stage else 1 + margin_ratio


def sees_slower(view: StageView, evidence: LatencyEvidence, canary: Point, control: Point) -> Sees:
    """At the traffic of the present window."""
    smallest = partial(
        _slower,
        stage_traffic(view, canary.n, control.n, view.now.minutes),
        control.buckets,
        evidence.bounds_s,
        0.0 if view.is_first_stage else view.plan.evidence.latency_margin_ratio,
        view.plan.evidence.red_e,
        evidence.dispersion,
    )
    return Sees(smallest, _show_ratio, view.moment.traffic_pct)


def slower_too_noisy(limit_s: float, canary: Point, control: Point, view: StageView, evidence: LatencyEvidence) -> str:
    traffic = stage_traffic(view, canary.n, control.n, view.now.minutes)
    noise = latency_noise(view.plan, evidence, traffic, control.buckets, limit_s / control.value - 1)
    return say_noise(noise, view.moment.id)


def _slower(
    traffic: StageTraffic,
    control: Mapping[str, float],
    bounds_s: tuple[float, ...],
    slower_ratio: float,
    red_e: float,
    dispersed: Callable[[float, float], float],
) -> float | None:
    baseline = Baseline(control)
    return slower(traffic, baseline, bounds_s=bounds_s, slower_ratio=slower_ratio, red_e=red_e, dispersed=dispersed)


def sees_dearer(view: StageView, evidence: CostEvidence, canary: Spending, control: Spending) -> Sees:
    """At the traffic of the stage so far."""
    smallest = partial(
        dearer,
        stage_traffic(view, canary.users, control.users, view.whole.minutes),
        *control.mean_and_variance,
        noise=evidence.noise,
        red_e=view.plan.evidence.red_e,
    )
    return Sees(smallest, _show_ratio, view.moment.traffic_pct)


def dearer_too_noisy(
    view: StageView, evidence: CostEvidence, canary: Spending, control: Spending, over_ratio: float
) -> bool:
    traffic = stage_traffic(view, canary.users, control.users, view.whole.minutes)
    return cost_noise(view.plan, evidence, traffic, control.mean_and_variance, over_ratio) is not None


def _show_ratio(by: float) -> str:
    return f">= {by:+.1%}"
