"""How often both slices are said to be worse since T-0, on healthy ramps and where both are 17 % slower from then on:
`python -m tests.bench.both_worse`.

It looks at control's counts alone, with the numbers of the plan, as `ramp.gates.both_worse` does.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from conduct.run import load_plan
from tests.bench import further
from tests.bench.ramps import BOUNDS_S, EFFECTS, HEALTHY, WORLDS, Array, Counts, Ramps, simulate_effect

SLOWER = 1.17
FURTHER = ("shared AR", "own AR", "own slow AR", "quiet hour", "doubling")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.both_worse", description=__doc__)
    parser.add_argument("--ramps", type=int, default=300, help="of each world")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for world in (*WORLDS, *FURTHER):
        healthy = _simulated(world, options.ramps, options.seed)
        row = load_plan().both_worse
        said = {
            "latency": _said(healthy, _p95, row.latency_over_worst, row.latency_over_last),
            "errors": _said(healthy, _errors, row.errors_over_worst, row.errors_over_last),
            "cost": _said(healthy, _cost, row.cost_over_worst, row.cost_over_last),
        }
        slower = _slower(_simulated(world, options.ramps, options.seed + 1))
        found = _said(slower, _p95, row.latency_over_worst, row.latency_over_last)
        false = ", ".join(f"{gate} {100 * of.mean():.1f}" for gate, of in said.items())
        print(f"{world}: % of healthy ramps {false}; both 17 % slower {100 * found.mean():.0f}", flush=True)


def _simulated(world: str, ramps: int, seed: int) -> Ramps:
    rng = np.random.default_rng([seed, len(world)])
    if world in WORLDS:
        return simulate_effect(world, EFFECTS[HEALTHY], ramps, rng)
    return further.simulate(further.WORLDS[world], further.NONE, ramps, rng)


def _slower(ramps: Ramps) -> Ramps:
    """Control's histogram since T-0 as if each request had taken longer, log-linear inside a bucket."""
    cells = ramps.control.latency.astype(float)
    edges = np.log(np.concatenate([[1e-3], BOUNDS_S, [4.0]]))
    cumulative = np.concatenate([0 * cells[..., :1], cells.cumsum(-1)], axis=-1)
    moved = np.apply_along_axis(lambda of: np.interp(edges - np.log(SLOWER), edges, of), -1, cumulative)
    moved[..., -1] = cumulative[..., -1]
    return replace(ramps, control=replace(ramps.control, latency=np.diff(moved, axis=-1)))


def _said(ramps: Ramps, of: Callable[[Counts, int], Array], over_worst: float, over_last: float) -> Array:
    """Of which ramps it was said at any look within the plan's time."""
    row = load_plan().both_worse
    window, looks = round(row.window_min), round(row.within_min)
    hour = of(ramps.placebo_control, row.hour_window_min)
    last = of(ramps.placebo_control, window)[:, -1:]
    now = of(ramps.control, window)[:, : looks - window + 1]
    over = (now >= (1 + over_worst) * hour.max(1, keepdims=True)) & (now >= (1 + over_last) * last)
    in_a_row = np.lib.stride_tricks.sliding_window_view(over, row.looks, axis=1).all(-1)
    return np.asarray(in_a_row.any(1))


def _p95(of: Counts, minutes: int) -> Array:
    counts = _windows(of.latency, minutes).cumsum(-1)
    rank = 0.95 * counts[..., -1:]
    at = (counts >= rank).argmax(-1)[..., None]
    below = np.take_along_axis(np.concatenate([0 * rank, counts], axis=-1), at, -1)
    inside = np.take_along_axis(counts, at, -1) - below
    edges = np.concatenate([[0.0], BOUNDS_S, [2.0]])
    return np.asarray((edges[at] + (edges[at + 1] - edges[at]) * (rank - below) / np.maximum(inside, 1e-9))[..., 0])


def _errors(of: Counts, minutes: int) -> Array:
    return np.asarray((_windows(of.errors, minutes) + 0.5) / (_windows(of.requests, minutes) + 1))


def _cost(of: Counts, minutes: int) -> Array:
    return np.asarray(_windows(of.cost_usd, minutes) / _windows(of.users, minutes))


def _windows(added: Array, minutes: int) -> Array:
    """The sums over so many minutes in a row."""
    until = np.concatenate([0 * added[:, :1], added.cumsum(1)], axis=1)
    return np.asarray(until[:, minutes:] - until[:, :-minutes])


if __name__ == "__main__":
    main()
