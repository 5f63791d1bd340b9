"""Judges recorded releases again, minute by minute as if live: when gates warned and broke, what was decided.

python -m ramp replay runs/*/*/observations.jsonl
python -m ramp replay history.jsonl --plan=gates-only.toml --json
"""

import gzip
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from pathlib import Path

from conduct.common_options import takes
from conduct.run import load_plan
from fixtures.sources import recording
from ramp.decision import USAGE_EXIT, Action
from ramp.gates import GATES
from ramp.plan import Plan
from ramp.replay import DEFAULT_GATES, Firsts, Outcome, replay
from ramp.validation import Invalid, nearest
from reports import replayed as told

# A file that cannot be read is worse than a HOLD, for nobody knows what it says; a ROLLBACK is known.
_WORST_LAST = (Action.CONTINUE.exit_code, Action.HOLD.exit_code, USAGE_EXIT, Action.ROLLBACK.exit_code)


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "plan")
    parser.add_argument("file", nargs="+", type=Path, metavar="FILE", help="observations: JSON lines, also .gz")
    parser.add_argument("--json", action="store_true", help="one JSON object a line a file")
    named = f"the gates that the recording must carry (default {','.join(DEFAULT_GATES)}, where they apply)"
    parser.add_argument("--gates", type=_gates, metavar="NAME,...", help=named)


def run(options: Namespace) -> int:
    """The worst of the files' exit statuses. Raises Invalid for a gate that does not apply."""
    plan = load_plan(options.plan)
    return replayed(plan, options.file, that_apply(plan, options.gates), as_json=options.json)


def replayed(plan: Plan, files: Sequence[Path], of: Sequence[str], *, as_json: bool) -> int:
    """Prints what each file comes to, as soon as it is known, and gives the worst exit status."""
    worst = 0
    for file in files:
        status = _one(plan, file, of, as_json=as_json)
        worst = max(worst, status, key=_WORST_LAST.index)
    return worst


def that_apply(plan: Plan, named: Sequence[str] | None) -> tuple[str, ...]:
    """The gates that were `named`, or else those that are judged by default. Raises Invalid for one that is not to be
    judged."""
    if named is None:
        return tuple(name for name in DEFAULT_GATES if not plan.why_not(name)) or plan.gates_that_apply
    problems = [f"{name} does not apply by this plan: {why}" for name in named if (why := plan.why_not(name))]
    if problems:
        raise Invalid("--gates", problems)
    return tuple(named)


def _one(plan: Plan, file: Path, of: Sequence[str], *, as_json: bool) -> int:
    try:
        _must_open(file)
    except (OSError, EOFError) as error:
        why = f"{file} cannot be read: {error}; nothing is known of this release"
        print(why, file=sys.stderr)
        if as_json:
            print(told.as_json(file, Outcome({name: Firsts() for name in of}, problem=why)), flush=True)
        return USAGE_EXIT
    outcome = replay(plan, recording.planned(file, plan), of, with_reasons=not as_json)
    print(told.as_json(file, outcome) if as_json else told.as_text(file, outcome), flush=True)
    return outcome.decision.exit_code


def _must_open(file: Path) -> None:
    """Raises OSError or EOFError."""
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as opened:
        opened.read(1)


def _gates(names: str) -> tuple[str, ...]:
    of = tuple(name.strip() for name in names.split(",") if name.strip())
    for name in of:
        if name not in GATES:
            raise ArgumentTypeError(f"no gate '{name}'.{nearest(name, GATES)} Known: {', '.join(GATES)}")
    if not of:
        raise ArgumentTypeError("names no gate")
    return of
