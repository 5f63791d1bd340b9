"""Worlds and regressions beyond those of `ramps`, reported as they are: traffic that changes, tails, noise that the
placebo hour did not show, a long warm-up, an outage of both slices; a leak, and what comes and goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr

from tests.bench.ramps import (
    BOUNDS_S,
    ERRORS_RATIO,
    HITS_RATIO,
    MINUTES,
    P95_S,
    PAYMENTS_AT_T_MINUS_10,
    PAYMENTS_MAX,
    PAYMENTS_RATIO,
    PLACEBO,
    REQUESTS_PER_MIN,
    REQUESTS_PER_USER,
    STAGES,
    Array,
    Counts,
    Ramps,
    Stage,
)

_EDGES = np.concatenate([[-np.inf], np.linspace(-4.0, 4.5, 126), [np.inf]])
_SHARES = np.diff(ndtr(_EDGES))


class Noise(NamedTuple):
    """Of latency: an autoregression over the minutes, by its log-sd and how much a minute keeps of the one before."""

    log_sd: float = 0.0
    memory: float = 0.0


QUIET = Noise()


@dataclass(frozen=True, kw_only=True)
class World:
    """`requests` a minute are `times` as many 75 minutes after T-0. `log_sd` is of latency, whose P95 is 100 ms in any
    world, and `cost_log_sd` of what a user costs. `own` noise is each slice's, `own_before` that of the placebo hour.
    The canary is 15 % slower and 4 points colder for `warm_up_min` of each stage; in the minutes of `outage` both
    slices fail 30 % of requests and are twice as slow, in those of `burst` they are 15 % slower. Control has no noise
    of its own where it is `quiet`."""

    says: str
    requests: float = REQUESTS_PER_MIN
    times: float = 1.0
    log_sd: float = 0.5
    cost_log_sd: float = 1.0
    shared: Noise = QUIET
    own: Noise = QUIET
    own_before: Noise = QUIET
    warm_up_min: int = 0
    outage: tuple[int, ...] = ()
    burst: tuple[int, ...] = ()
    quiet: bool = False


def _own(says: str, noise: Noise) -> World:
    return World(says=says, own=noise, own_before=noise)


WORLDS = {
    "doubling": World(says="traffic doubles from T-0 to the end", times=2.0),
    "halving": World(says="traffic halves from T-0 to the end", times=0.5),
    "tails": World(says="latency's log-sd is 1 for 0.5, that of cost per user 1.5 for 1", log_sd=1.0, cost_log_sd=1.5),
    "low": World(says="20 requests a second for 200", requests=REQUESTS_PER_MIN / 10),
    "shared AR": World(says="latency of both drifts alike: log-sd 6 %, memory 0.8", shared=Noise(0.06, 0.8)),
    "own AR": _own("each slice drifts by itself: log-sd 3 %, memory 0.8", Noise(0.03, 0.8)),
    "own slow AR": _own("the same with memory 0.97", Noise(0.03, 0.97)),
    "quiet hour": World(says="as own AR, of which the placebo hour shows nothing", own=Noise(0.03, 0.8)),
    "noisy pod": World(says="as quiet hour, and control has no noise at all", own=Noise(0.03, 0.8), quiet=True),
    "burst": World(says="in minutes 3 to 5 both are 15 % slower", burst=(3, 4, 5)),
    "warm-up 6": World(says="15 % slower and 4 points colder for 6 minutes of each stage", warm_up_min=6),
    "outage": World(says="from minute 20 on both fail 30 % for 3 minutes, twice as slow", outage=(20, 21, 22)),
}
NOISY = Noise(0.02, 0.6)
BEYOND = {"iid": World(says=""), "noisy": _own("", NOISY)}


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The canary is `slower` as many times, by minute since T-0 and its share of traffic; where `route` is above 0,
    only that share of its requests is."""

    says: str
    slower: Callable[[Array, Array], Array]
    route: float = 0.0


HEALTHY = "healthy"
NONE = Effect(says="", slower=lambda minute, share: np.ones_like(share))
EFFECTS = {
    "p95+10": Effect(says="10 % slower", slower=lambda minute, share: 1.1 + 0 * share),
    "leak": Effect(says="1 % slower with each minute", slower=lambda minute, share: 1 + 0.01 * minute),
    "periodic": Effect(
        says="40 % slower in every fifth minute", slower=lambda minute, share: np.where(minute % 5 == 3, 1.4, 1.0)
    ),
    "one route": Effect(
        says="a quarter of requests twice as slow", slower=lambda minute, share: 2 + 0 * share, route=0.25
    ),
    "load-dependent": Effect(
        says="4 % slower with each tenth of traffic beyond a quarter: 10 % at 50 %",
        slower=lambda minute, share: 1 + 0.4 * np.maximum(share - 0.25, 0),
    ),
}


def simulate(world: World, effect: Effect, count: int, rng: np.random.Generator) -> Ramps:
    """`count` ramps with a placebo hour in which a hundredth of control plays the canary."""
    canary, control = _both(rng, world, effect, count, STAGES, world.own)
    hour = World(says="", **{name: getattr(world, name) for name in ("requests", "log_sd", "cost_log_sd", "shared")})
    placebo_canary, placebo_control = _both(rng, hour, NONE, count, (PLACEBO,), world.own_before)
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
    rng: np.random.Generator, world: World, effect: Effect, count: int, stages: Sequence[Stage], own: Noise
) -> tuple[Counts, Counts]:
    share = np.concatenate([np.full(stage.minutes, stage.traffic_pct / 100) for stage in stages])
    of_stage = np.concatenate([np.arange(stage.minutes) for stage in stages])
    minute, shape = np.arange(len(share)), (count, len(share))
    cold = of_stage < world.warm_up_min
    down = np.isin(minute, world.outage)
    traffic = world.requests * np.linspace(1.0, world.times, len(share))
    slow = np.where(down, 2.0, np.where(np.isin(minute, world.burst), 1.15, 1.0))
    shared = np.exp(autoregression(rng, shape, world.shared)) * slow
    errors = np.where(down, 0.3, ERRORS_RATIO)
    slower = effect.slower(minute, share)
    slices = []
    for is_canary in (True, False):
        noise = QUIET if world.quiet and not is_canary else own
        latency = shared * np.exp(autoregression(rng, shape, noise)) * (np.where(cold, 1.15, 1.0) if is_canary else 1.0)
        times, route = (slower, effect.route) if is_canary else (1.0, 0.0)
        shares = cells(latency * (1.0 if route else times), world.log_sd)
        if route:
            shares = (1 - route) * shares + route * cells(latency * times, world.log_sd)
        hits = HITS_RATIO - (np.where(cold, 0.04, 0.0) if is_canary else 0.0)
        requests = rng.poisson(np.broadcast_to(traffic * (share if is_canary else 1 - share), shape))
        slices.append(_counted(rng, requests, shares, errors, hits, world.cost_log_sd))
    return slices[0], slices[1]


def autoregression(rng: np.random.Generator, shape: tuple[int, int], noise: Noise) -> Array:
    steps = noise.log_sd * rng.standard_normal(shape)
    for minute in range(1, shape[1]):
        steps[:, minute] = noise.memory * steps[:, minute - 1] + np.sqrt(1 - noise.memory**2) * steps[:, minute]
    return steps


def cells(latency: Array, log_sd: float) -> Array:
    """The shares of requests between one boundary and the next, lognormal with a P95 of 100 ms times `latency`."""
    log_mean = np.log(P95_S) - 1.6448536269514722 * log_sd
    beyond = ndtr(-(np.log(BOUNDS_S) - log_mean - np.log(latency)[..., None]) / log_sd)
    ends = np.ones((*latency.shape, 1))
    cells = np.clip(-np.diff(np.concatenate([ends, beyond, 0 * ends], axis=-1), axis=-1), 0, None)
    return np.asarray(cells / cells.sum(axis=-1, keepdims=True))


def _counted(
    rng: np.random.Generator, requests: Array, cells: Array, errors: Array, hits: Any, cost_log_sd: float
) -> Counts:
    users = rng.poisson(requests / REQUESTS_PER_USER)
    usd = np.diff(ndtr(_EDGES - cost_log_sd)) / _SHARES
    usd_squared = np.exp(cost_log_sd**2) * np.diff(ndtr(_EDGES - 2 * cost_log_sd)) / _SHARES
    dearness = rng.multinomial(users, _SHARES)
    return Counts(
        requests=requests,
        errors=rng.binomial(requests, errors),
        hits=rng.binomial(requests, hits),
        latency=rng.multinomial(requests, cells),
        users=users,
        cost_usd=dearness @ usd,
        cost_usd_squared=dearness @ usd_squared,
    )
