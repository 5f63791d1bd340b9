"""A plan to begin with: what users get is judged by a few gates, and all else of the directive is left out in view."""

import re
from collections.abc import Sequence

GATES = ("latency", "errors", "share")
REASON = "not set up yet"
_LEFT_OUT = f'applies = false\nreason = "{REASON}"\n'
_HEAD = """# The directive with no more than a few gates, by `python -m ramp init`: what says `applies = false` is
# judged nowhere, and named on every card. Set it up, take both lines out, and give it back to the stages'
# needs_moments and needs; or say why it never will apply. Every command takes it as --plan=FILE. docs/what-applies.md

"""
_ROW = re.compile(r"^\[(?:gates|probes)\.(\w+)\].*\n", re.MULTILINE)
_MOMENT = re.compile(r"^\[\[moments\]\]\n(?:.+\n)+", re.MULTILINE)


def gates_only(plan: str, keeps: Sequence[str] = GATES) -> str:
    """The text of a `plan` with the gates that it `keeps` and its stages, each of which needs nothing before it."""
    text = _MOMENT.sub(_stage_alone, plan)
    return _HEAD + _ROW.sub(lambda row: row[0] + ("" if row[1] in keeps else _LEFT_OUT), text)


def _stage_alone(moment: re.Match[str]) -> str:
    """A stage without what it needs; any other moment left out."""
    if "\ntraffic_pct" not in moment[0]:
        return re.sub(r"(?m)^(id = .*\n)", r"\1" + _LEFT_OUT, moment[0])
    return re.sub(r"(?m)^(needs_moments|needs) = .*$", r"\1 = []", moment[0])
