"""I1 to I5: the close-out of a release, step by step, each intended in the journal before it has its effect."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from ramp.caps_in_force import LIFTED
from ramp.decision import Action
from ramp.observation import NoEvidence
from ramp.plan import Plan

ORDERED, CLOSED = "close_ordered", "close_done"  # kinds of the journal's records
STABLE = "post_success"


class Step(StrEnum):
    """In this order. A step that a person is waited for holds none of the others up."""

    LIFT_CAPS = "lift_caps"
    LIFT_LEDGER_CAPS = "lift_ledger_caps"
    REMOVE_LOCK = "remove_lock"
    WRITE_WIN_NOTE = "write_win_note"
    OPEN_COHORT_REVIEW = "open_cohort_review"
    FREEZE = "freeze"
    POST_WIN_NOTE = "post_win_note"


def must_be_stable(plan: Plan, records: Iterable[Mapping[str, Any]]) -> None:
    """Raises NoEvidence unless the newest decision of `post_success` in `records`, of one release and oldest first, is
    CONTINUE, and nothing that came after it takes that back."""
    why = f"{STABLE} was never concluded"
    for record in records:
        moment = record.get("moment")
        if record["kind"] == "rolled_back":
            why = f"the release was rolled back at {moment}"
        elif record["kind"] == "verdict" and moment == STABLE:
            why = f"{STABLE} began anew and is not concluded"
        elif record["kind"] == "decision" and moment == STABLE:
            why = "" if record["action"] == Action.CONTINUE else f"{STABLE} was {record['action']}: {record['reason']}"
        elif record["kind"] == "decision" and record["action"] != Action.CONTINUE and plan.moment(str(moment)).in_order:
            why = why or f"{moment} was {record['action']} after {STABLE}: {record['reason']}"
    if why:
        raise NoEvidence(f"nothing is closed: {why}. Conclude it first: pytest -m {STABLE} --run=DIR")


def ordered_at(records: Iterable[Mapping[str, Any]], step: Step) -> str | None:
    """When `step` was intended first, in UTC."""
    return next((each["at_utc"] for each in records if each["kind"] == ORDERED and each["step"] == step), None)


def is_done(records: Iterable[Mapping[str, Any]], step: Step) -> bool:
    """Whether the journal has the effect of `step`."""
    if step is Step.LIFT_LEDGER_CAPS:
        return any(each["kind"] == LIFTED for each in records)
    return any(each["kind"] == CLOSED and each["step"] == step for each in records)
