"""`tox -e soak`: races, kills, speed, histories and seeded mistakes of the cap ledger, and conductors of whole ramps
that are killed, at full length, with figures.

`python -m tests.soak races kills --rounds 10` runs some of it. Exit status 1 where anything did not hold.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles

from conduct.interrupts import Interrupts
from fixtures.payments.ledger import Caps
from tests.soak.conductors import ANY, KILLS_A_RAMP, Killed, killing_ramp
from tests.soak.killing import Tally, killing_round
from tests.soak.mutants import MISTAKES, control, survivors
from tests.soak.places import Homes, Place, homes_of, places
from tests.soak.racing import CAPS, Racers, racers, racing_round
from tests.soak.wandering import STEPS, wandered

PROCESSES = 32
RATE_MIN = 200
KILLS_A_ROUND = 10
WIDE = Caps(count_max=10**6, amount_cents_max=2000, total_cents_max=10**9)
PARTS = ("races", "kills", "speed", "histories", "mistakes", "conductors")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="The cap ledger under fire.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; all by default")
    parser.add_argument("--rounds", type=int, default=100, help="races on each store")
    parser.add_argument("--kills", type=int, default=500, help="kills on each store")
    parser.add_argument("--histories", type=int, default=200, help="of a ledger that wanders, half on each store")
    parser.add_argument("--conductors", type=int, default=50, help="kills of conductors of whole ramps")
    parser.add_argument("--minutes", type=float, default=60, help="after which no conductor is begun any more")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    parts = options.parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    with Interrupts():  # SIGTERM too ends what was started
        return _tried(parts, options)


def _tried(parts: Sequence[str], options) -> int:
    figures, broken = list[str](), list[str]()
    if {"races", "speed", "kills"} & set(parts):
        _on_stores(parts, options, figures, broken)
    if "histories" in parts:
        with homes_of() as stores_homes:
            for store, homes in stores_homes.items():
                _histories(store, homes, options, figures, broken)
    _whole(parts, options, figures, broken)
    for line in (*broken[:20], *figures):
        print(line)
    print("soak: " + ("held" if not broken else f"{len(broken)} BREACHES"))
    return 1 if broken else 0


def _on_stores(parts: Sequence[str], options, figures: list[str], broken: list[str]) -> None:
    with places() as stores, racers(PROCESSES) as crowd:
        for store, place in stores.items():
            if "races" in parts:
                _races(store, place, crowd, options, figures, broken)
            if "speed" in parts:
                _speed(store, place, crowd, figures, broken)
            if "kills" in parts:
                _kills(store, place, options, figures, broken)


def _whole(parts: Sequence[str], options, figures: list[str], broken: list[str]) -> None:
    """What is tried without a store."""
    if "mistakes" in parts:
        _mistakes(figures, broken)
    if "conductors" in parts:
        _conductors(options, figures, broken)


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def _races(store: str, place: Place, crowd: Racers, options, figures: list[str], broken: list[str]) -> None:
    found = []
    for round in range(options.rounds):
        with place() as url:
            found += [f"race {round} on {store}: {what}" for what in racing_round(crowd, url, options.seed + round)]
        if round % 20 == 19:
            _say(f"{store}: {round + 1} races, {len(found)} breaches{': ' if found else ''}{'; '.join(found[:2])}")
    broken += found
    figures.append(f"{store}: {options.rounds} rounds of {PROCESSES} processes, {len(found)} breaches")


def _speed(store: str, place: Place, crowd: Racers, figures: list[str], broken: list[str]) -> None:
    """The best of three tries: a neighbour that keeps the disk busy slows every commit."""
    for _ in range(3):
        with place() as url:
            told, took_s = crowd.race(url, WIDE, [100] * 30)
        broken += [f"speed on {store}: {what}" for what in told.unavailable]
        rate = len(told.acknowledged) / took_s
        if rate >= RATE_MIN:
            break
    p50, p99 = (quantiles(told.latencies_s, n=100)[cut] * 1000 for cut in (49, 98))
    longest_ms = max(told.latencies_s) * 1000
    figures.append(
        f"{store}: {rate:.0f} reservations/s at {PROCESSES} processes, "
        f"P50 {p50:.0f} ms, P99 {p99:.0f} ms, longest {longest_ms:.0f} ms"
    )
    _say(figures[-1])
    if rate < RATE_MIN:
        broken.append(f"speed on {store}: {rate:.0f} reservations/s, fewer than {RATE_MIN}")


def _kills(store: str, place: Place, options, figures: list[str], broken: list[str]) -> None:
    tally, found, round = Tally(), list[str](), 0
    with tempfile.TemporaryDirectory(prefix="shiproom-") as folder:
        while tally.kills < options.kills and round < options.kills:
            seed = options.seed + round
            with place() as url:
                what_broke = killing_round(url, Path(folder), KILLS_A_ROUND, seed, tally)
            found += [f"kills with seed {seed} on {store}: {what}" for what in what_broke]
            round += 1
            if round % 5 == 0:
                _say(
                    f"{store}: {tally.kills} kills, {len(found)} breaches{': ' if found else ''}{'; '.join(found[:2])}"
                )
    broken += found
    figures.append(
        f"{store}: {tally.kills} kills and {tally.pauses} pauses over {tally.payments} payments, {tally.left_open} "
        f"left open and recovered, {tally.gave_up} payers gave up waiting, {len(found)} breaches of I1 to I9"
    )


def _conductors(options, figures: list[str], broken: list[str]) -> None:
    """Ends by its time, with fewer kills if need be, which is a breach."""
    began_s, ramps = time.monotonic(), 0
    killed = Killed(options.conductors, began_s + 60 * options.minutes, _say)
    while killed.times < options.conductors and not killed.is_late:
        parent, seed = Path(tempfile.mkdtemp(prefix="shiproom-")), options.seed + ramps
        wrong = killing_ramp(parent / "run", seed, killed, min(options.conductors - killed.times, KILLS_A_RAMP))
        broken += [f"ramp with seed {seed}, left in {parent}: {what}" for what in wrong]
        if not wrong:
            shutil.rmtree(parent)
        ramps += 1
        _say(f"conductors: {killed.times} kills in {ramps} ramps{': ' if wrong else ''}{'; '.join(wrong)}")
    if killed.times < options.conductors:
        broken.append(f"{killed.times} of {options.conductors} kills in the {options.minutes:g} minutes that are given")
    after = killed.times - killed.when[ANY]
    figures.append(
        f"conductors: {killed.times} kills in {ramps} ramps and {(time.monotonic() - began_s) / 60:.0f} min, "
        f"{killed.when[ANY]} at any moment and {after} right after one of {len(killed.when - Counter({ANY: 10**6}))} "
        f"kinds of records, at {len(killed.at)} places of the ramp; "
        + ", ".join(f"{times} {how}" for how, times in sorted(killed.ended.items()))
    )


def _histories(store: str, homes: Homes, options, figures: list[str], broken: list[str]) -> None:
    """Under the owner's own caps: no history may bring more than 100 payments or $1,500 to the processor."""
    found, payments, refused, most, most_cents = list[str](), 0, 0, 0, 0
    count = (options.histories + 1) // 2
    for number in range(count):
        with homes() as both:
            history = wandered(both, CAPS, options.seed + number, STEPS)
        found += [f"history on {store}: {what}" for what in history.breaches]
        payments, refused = payments + history.payments, refused + history.refused
        most, most_cents = max(most, history.payments), max(most_cents, history.cents)
        if number % 20 == 19:
            _say(f"{store}: {number + 1} histories, {len(found)} breaches{': ' if found else ''}{'; '.join(found[:2])}")
    broken += found
    figures.append(
        f"{store}: {count} histories of moves, copies and deletions with {payments} payments, at most {most} and "
        f"${most_cents / 100:,.2f} at the processor, {refused} times nothing was paid, {len(found)} over the caps"
    )


def _mistakes(figures: list[str], broken: list[str]) -> None:
    caught = 0
    if why := control():
        broken.append(f"the tests fail without a mistake, so that they show nothing: {why}")
    for mistake, why in survivors(MISTAKES, processes=2):
        caught += why is None
        _say(f"seeded: {mistake.name}: {'caught' if why is None else f'NOT CAUGHT, {why}'}")
        if why is not None:
            broken.append(f"seeded mistake not caught: {mistake.name}: {why}")
    figures.append(f"{caught} of {len(MISTAKES)} seeded mistakes caught")


if __name__ == "__main__":
    sys.exit(main())
