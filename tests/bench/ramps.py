"""Simulated canary ramps: what a scrape would count on both slices in each minute, in five worlds and under a dozen
regressions. Nothing here knows a judge."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from scipy.special import ndtr

from ramp.observation import Observation

Array = np.ndarray[Any, Any]  # of one value a ramp and minute, unless said otherwise


class Stage(NamedTuple):
    id: str
    traffic_pct: int
    minutes: int


STAGES = (Stage("stage_1", 1, 15), Stage("stage_10", 10, 15), Stage("stage_25", 25, 15), Stage("stage_50", 50, 30))
PLACEBO = Stage("placebo", 1, 60)
STAGE_OF = np.repeat(np.arange(len(STAGES)), [stage.minutes for stage in STAGES])
MINUTES = len(STAGE_OF)
T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)

REQUESTS_PER_MIN = 12_000
REQUESTS_PER_USER = 4.0
LATENCY_LOG_SD, P95_S = 0.5, 0.100
_LATENCY_LOG_MEAN = np.log(P95_S) - 1.6448536269514722 * LATENCY_LOG_SD
_BOUNDS_MS = [5, 10, 25, 40, 50, 60, 75, 90, 100, 110, 120, 135, 150, 175, 200, 250, 300, 400, 500, 1000]
BOUNDS_S = np.array(_BOUNDS_MS) / 1000
ERRORS_RATIO, HITS_RATIO, PAYMENTS_RATIO = 0.002, 0.92, 0.998
PAYMENTS_AT_T_MINUS_10, PAYMENTS_MAX = 5, 100

# Cost per user is lognormal with log-sd 1 and mean 1 USD, drawn by bins: the share, mean and mean square of each.
_EDGES = np.concatenate([[-np.inf], np.linspace(-4.0, 4.5, 126), [np.inf]])
_COST_SHARE = np.diff(ndtr(_EDGES))
_COST_USD = np.diff(ndtr(_EDGES - 1)) / _COST_SHARE
_COST_USD_SQUARED = np.e * np.diff(ndtr(_EDGES - 2)) / _COST_SHARE


@dataclass(frozen=True, kw_only=True)
class World:
    """What happens without any regression. `wanders`: traffic, latency, errors and cost of both slices alike.
    `jitters`: each slice by itself, with mean zero. `clusters`: requests come in equal pairs, errors in bursts of
    retries. `warms_up`: the canary is slow and cold in the first two minutes of every stage."""

    wanders: bool = False
    jitters: bool = False
    clusters: bool = False
    warms_up: bool = False


WORLDS = {
    "iid": World(),
    "drift": World(wanders=True),
    "noisy": World(wanders=True, jitters=True),
    "cluster": World(clusters=True),
    "warm": World(wanders=True, jitters=True, warms_up=True),
}


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What the canary does otherwise after `onset` minutes, until minute `until`: each request `latency` times as slow,
    a share `stalled` of them four times as slow on top, other ratios of errors and hits, users `cost` times as dear."""

    gate: str
    latency: float = 1.0
    stalled: float = 0.0
    errors: float = ERRORS_RATIO
    hits: float = HITS_RATIO
    cost: float = 1.0
    onset: int = 0
    until: int = MINUTES


HEALTHY = "healthy"
EFFECTS = {
    HEALTHY: Effect(gate="none"),
    "p95+5": Effect(gate="latency", latency=1.05),
    "p95+10": Effect(gate="latency", latency=1.10),
    "p95+25": Effect(gate="latency", latency=1.25),
    "tail+10": Effect(gate="latency", stalled=0.02),  # P95 +9.5 %, P50 +1 %
    "err0.3": Effect(gate="errors", errors=0.003),
    "err0.5": Effect(gate="errors", errors=0.005),
    "err1.0": Effect(gate="errors", errors=0.010),
    "cost+5": Effect(gate="cost", cost=1.05),
    "cost+8": Effect(gate="cost", cost=1.08),
    "hit84": Effect(gate="cache", hits=0.84),
    "late-p95+10": Effect(gate="latency", latency=1.10, onset=30),
    "late-err0.5": Effect(gate="errors", errors=0.005, onset=30),
}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What one slice added in each minute; `latency` by bucket on the last axis, the one beyond all bounds last."""

    requests: Array
    errors: Array
    hits: Array
    latency: Array
    users: Array
    cost_usd: Array
    cost_usd_squared: Array


@dataclass(frozen=True, kw_only=True)
class Ramps:
    """Ramps of one world and effect. In the placebo hour before T-0 a hundredth of control plays the canary."""

    canary: Counts
    control: Counts
    placebo_canary: Counts
    placebo_control: Counts
    payments: Array
    paid: Array


@dataclass(frozen=True)
class _Conditions:
    """The state of a slice: factors on traffic, latency and cost, ratios of errors and hits."""

    traffic: Array
    latency: Array
    errors: Array
    hits: Array
    cost: Array


def simulate(world: str, effect: str, count: int, *, seed: int, part: int = 0) -> Ramps:
    """`count` ramps; the same for the same arguments, and independent of those of any other seed or part."""
    rng = np.random.default_rng([seed, crc32(world.encode()), crc32(effect.encode()), part])
    return simulate_effect(world, EFFECTS[effect], count, rng)


def simulate_effect(world: str, effect: Effect, count: int, rng: np.random.Generator) -> Ramps:
    """`count` ramps with an effect that need not be one of `EFFECTS`."""
    of, healthy = WORLDS[world], EFFECTS[HEALTHY]
    canary, control = _both(rng, of, effect, count, STAGES)
    placebo_canary, placebo_control = _both(rng, replace(of, warms_up=False), healthy, count, (PLACEBO,))
    until = (PAYMENTS_MAX - PAYMENTS_AT_T_MINUS_10) * np.arange(1, MINUTES + 1) // MINUTES + PAYMENTS_AT_T_MINUS_10
    payments = np.tile(np.diff(until, prepend=0), (count, 1))
    return Ramps(
        canary=canary,
        control=control,
        placebo_canary=placebo_canary,
        placebo_control=placebo_control,
        payments=payments,
        paid=rng.binomial(payments, PAYMENTS_RATIO),
    )


def _both(
    rng: np.random.Generator, world: World, effect: Effect, count: int, stages: tuple[Stage, ...]
) -> tuple[Counts, Counts]:
    """The canary's counts and control's."""
    minute_of_stage = np.concatenate([np.arange(stage.minutes) for stage in stages])
    share = np.concatenate([np.full(stage.minutes, stage.traffic_pct / 100) for stage in stages])
    minute = np.arange(len(share))
    regressed = (effect.onset <= minute) & (minute < effect.until)
    alike = _alike(rng, world, (count, len(share)))
    canary = replace(
        alike,
        latency=alike.latency * np.where(regressed, effect.latency, 1.0),
        errors=alike.errors * np.where(regressed, effect.errors / ERRORS_RATIO, 1.0),
        hits=np.where(regressed, effect.hits, alike.hits),
        cost=alike.cost * np.where(regressed, effect.cost, 1.0),
    )
    if world.warms_up:
        cold = minute_of_stage < 2
        canary = replace(
            canary, latency=canary.latency * np.where(cold, 1.15, 1.0), hits=canary.hits - np.where(cold, 0.04, 0.0)
        )
    stalled = np.where(regressed, effect.stalled, 0.0)
    return _counted(rng, world, canary, share, stalled), _counted(rng, world, alike, 1 - share, 0 * stalled)


def _alike(rng: np.random.Generator, world: World, shape: tuple[int, int]) -> _Conditions:
    """What both slices share: constant, or slow swings, bursts of errors in 3 % of minutes and a drifting mix."""
    one = np.ones(shape)
    if not world.wanders:
        return _Conditions(one, one, ERRORS_RATIO * one, HITS_RATIO * one, one)
    phase = rng.uniform(0, 2 * np.pi, (2, shape[0], 1))
    minute = 2 * np.pi * np.arange(shape[1])
    return _Conditions(
        traffic=1 + 0.2 * np.sin(minute / 150 + phase[0]),
        latency=np.exp(0.04 * np.sin(minute / 120 + phase[1])),
        errors=ERRORS_RATIO * np.where(rng.random(shape) < 0.03, 5.0, 1.0),
        hits=HITS_RATIO * one,
        cost=np.exp(_wandering(rng, shape, 0.05, 0.9)),
    )


def _jittered(rng: np.random.Generator, state: _Conditions) -> _Conditions:
    shape = state.latency.shape
    odds = state.hits / (1 - state.hits) * np.exp(_wandering(rng, shape, 0.10))
    return replace(
        state,
        latency=state.latency * np.exp(_wandering(rng, shape, 0.02)),
        errors=state.errors * rng.gamma(10.0, 0.1, shape),
        hits=odds / (1 + odds),
        cost=state.cost * np.exp(_wandering(rng, shape, 0.01)),
    )


def _wandering(rng: np.random.Generator, shape: tuple[int, int], sd: float, memory: float = 0.6) -> Array:
    """A stationary autoregression of order one over the minutes."""
    steps = sd * rng.standard_normal(shape)
    for minute in range(1, shape[1]):
        steps[:, minute] = memory * steps[:, minute - 1] + np.sqrt(1 - memory**2) * steps[:, minute]
    return steps


def _counted(rng: np.random.Generator, world: World, state: _Conditions, share: Array, stalled: Array) -> Counts:
    state = _jittered(rng, state) if world.jitters else state
    size = 2 if world.clusters else 1
    groups = rng.poisson(REQUESTS_PER_MIN * share * state.traffic / size)
    requests = size * groups
    if world.clusters:
        bursts = rng.poisson(requests * state.errors / 2)
        errors = np.minimum(bursts + rng.poisson(bursts), requests)
    else:
        errors = rng.binomial(requests, np.clip(state.errors, 0, 1))
    users = rng.poisson(requests / REQUESTS_PER_USER)
    dearness = rng.multinomial(users, _COST_SHARE)
    return Counts(
        requests=requests,
        errors=errors,
        hits=size * rng.binomial(groups, state.hits),
        latency=size * rng.multinomial(groups, _bucket_shares(state.latency, stalled)),
        users=users,
        cost_usd=dearness @ _COST_USD * state.cost,
        cost_usd_squared=dearness @ _COST_USD_SQUARED * state.cost**2,
    )


def _bucket_shares(latency: Array, stalled: Array) -> Array:
    slower = _slower_than_bounds(latency)
    if stalled.any():
        slower += stalled[:, None] * (_slower_than_bounds(4.0 * latency) - slower)
    ends = np.ones((*latency.shape, 1))
    shares = -np.diff(np.concatenate([ends, slower, 0 * ends], axis=-1), axis=-1)
    return np.clip(shares, 0, None) / np.clip(shares, 0, None).sum(axis=-1, keepdims=True)


def _slower_than_bounds(latency: Array) -> Array:
    logs = (np.log(BOUNDS_S) - _LATENCY_LOG_MEAN - np.log(latency)[..., None]) / LATENCY_LOG_SD
    return np.asarray(ndtr(-logs))


def observations(ramps: Ramps, index: int) -> Iterator[Observation]:
    """One ramp with its placebo hour, as it would be recorded."""
    stages = [PLACEBO] * PLACEBO.minutes + [stage for stage in STAGES for _ in range(stage.minutes)]
    payments = {"payments_attempted": ramps.payments[index].cumsum(), "payments_succeeded": ramps.paid[index].cumsum()}
    canary = _counters(ramps.placebo_canary, ramps.canary, index)
    control = _counters(ramps.placebo_control, ramps.control, index)
    for minute, (stage, of_canary, of_control) in enumerate(zip(stages, canary, control, strict=True)):
        since_t0 = minute - PLACEBO.minutes
        if since_t0 >= 0:
            of_canary |= {name: until[since_t0].item() for name, until in payments.items()}
        at = T0 + timedelta(minutes=since_t0 + 1)
        for slice, counters in (("canary", of_canary), ("control", of_control)):
            yield Observation(
                at=at, slice=slice, stage=stage.id, traffic_pct=stage.traffic_pct, counters=counters, gauges={}
            )


def _counters(before: Counts, after: Counts, index: int) -> Iterator[dict[str, Any]]:
    """One slice's cumulative counters, minute after minute."""

    def until(name: str) -> list[Any]:
        added = np.concatenate([getattr(before, name)[index], getattr(after, name)[index]])
        return added.cumsum(axis=0).cumsum(axis=1).tolist() if added.ndim == 2 else added.cumsum().tolist()

    labels = [*(f"{bound_s:g}" for bound_s in BOUNDS_S), "+Inf"]
    names = ("requests", "errors", "hits", "users", "cost_usd", "cost_usd_squared")
    for latency, *values in zip(until("latency"), *map(until, names), strict=True):
        counters = dict(zip(names, values, strict=True))
        hits = {"cache_lookups": counters["requests"], "cache_hits": counters.pop("hits")}
        yield counters | hits | {"latency_s": dict(zip(labels, latency, strict=True))}
