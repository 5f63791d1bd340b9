"""What T-10 foresees of the ramp: where nothing will be compared with control, and which grades cannot be reached."""

from collections.abc import Sequence
from datetime import timedelta

from ramp.foreseen import GATES, RECORD, Recorded, compared_stages, grade, must_be_usable, told
from ramp.observation import NoEvidence, Span
from ramp.placebo_hour import Hour, placebo_of
from ramp.plan import Moment, Plan
from ramp.recording import Recording
from ramp.verdict import Grade


def uncompared(plan: Plan, recording: Recording, span: Span) -> str:
    """Why gates of the ramp will compare nothing with control, behind a semicolon; empty where all will."""
    if plan.evidence.comparison == "limits_only":
        return "; by limits only, for the plan compares nothing with control"
    hour = _hour(plan, recording, span)
    try:
        must_be_usable(hour)
    except NoEvidence as missing:
        return f"; no gate will compare the canary with control: {missing.reason}; {RECORD}"
    recorded = _recorded(hour, span)
    said = [why for gate in _asked(plan) for stage in compared_stages(plan) if (why := _why_not(recorded, gate, stage))]
    return f"; not compared with control: {'; '.join(dict.fromkeys(said))}; {RECORD}" if said else ""


def _asked(plan: Plan) -> list[str]:
    """The gates that apply, of those whose evidence can be foreseen."""
    return [gate for gate in GATES if plan.why_not(gate) is None]


def _why_not(recorded: Sequence[Recorded], gate: str, stage: Moment) -> str:
    """Why `gate` will compare nothing at `stage`: for the noise by any of these, for want of evidence by all."""
    noisy, missed = [], []
    for seen in recorded:
        try:
            noisy.append(told(seen, gate, stage).too_noisy)
        except NoEvidence as missing:
            missed.append(missing.reason)
    why = next(filter(None, noisy), "") or ("" if noisy else missed[0])
    return f"{gate}: {why}" if why else ""


def wanting(plan: Plan, recording: Recording, span: Span) -> str:
    """Behind a semicolon, which gates cannot reach their grade at which stage by any of what was recorded."""
    recorded = _recorded(_hour(plan, recording, span), span)
    said = lacking_grades(plan, recorded)
    return f"; with this traffic {said}" if said else ""


def lacking_grades(plan: Plan, recorded: Sequence[Recorded]) -> str:
    """`cost cannot reach grade A at stage_50`, of each gate and stage; empty where all can."""
    said: dict[str, list[str]] = {}
    for gate in _asked(plan):
        for stage in compared_stages(plan):
            required = plan.grades.required(gate, stage.id)
            reached = [_grade(seen, gate, stage) for seen in recorded]
            known = [each for each in reached if each is not None]
            if known and not any(each.reaches(required) for each in known):
                said.setdefault(gate, []).append(f"{required} at {stage.id}")
    return "; ".join(f"{gate} cannot reach grade {', '.join(grades)}" for gate, grades in said.items())


def _grade(seen: Recorded, gate: str, stage: Moment) -> Grade | None:
    """None where its traffic was not recorded, which coverage and the gate itself say."""
    try:
        return grade(seen, gate, stage)
    except NoEvidence:
        return None


def _recorded(hour: Hour, span: Span) -> list[Recorded]:
    """The traffic of the placebo hour, and what flows now, where `span` is long enough to tell: that has load of the
    suite's own in it, which stays where it is."""
    recorded = []
    if hour.placebo:
        recorded.append(Recorded(hour, Span(start=hour.placebo[0].start, end=hour.placebo[-1].end)))
    if span.minutes >= hour.plan.reading.look_every_min:
        recorded.append(Recorded(hour, span, keyed_stays=True))
    return recorded


def _hour(plan: Plan, recording: Recording, span: Span) -> Hour:
    """The minutes of the placebo hour that are fresh enough for a ramp that begins now."""
    oldest = span.end - timedelta(minutes=plan.evidence.placebo_age_min_max)
    return Hour(plan, recording, tuple(minute for minute in placebo_of(plan, recording) if minute.end >= oldest))
