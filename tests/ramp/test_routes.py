"""Slices are compared route by route where both tell of routes, so that another mix of them is no regression and hides
none."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import BOUNDS, FAST, STAGES, T0

from ramp.evidence import Minute
from ramp.judge import Judge
from ramp.observation import Observation
from ramp.replay import replay
from ramp.routes import alike
from ramp.verdict import Colour

SLOW = (0.30, 0.33, 0.20, 0.07, 0.06, 0.04)
ROUTES, FAILING = ("/list", "/report"), (0.0005, 0.02)
LABELS = [f"{bound:g}" for bound in BOUNDS] + ["+Inf"]


def routed(seed, *, mix, control_mix=0.2, slower=None, tells=("canary", "control"), stages=STAGES[:3], failing=FAILING):
    """A placebo hour and the first two stages. `mix` is the share of the slow route among the canary's requests since
    T-0; `slower` are its cells on that route. The slices of `tells` report routes."""
    draw, seen, minute = np.random.default_rng(seed), [], -60
    totals = {slice: {route: np.zeros(7, int) for route in ROUTES} for slice in ("canary", "control")}
    for slice, total in totals.items():
        seen.append(observed(slice, "placebo", 1, minute, total, tells))
    for stage, pct, minutes in stages:
        for _ in range(minutes):
            minute += 1
            for slice, share in (("canary", pct / 100), ("control", 1 - pct / 100)):
                is_canary = slice == "canary" and stage != "placebo"
                n = round(12_000 * share)
                on_slow = draw.binomial(n, mix if is_canary else control_mix)
                cells = (FAST, slower if is_canary and slower else SLOW)
                for route, count, of, fails in zip(ROUTES, (n - on_slow, on_slow), cells, failing, strict=True):
                    added = [
                        *draw.multinomial(count, of),
                        draw.binomial(count, 2 * fails if is_canary and slower else fails),
                    ]
                    totals[slice][route] = totals[slice][route] + added
                seen.append(observed(slice, stage, pct, minute, totals[slice], tells))
    return seen


def observed(slice, stage, pct, minute, total, tells):
    summed = {route: np.cumsum(of[:6]).tolist() for route, of in total.items()}
    whole, failed = np.cumsum(sum(total.values())[:6]).tolist(), {route: int(of[6]) for route, of in total.items()}
    counters = {"requests": whole[-1], "errors": sum(failed.values())}
    counters["latency_s"] = dict(zip(LABELS, whole, strict=True))
    if slice in tells:
        by_route = {f"{route}|{le}": n for route, of in summed.items() for le, n in zip(LABELS, of, strict=True)}
        counters |= {"latency_s_by_route": by_route, "errors_by_route": failed}
        counters["requests_by_route"] = {route: of[-1] for route, of in summed.items()}
    at = T0 + timedelta(minutes=minute)
    return Observation(at=at, slice=slice, stage=stage, traffic_pct=pct, counters=counters, gauges={})


def red(plan, seen, gate="latency"):
    return replay(plan, seen, (gate,)).gates[gate].red_minute


def last(plan, seen):
    judge = Judge(plan, ("latency",))
    looks = [looked for looked in [*(judge.add(one) for one in seen), judge.end()] if looked]
    return looks[-1].verdicts()["latency"]


SLOWER = (0.16, 0.27, 0.27, 0.12, 0.10, 0.08)


def test_another_mix_of_routes_is_no_regression(plan):
    """A third of the canary's requests is on the slow route, and a fifth of control's."""
    assert red(plan, routed(1, mix=0.33, tells=())) is not None
    assert red(plan, routed(1, mix=0.33)) is None


def test_another_mix_of_routes_hides_no_regression(plan):
    """The canary is slower on the slow route, of which it gets less."""
    assert red(plan, routed(2, mix=0.12, slower=SLOWER, tells=())) is None
    assert red(plan, routed(2, mix=0.12, slower=SLOWER)) is not None


def test_errors_are_compared_by_route_too(plan):
    """A route that fails more often, of which the canary gets twice as much; then half as much, and it fails twice as
    often there."""
    stages = STAGES[:4]
    assert red(plan, routed(1, mix=0.4, tells=(), stages=stages), "errors") is not None
    assert red(plan, routed(1, mix=0.4, stages=stages), "errors") is None
    hidden = routed(1, mix=0.09, slower=SLOW, stages=stages)
    assert red(plan, [without_routes(one) for one in hidden], "errors") is None
    assert red(plan, hidden, "errors") is not None


def test_the_worst_route_is_named(plan):
    notes = last(plan, routed(2, mix=0.2, slower=SLOWER)).notes

    assert any(note.startswith("worst route /report: P95 ") and "control" in note for note in notes), notes


@pytest.mark.parametrize("tells", [(), ("canary",), ("control",)])
def test_without_routes_of_both_slices_the_verdict_says_that_no_mix_is_compared(plan, tells):
    verdict = last(plan, routed(3, mix=0.2, tells=tells))

    assert any("routes: not reported of both slices" in note for note in verdict.notes)
    assert verdict.colour is not Colour.NO_DATA


def test_a_route_of_one_slice_alone_is_said_and_left_out(plan):
    seen = [one if one.slice == "control" else renamed(one) for one in routed(3, mix=0.2)]
    verdict = last(plan, seen)

    assert any("one slice alone had requests on them: /new, /report" in note for note in verdict.notes), verdict.notes


def renamed(one):
    by_route = {label.replace("/report", "/new"): n for label, n in one.counters["latency_s_by_route"].items()}
    return replace(one, counters={**one.counters, "latency_s_by_route": by_route})


def test_routes_that_are_gone_make_latency_no_data(plan):
    """What was compared by route cannot be told any more."""
    seen = routed(3, mix=0.2)
    for slice in ("canary", "control"):
        gone = [without(one) if one.slice == slice and one.stage == "stage_10" else one for one in seen]
        assert last(plan, gone).colour is Colour.NO_DATA


def without(one):
    return replace(one, counters={name: of for name, of in one.counters.items() if name != "latency_s_by_route"})


def without_routes(one):
    return replace(one, counters={name: of for name, of in one.counters.items() if not name.endswith("_by_route")})


a_route = st.tuples(st.integers(1, 300), st.floats(0, 1), st.integers(1, 3000))  # canary's n, the share, control's n


@settings(max_examples=80, deadline=None)
@given(routes=st.lists(a_route, min_size=1, max_size=6))
def test_slices_that_are_alike_on_each_route_are_alike_in_all(routes):
    """Whatever their mixes; and there are never more requests than there were."""
    canary = {f"/{i}": {"0.1": n * p, "+Inf": n} for i, (n, p, _) in enumerate(routes)}
    control = {f"/{i}": {"0.1": k * p, "+Inf": k} for i, (_, p, k) in enumerate(routes)}
    mixed, summed = alike(canary, control)
    compared = Minute(mixed["0.1"], mixed["+Inf"], summed["0.1"], summed["+Inf"])

    assert compared.bad / compared.n == pytest.approx(compared.control_bad / compared.control_n)
    assert compared.n <= sum(n for n, *_ in routes) + 1e-6
