"""Tries every configured query and probe once, read-only; says what each returned or what to change, worst first.

python -m ramp doctor
python -m ramp doctor --plan=gates-only.toml --release=first-release.toml --json
"""

import os
import sys
from argparse import ArgumentParser, Namespace

from conduct.commands.opening import opened
from conduct.common_options import takes
from conduct.conducting import Conducting
from conduct.doctor import findings
from conduct.doctor.told import as_json, as_text
from ramp.decision import Action
from reports.progress import Counting, Progress

LOOKS_APART_S = 5.0


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "scenario", "speed")
    parser.add_argument("--json", action="store_true", help="for a program: what, works, said, url, slice, paste")


def run(options: Namespace) -> int:
    """HOLD's exit status where something needs a change."""
    run, counting = opened(options, folder=None), Counting(every_s=0)
    with Conducting(run, Progress()) as conducting:
        if conducting.run.site.may("set the weight"):
            conducting.observe(run.plan.moment("t_minus_10"))  # nothing reports on traffic that is not there
        apart_s = LOOKS_APART_S if conducting.run.site.is_live else 0.0
        found = findings(conducting.run, lambda step: counting(f"trying {step} ..."), apart_s)
        counting.clear()
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    print(as_json(found) if options.json else as_text(found, colour=colour))
    return 0 if all(finding.works for finding in found) else Action.HOLD.exit_code
