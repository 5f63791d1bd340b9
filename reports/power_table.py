"""What each stage can see, from a recording: what `python -m ramp power` prints."""

import json
from typing import Any

from ramp import power
from ramp.foreseen import GATES, RECORD, Recorded, compared_stages, must_be_usable, told
from ramp.gates.payments import PaymentsRow
from ramp.observation import NoEvidence, Span
from ramp.outlook import lacking_grades
from ramp.placebo_hour import Hour, placebo_of
from ramp.plan import Moment, Plan
from ramp.recording import Recording
from ramp.signals import REQUESTS
from ramp.stage_view import Ramp

_COLUMNS = (*GATES, "payments")


def power_table(plan: Plan, recording: Recording, name: str, *, rps: float | None, as_json: bool) -> str:
    """The table of the recording that is called `name`, as text or as one JSON object; `rps` replaces the recording's
    own rate of requests. Without a usable placebo hour nothing is promised but what payments see. Raises NoEvidence
    where the recording tells of no traffic."""
    seen = _seen(plan, recording, rps)
    rows, notes = {}, {}
    nothing = _unusable(seen.hour)
    for stage in compared_stages(plan):
        rows[stage.id], notes[stage.id] = ({}, {}) if nothing else _row(seen, stage)
        payments = power.failing_payments(plan.caps.count_max, plan.gate(PaymentsRow).success_ratio_min)
        rows[stage.id] = dict.fromkeys(GATES) | rows[stage.id] | {"payments": payments}
    a_second, grades = sum(seen.rates(REQUESTS).values()) / 60, lacking_grades(plan, [seen])
    if as_json:
        told = {"rps": a_second, "promises_nothing": nothing or None, "stages": rows}
        return json.dumps(told | {"not_compared": notes, "grades": grades or None})
    head = f"From {name}: {a_second:.0f} requests a second in all."
    whys = dict.fromkeys(
        f"{gate}: not compared with control: {why}" for of in notes.values() for gate, why in of.items()
    )
    table = [f"Nothing is promised of what a stage sees: {nothing}; {RECORD}."] if nothing else _table(rows)
    return "\n".join([head, *table, *whys, *([f"With this traffic {grades}."] if grades else [])])


def first_stage_sees(plan: Plan, recording: Recording, rps: float) -> str:
    """The smallest regression that the first stage would see with this traffic, in brief. Raises NoEvidence."""
    seen = _seen(plan, recording, rps)
    must_be_usable(seen.hour)
    row, _ = _row(seen, plan.stages[0])
    return ", ".join(f"{gate} {_shown(row[gate], gate)}" for gate in ("latency", "errors"))


def _table(rows: dict[str, dict[str, float | None]]) -> list[str]:
    return [
        "The smallest regression found RED with 80 % power in the stage alone (payments: by its limit):",
        "",
        "  " + "stage".ljust(11) + "".join(column.ljust(16) for column in _COLUMNS),
        *(
            "  " + stage.ljust(11) + "".join(_shown(row[column], column).ljust(16) for column in _COLUMNS)
            for stage, row in rows.items()
        ),
        "",
        "latency, cost: slower or dearer than control; errors, cache: the rate that is seen",
    ]


def _seen(plan: Plan, recording: Recording, rps: float | None) -> Recorded:
    frames = recording.frames("control")
    if len(frames) < 2:
        raise NoEvidence("the recording tells of no control traffic, so nothing can be said of what a stage sees")
    views = Ramp(plan, recording).views_until(frames[-1].at)
    hour = Hour(plan, recording, views[-1].placebo if views else placebo_of(plan, recording))
    seen = Recorded(hour, Span(frames[0].at, frames[-1].at))
    if rps is None:
        return seen
    counted = sum(seen.rates(REQUESTS).values())
    if not counted:
        raise NoEvidence("the recording tells of no request, so nothing can be said of other traffic")
    return Recorded(hour, seen.span, 60 * rps / counted)


def _unusable(hour: Hour) -> str:
    """Why nothing can be told by this placebo hour; empty where something can."""
    try:
        must_be_usable(hour)
    except NoEvidence as missing:
        return missing.reason
    return ""


def _row(seen: Recorded, stage: Moment) -> tuple[dict[str, Any], dict[str, str]]:
    """By gate what it sees at `stage`, and why it compares nothing there, where it does not."""
    row, notes = {}, {}
    for gate in GATES:
        try:
            row[gate], why = told(seen, gate, stage)
        except NoEvidence as missing:
            row[gate], why = None, missing.reason
        if why:
            notes[gate] = why
    return row, notes


def _shown(value: float | None, gate: str) -> str:
    if value is None:
        return "sees none"
    match gate:
        case "latency" | "cost":
            return f">= {value:+.1%}"
        case "cache":
            return f"<= {1 - value:.1%} hits"
        case "payments":
            return f"<= {1 - value:.1%} good"
        case _:
            return f">= {value:.2%}"
