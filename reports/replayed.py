"""Recorded releases judged again: what `python -m ramp replay` prints of each file."""

import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from fixtures.sources import recording
from ramp.decision import USAGE_EXIT, Action
from ramp.observation import Observation
from ramp.plan import Plan
from ramp.replay import Firsts, Outcome, replay

# A file that cannot be read is worse than a HOLD, for nobody knows what it says; a ROLLBACK is known.
_WORST_LAST = (Action.CONTINUE.exit_code, Action.HOLD.exit_code, USAGE_EXIT, Action.ROLLBACK.exit_code)


def replayed(plan: Plan, files: Sequence[Path], of: Sequence[str], *, as_json: bool) -> int:
    """Prints what each file comes to, as soon as it is known, and gives the worst exit status."""
    worst = 0
    for file in files:
        status = _one(plan, file, of, as_json=as_json)
        worst = max(worst, status, key=_WORST_LAST.index)
    return worst


def _one(plan: Plan, file: Path, of: Sequence[str], *, as_json: bool) -> int:
    try:
        _must_open(file)
    except (OSError, EOFError) as error:
        why = f"{file} cannot be read: {error}; nothing is known of this release"
        print(why, file=sys.stderr)
        if as_json:
            print(json.dumps(Outcome({name: Firsts() for name in of}, problem=why).record(str(file))), flush=True)
        return USAGE_EXIT
    outcome = replay(plan, _only(recording.observations(file)), of, with_reasons=not as_json)
    if as_json:
        print(json.dumps(outcome.record(str(file))), flush=True)
    else:
        print(_told(file, outcome), flush=True)
    return outcome.decision.exit_code


def _must_open(file: Path) -> None:
    """Raises OSError or EOFError."""
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as opened:
        opened.read(1)


def _only(numbered: Iterator[tuple[int, Observation]]) -> Iterator[Observation]:
    return (observation for _, observation in numbered)


def _told(file: Path, outcome: Outcome) -> str:
    at = f" at minute {outcome.minute:g} ({outcome.stage})" if outcome.minute is not None else ""
    lines = [f"{file}: {outcome.decision}{at}: {outcome.reason}"]
    for gate, first in outcome.gates.items():
        lines.append(f"  {gate:<10} first YELLOW {_minute(first.yellow_minute)}, first RED {_minute(first.red_minute)}")
        lines += [f"             {reason}" for reason in first.because]
    return "\n".join(lines)


def _minute(minute: float | None) -> str:
    return "never" if minute is None else f"at minute {minute:g}"
