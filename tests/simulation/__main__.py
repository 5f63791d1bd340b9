"""Simulated ramps, with figures: `python -m tests.simulation --seconds 60`, or with `--judge` by the real judge.

`--seed N` replays one world and tells what happened in it. Exit status 1 where an invariant broke.
"""

import argparse
import time
from collections import Counter
from itertools import product

from ramp.conducted import Phase
from ramp.happened import EVENTS, Looked, WeightRead
from tests.simulation.judged import JudgedWorld
from tests.simulation.world import World


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--judge", action="store_true", help="looks are judged by the real judge")
    parser.add_argument("--seconds", type=float, default=60.0, help="of this process's CPU")
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="N", help="the first seed")
    parser.add_argument("--seed", type=int, metavar="N", help="replay this world")
    options = parser.parse_args()
    kind = JudgedWorld if options.judge else World
    if options.seed is not None:
        return _told(kind(options.seed))
    began_s, seed, ended, visited, broken = time.process_time(), options.first, Counter[str](), set(), 0
    while (took_s := time.process_time() - began_s) < options.seconds:
        world = kind(seed).play()
        ended[f"{world.ramp.phase} at {world.ramp.moment}"] += 1
        visited |= world.visited
        for what in (*world.broken, *world.owed()):
            print(f"seed {seed}: {what}")
            broken += 1
        seed += 1
    count = seed - options.first
    print(f"{count} ramps, {60 * count / took_s:.0f} a minute of CPU; {broken} broken invariants")
    for how, times in ended.most_common():
        print(f"{times:6} {how}")
    pairs = {(phase.value, event.__name__) for phase, event in product(Phase, EVENTS)}
    print(f"{len(visited)} of {len(pairs)} pairs of state and event visited")
    return 1 if broken else 0


def _told(world: World) -> int:
    world.play()
    for event in world.events:
        if not isinstance(event, Looked | WeightRead) or getattr(event, "outlook", "") == "rollback":
            print(event)
    broken = [*world.broken, *world.owed()]
    print(world.ramp, *broken, sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
