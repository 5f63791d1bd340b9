"""Conducts a ramp from GO+30 to two stable hours at 100 %: looks, sets the weight, rolls back, waits where it holds.

python -m ramp run                      the rehearsal, which never waits for a real minute longer than --speed says
python -m ramp run --act                a real target by the release file's [real.traffic]
python -m ramp run                      a real target, watched: says what to set, and changes nothing; the same is true
                                        with --act where the release file has no [real.traffic]

Meanwhile `python -m ramp status`, `hold`, `resume` and `rollback` speak to it. Killed or interrupted, it goes on with
--run=DIR where traffic stands.
"""

from argparse import ArgumentParser, Namespace

from conduct.afternoon import Afternoon
from conduct.commands.opening import allow_live_payments, opened
from conduct.commands.rehearse import said_at_the_end
from conduct.common_options import takes


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "scenario", "speed", "act", "run")
    allow_live_payments(parser)
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest, after --, such as -- -v -n 2")


def run(options: Namespace) -> int:
    """The last decision's exit status, pytest's own 3 or 4, or 2 where it was interrupted."""
    run = opened(options, folder=options.run)
    return said_at_the_end(Afternoon(run, options.pytest, waits=True), run)
