"""A recorded release judged again, minute by minute: when each gate first warned and broke, and what was decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ramp.decision import Action, Decision, decide
from ramp.judge import Judge, Looked
from ramp.observation import NoEvidence, Observation
from ramp.plan import Plan
from ramp.verdict import Colour, Verdict

DEFAULT_GATES = ("latency", "errors", "cache", "cost", "payments")


@dataclass
class Firsts:
    """The minutes since T-0 at which a gate was first YELLOW and first RED, None for never, and why."""

    yellow_minute: float | None = None
    red_minute: float | None = None
    because: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """What a recording came to. `problem` says why the rest of it could not be judged."""

    gates: dict[str, Firsts]
    decision: Action = Action.HOLD
    reason: str = "no look of the canary at a stage was recorded, so nothing is proven"
    minute: float | None = None
    stage: str | None = None
    trigger: str | None = None
    problem: str | None = None

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
        return told | ({"problem": self.problem} if self.problem else {})


def replay(
    plan: Plan, observations: Iterable[Observation], of: Sequence[str] = DEFAULT_GATES, *, with_reasons: bool = False
) -> Outcome:
    """What `plan` makes of a recording by the gates `of`, each of which the recording must carry; `with_reasons` also
    says why each first warned and broke.

    ROLLBACK if a trigger ever fired, at the minute of the first; else the decision at the last look. NoEvidence (a line
    that cannot be trusted) ends it with a HOLD.
    """
    outcome, judge, last = Outcome({name: Firsts() for name in of}), Judge(plan, of), None
    try:
        for observation in observations:
            looked = judge.add(observation)
            if looked:
                last = looked
                _note(outcome, judge, looked, with_reasons)
        looked = judge.end()
        if looked:
            last = looked
            _note(outcome, judge, looked, with_reasons)
    except NoEvidence as missing:
        outcome.problem = missing.reason
    if outcome.decision is not Action.ROLLBACK:
        _decide(plan, outcome, judge, last, of)
    return outcome


def _note(outcome: Outcome, judge: Judge, looked: Looked, with_reasons: bool) -> None:
    for name, standing in looked.standings.items():
        first = outcome.gates[name]
        if standing.colour is Colour.YELLOW and first.yellow_minute is None:
            first.yellow_minute = looked.minute
        elif standing.colour is Colour.RED and first.red_minute is None:
            first.red_minute = looked.minute
        else:
            continue
        if with_reasons:
            first.because.append(judge.verdicts(looked.hold, [name])[name].reason)
    if looked.trigger and outcome.trigger is None:
        fired = next(name for name, standing in looked.standings.items() if standing.trigger == looked.trigger)
        outcome.decision, outcome.trigger = Action.ROLLBACK, looked.trigger
        outcome.minute, outcome.stage = looked.minute, looked.hold.moment.id
        outcome.reason = f"{looked.trigger} fired: {judge.verdicts(looked.hold, [fired])[fired].reason}"


def _decide(plan: Plan, outcome: Outcome, judge: Judge, last: Looked | None, of: Sequence[str]) -> None:
    if last is not None:
        decision = _decision(plan, judge, last, of)
        outcome.decision, outcome.reason = decision.action, decision.reason
        outcome.minute, outcome.stage = last.minute, last.hold.moment.id
    if outcome.problem:
        outcome.decision, outcome.reason = Action.HOLD, f"NO DATA: {outcome.problem}"


def _decision(plan: Plan, judge: Judge, last: Looked, of: Sequence[str]) -> Decision:
    """Sentences are told of what is not GREEN only: they cost more than the judging."""
    hold, stage = last.hold, last.hold.moment.id
    said = judge.verdicts(hold, [name for name, standing in last.standings.items() if standing.colour])
    green = {name: Verdict(check=name, moment=stage, colour=Colour.GREEN, reason="") for name in of if name not in said}
    return decide(plan, stage, green | said, hold.held_min, required=of)


def _whole(minute: float | None) -> float | int | None:
    """Whole minutes as whole numbers."""
    if minute is None:
        return None
    return round(minute) if abs(minute - round(minute)) < 1e-9 else round(minute, 3)
