"""The smallest regression that each gate can see at each stage with 80 % power, from a recording's own traffic.

python -m ramp power                          by the newest run's recording
python -m ramp power last-release.jsonl --rps=2000
"""

from argparse import ArgumentParser, Namespace
from datetime import timedelta
from pathlib import Path

from conduct.commands.opening import named_or_newest
from conduct.common_options import takes
from conduct.options import number
from conduct.run import OBSERVATIONS, load_plan
from fixtures.sources import recording
from reports.power_table import power_table


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "plan", "run")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a recording (default: the newest run's)")
    rps = number("--rps", 0.001, 1e6, 100)
    parser.add_argument("--rps", type=rps, metavar="N", help="for this many requests a second in all, not its own")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(options: Namespace) -> int:
    """Raises NoEvidence where there is no recording, or none that tells."""
    file = options.file or (named_or_newest(options) or Path("runs")) / OBSERVATIONS
    plan = load_plan(options.plan)
    recorded = recording.read(file, timedelta(minutes=plan.reading.fresh_min))
    print(power_table(plan, recorded, str(file), rps=options.rps, as_json=options.json))
    return 0
