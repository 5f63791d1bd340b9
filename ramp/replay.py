"""A recorded release judged again, minute by minute: when each gate first warned and broke, and what was decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ramp.decision import Action, decide
from ramp.finding import explain
from ramp.judge import Judge, Looked
from ramp.observation import NoEvidence, Observation
from ramp.plan import Plan
from ramp.verdict import Colour, Trigger

DEFAULT_GATES = ("latency", "errors", "cache", "cost", "payments")


@dataclass
class Firsts:
    """The minutes since T-0 at which a gate was first YELLOW and first RED, None for never, and why."""

    yellow_minute: float | None = None
    red_minute: float | None = None
    because: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """What a recording came to. `problem` says why the rest of it could not be judged, `not_applied` what of the plan
    does not apply."""

    gates: dict[str, Firsts]
    decision: Action = Action.HOLD
    reason: str = "no look of the canary at a stage was recorded, so nothing is proven"
    minute: float | None = None
    stage: str | None = None
    trigger: Trigger | None = None
    problem: str | None = None
    not_applied: tuple[str, ...] = ()

    def record(self, file: str) -> dict[str, Any]:
        """As the one JSON object of its file."""
        gates = {
            name: {"first_red_minute": _whole(first.red_minute), "first_yellow_minute": _whole(first.yellow_minute)}
            for name, first in self.gates.items()
        }
        told = {
            "file": file,
            "decision": self.decision.value,
            "decided_minute": _whole(self.minute),
            "trigger": self.trigger,
            "gates": gates,
            "stage": self.stage,
            "reason": self.reason,
        }
        left_out = {"not_applied": list(self.not_applied)} if self.not_applied else {}
        return told | left_out | ({"problem": self.problem} if self.problem else {})


def replay(
    plan: Plan, observations: Iterable[Observation], of: Sequence[str] = DEFAULT_GATES, *, with_reasons: bool = False
) -> Outcome:
    """What `plan` makes of a recording by the gates `of`, each of which the recording must carry; `with_reasons` also
    says why each first warned and broke.

    ROLLBACK if a trigger ever fired, at the minute of the first; else the decision at the last look. NoEvidence (a line
    that cannot be trusted) ends it with a HOLD.
    """
    outcome = Outcome({name: Firsts() for name in of}, not_applied=plan.not_applied)
    judge = Judge(plan, of)
    last: Looked | None = None
    try:
        for observation in observations:
            last = _note(outcome, judge.add(observation), with_reasons) or last
    except NoEvidence as missing:
        outcome.problem = missing.reason
    last = _note(outcome, judge.end(), with_reasons) or last
    if outcome.decision is not Action.ROLLBACK:
        _decide(plan, outcome, last, of)
    return outcome


def _note(outcome: Outcome, looked: Looked | None, with_reasons: bool) -> Looked | None:
    if looked is None:
        return None
    for name, finding in looked.findings.items():
        first = outcome.gates[name]
        if finding.colour is Colour.YELLOW and first.yellow_minute is None:
            first.yellow_minute = looked.minute
        elif finding.colour is Colour.RED and first.red_minute is None:
            first.red_minute = looked.minute
        else:
            continue
        if with_reasons:
            first.because.append(explain(finding).reason)
    if looked.trigger and outcome.trigger is None:
        outcome.decision, outcome.trigger = Action.ROLLBACK, looked.trigger
        outcome.minute, outcome.stage = looked.minute, looked.view.moment.id
        outcome.reason = looked.reason
    return looked


def _decide(plan: Plan, outcome: Outcome, last: Looked | None, of: Sequence[str]) -> None:
    if last is not None:
        stage = last.view.moment.id
        decision = decide(plan, stage, last.in_brief(), last.held_min, required=of)
        outcome.decision, outcome.reason = decision.action, decision.reason
        outcome.minute, outcome.stage = last.minute, stage
    if outcome.problem:
        outcome.decision, outcome.reason = Action.HOLD, f"NO DATA: {outcome.problem}"


def _whole(minute: float | None) -> float | int | None:
    """Whole minutes as whole numbers."""
    if minute is None:
        return None
    return round(minute) if abs(minute - round(minute)) < 1e-9 else round(minute, 3)
