"""Mitigations, measured: `python -m tests.bench.mitigated`, each on a rehearsed ramp from T-0 to 100 %.

By scenario and stage the gate's value when its mitigation was recommended, and 10 minutes of plan time later, as the
journal has them. Exit status 1 where none was ordered, or one did not bring the value back within its limit.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from conduct.run import PROJECT, load_plan
from ramp.gates.cache import CacheRow
from ramp.gates.markup import MarkupRow
from ramp.units import Unit, show
from reports.journal import read

UNITS = {"cache": Unit.RATIO, "routes": Unit.TIMES}
SCENARIOS = {"cache_cold": "cache", "routes_dear": "routes"}


def effects(scenario: str, speed: float) -> Iterator[tuple[str, float, float]]:
    """The stage, before, and after, of each effect that the journal of one ramp tells."""
    with tempfile.TemporaryDirectory(prefix="shiproom-") as scratch:
        run = Path(scratch) / "run"
        argv = [sys.executable, "-m", "ramp", "rehearse", "--scenario", scenario, "--until", "stage_100"]
        argv += ["--speed", f"{speed:g}", f"--run={run}"]
        subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, timeout=900, check=False)
        for record in read(run):
            if record["kind"] == "mitigation_effect" and record["of"] == SCENARIOS[scenario]:
                yield record["moment"], float(record["before"] or 0), float(record["after"] or 0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mitigated")
    parser.add_argument("--only", choices=SCENARIOS, help="this scenario alone")
    parser.add_argument("--speed", type=float, default=60.0)
    options = parser.parse_args()
    plan, failed = load_plan(), False
    least = {"cache": plan.gate(CacheRow).hit_ratio_min, "routes": plan.gate(MarkupRow).markup_min}
    for scenario in [options.only] if options.only else SCENARIOS:
        of = SCENARIOS[scenario]
        seen = list(effects(scenario, options.speed))
        for stage, before, after in seen:
            print(f"{scenario}, {stage}: {show(before, UNITS[of])} before, {show(after, UNITS[of])} 10 minutes after")
        if not seen or seen[0][2] < least[of]:
            failed = True
            print(f"{scenario}: NO EFFECT")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
