"""What a GREEN gate would have seen: the smallest regression that its stage finds with 80 % power, for its sentence.

What it is told of is read when the gate looks; what is seen is computed when it is put into words.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from ramp.evidence import CostEvidence, LatencyEvidence, ShareEvidence, Spending
from ramp.evidence.latency import Baseline
from ramp.gates.judging import Point
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


def _traffic(view: StageView, canary: float, control: float, minutes: float) -> StageTraffic:
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
        _traffic(view, canary.n, control.n, view.now.minutes),
        (control.bad + 0.5) / (control.n + 1),
        margin=1.0 if view.is_first_stage else 1 + margin_ratio,
        red_e=view.plan.evidence.red_e,
        dispersed=evidence.dispersion.at,
    )
    return Sees(smallest, show, view.moment.traffic_pct)


def sees_slower(view: StageView, evidence: LatencyEvidence, canary: Point, control: Point) -> Sees:
    """At the traffic of the present window."""
    smallest = partial(
        _slower,
        _traffic(view, canary.n, control.n, view.now.minutes),
        control.buckets,
        evidence.bounds_s,
        0.0 if view.is_first_stage else view.plan.evidence.latency_margin_ratio,
        view.plan.evidence.red_e,
        evidence.dispersion,
    )
    return Sees(smallest, _show_ratio, view.moment.traffic_pct)


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
    mean = control.usd / control.users
    smallest = partial(
        dearer,
        _traffic(view, canary.users, control.users, view.whole.minutes),
        mean,
        control.usd_squared / control.users - mean * mean,
        noise=evidence.noise,
        red_e=view.plan.evidence.red_e,
    )
    return Sees(smallest, _show_ratio, view.moment.traffic_pct)


def _show_ratio(by: float) -> str:
    return f">= {by:+.1%}"
