"""What of the directive does not apply to this release, by its owner's word, and why: said on every card."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ramp.plan_rows import Probe
from ramp.sourced_row import Line, Waivable

if TYPE_CHECKING:
    from ramp.plan import Plan

# Gates that say whether the rest can be believed, and nothing of what users get.
_OF_EVIDENCE = ("slices", "share", "load")
_LINES = ("B", "C", "D")


def why_not(row: Waivable, lines: Mapping[str, Line]) -> str | None:
    """Why `row` does not apply, None where it does: by its own word, or of a probe by that of every line it serves."""
    if not row.applies:
        return row.reason
    waived = [lines[id].reason for id in row.ids if id in lines and not lines[id].applies]
    return waived[0] if isinstance(row, Probe) and waived and len(waived) == len(row.ids) else None


def said(plan: "Plan") -> tuple[str, ...]:
    """`cache, restore, B1: there is none`, for each reason what does not apply for it; empty where all does."""
    why = {check: why for check in plan.checks if (why := plan.why_not(check))}
    why |= {row.id: row.reason for row in plan.moments if row.reason}
    why |= {id: line.reason for id, line in plan.lines.items() if line.reason}
    alike = {reason: [name for name, other in why.items() if other == reason] for reason in why.values()}
    return tuple(f"{', '.join(names)}: {reason}" for reason, names in alike.items())


def wrong(plan: "Plan") -> Iterator[str]:
    """What may not be left out, or would leave out nothing."""
    for id in plan.lines:
        if id not in plan.sentences:
            yield f"lines.{id}: is the id of none of [sentences]."
        elif id[0] not in _LINES:
            yield f"lines.{id}: only a line of B, C or D can be left out; a limit or trigger goes with its gate."
    gates = [name for name in type(plan.gates).model_fields if name not in _OF_EVIDENCE]
    if all(plan.why_not(name) for name in gates):
        yield f"gates: at least one of {', '.join(gates)} must apply, else nothing of what users get is judged."
    if not plan.stages:
        yield "moments: none that applies is a stage with traffic_pct and hold_min, so there is no ramp to judge."
