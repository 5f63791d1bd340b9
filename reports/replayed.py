"""A recorded release that was judged again, as `python -m ramp replay` prints it."""

import json
from pathlib import Path

from ramp.replay import Outcome


def as_json(file: Path, outcome: Outcome) -> str:
    """One JSON object, on one line."""
    return json.dumps(outcome.record(str(file)))


def as_text(file: Path, outcome: Outcome) -> str:
    """What it came to, and a line a gate: when it first warned and broke."""
    at = f" at minute {outcome.minute:g} ({outcome.stage})" if outcome.minute is not None else ""
    lines = [f"{file}: {outcome.decision}{at}: {outcome.reason}"]
    for gate, first in outcome.gates.items():
        lines.append(f"  {gate:<10} first YELLOW {_minute(first.yellow_minute)}, first RED {_minute(first.red_minute)}")
        lines += [f"             {reason}" for reason in first.because]
    lines += [f"  does not apply: {said}" for said in outcome.not_applied]
    return "\n".join(lines)


def _minute(minute: float | None) -> str:
    return "never" if minute is None else f"at minute {minute:g}"
