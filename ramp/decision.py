"""Verdicts to one word: CONTINUE, HOLD or ROLLBACK."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from ramp.plan import Moment, Plan, Probe
from ramp.verdict import Colour, Verdict, no_data, worst
from ramp.who_is_told import INCIDENT_COMMANDER, found_in, heard_of, paged, tagged


class Action(StrEnum):
    CONTINUE = "CONTINUE"
    HOLD = "HOLD"
    ROLLBACK = "ROLLBACK"

    @property
    def exit_code(self) -> int:
        return {"CONTINUE": 0, "HOLD": 10, "ROLLBACK": 20}[self.value]


_MEND = "keep the traffic where it is; mend what is named and run this moment again"
_WAIT = "keep the traffic where it is; it may rise once the gate was within its limit for {:g} min"

_UNTIL = "keep the traffic where it is; it may rise once that is put right, taken back or signed off"
TAKEN_BACK = "the canary has no users any more; a draft of the post-mortem follows: find out why, and release anew"

INTERRUPTED = "interrupted by the operator"
_LOST = "no result came back (skipped, deselected, crashed or lost); run the whole moment again"
_AGAIN = "keep the traffic where it is; run this moment again"

EVIDENCE_BROKEN_EXIT = 30
INTERRUPTED_EXIT = 2
USAGE_EXIT = 4


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What may happen next, why, and who must hear of it. `tag` and `page` name roles, never people; `before` says what
    the order of moments lacks (see `order_of_moments`), `not_applied` what of the plan does not apply, and why."""

    moment: str
    action: Action
    reason: str
    next_step: str
    because: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    page: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    not_applied: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether it is a rollback that was carried out, so that nobody has to hurry any more."""
        return self.next_step == TAKEN_BACK

    def record(self) -> dict[str, Any]:
        return asdict(self) | {"action": self.action.value}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        fields = {name: record[name] for name in cls.__dataclass_fields__ if name in record}
        fields["action"] = Action(record["action"])
        for name in ("because", "tag", "page", "before", "not_applied"):
            fields[name] = tuple(fields.get(name, ()))
        return cls(**fields)


def complete(
    plan: Plan,
    moment: str,
    given: Mapping[str, Verdict],
    required: Sequence[str] | None = None,
    *,
    interrupted: bool = False,
) -> list[Verdict]:
    """A verdict for every check that the plan requires at `moment`: NO DATA where none came back. A verdict of another
    moment is none of this one. `required` names the checks instead, for a recording that carries only some."""
    lost = f"{INTERRUPTED} before this was judged" if interrupted else _LOST
    own = {check: verdict for check, verdict in given.items() if (verdict.check, verdict.moment) == (check, moment)}
    return [own.get(check) or no_data(check, moment, lost) for check in required or plan.required(moment)]


def decide(
    plan: Plan,
    moment: str,
    given: Mapping[str, Verdict],
    held_min: float | None,
    required: Sequence[str] | None = None,
    *,
    interrupted: bool = False,
) -> Decision:
    """The decision at `moment`, from the verdicts by check that came back and the minutes that the stage was held.

    Walks the plan's required checks, never just `given`. In this order: a rollback trigger (F1 to F6) rolls back
    without approval (F7); what the operator `interrupted` holds; RED or NO DATA holds; an open breach holds, so that
    traffic never rises while a limit is broken, unless the stage's `on_open_breach` is "continue"; at the stage whose
    `on_yellow` is "hold" anything but all GREEN holds for the CEO's sign-off (A2, A3); an unfinished hold holds (A1);
    YELLOW continues. A moment that does not apply is passed over. Who is tagged and paged says `who_is_told`: of what
    was interrupted, only of what was found.
    """
    if not plan.moment(moment).applies:
        return _passed_over(plan, plan.moment(moment))
    row, verdicts = plan.moment(moment), worst(complete(plan, moment, given, required, interrupted=interrupted))
    if interrupted:
        found = found_in(verdicts)
        called = paged(plan, found, proven=True, sign_off_due=False)
        decision = _interrupted(plan, moment, found)
        return replace(decision, tag=tagged(found, called), page=called, not_applied=plan.not_applied)
    is_over = not row.is_stage or held_min is None or _held_long_enough(plan, row, held_min)
    decision = _decided(plan, row, verdicts, held_min)
    heard = verdicts if is_over else heard_of(plan, verdicts, held_min)
    due = decision.action is Action.HOLD and row.is_stage and row.on_yellow == "hold" and is_over
    waits = any(verdict.open_breach for verdict in verdicts)
    proven = bool(verdicts) and not plan.unserved(moment)
    page = paged(plan, heard, proven=proven, sign_off_due=due and not waits)
    return replace(decision, tag=tagged(heard, page), page=page, not_applied=plan.not_applied)


def _decided(plan: Plan, row: Moment, verdicts: Sequence[Verdict], held_min: float | None) -> Decision:
    moment = row.id
    if not verdicts:
        return _hold(moment, [], _nothing_to_judge(plan, row))
    fired = [verdict for verdict in verdicts if verdict.trigger and plan.is_out(row.id)]
    if fired:
        return _rollback(plan, moment, fired)
    blocking = [verdict for verdict in verdicts if verdict.colour in (Colour.RED, Colour.NO_DATA)]
    if blocking:
        return _hold(moment, blocking, _first_of(blocking) + _advice(plan, blocking))
    is_open = [verdict for verdict in verdicts if verdict.open_breach]
    if is_open and row.on_open_breach == "hold":
        why = f"traffic does not rise while a breach is open: {_first_of(is_open)}"
        return _hold(moment, is_open, why, next_step=_WAIT.format(plan.reading.window_min))
    yellow = [verdict for verdict in verdicts if verdict.colour is Colour.YELLOW]
    if unserved := plan.unserved(moment):
        said = f"the plan has no check for {', '.join(unserved)} at {moment} yet, so nothing proves that"
        return _hold(moment, yellow, f"{said}; {_first_of(yellow)}" if yellow else said)
    if yellow and (row.on_yellow == "hold" or not row.is_stage):
        return _hold(moment, yellow, f"{_first_of(yellow)}; the CEO's sign-off may release it")
    if row.is_stage and not _held_long_enough(plan, row, held_min):
        held = "not at all" if held_min is None else f"{held_min:.0f} of {row.hold_min:.0f} min"
        return _hold(moment, yellow, f"the hold is unfinished: {held}, and minutes with a RED gate do not count")
    return _continue(plan, row, verdicts, yellow)


def rolled_back(decision: Decision, why: str) -> Decision:
    """`decision` of a moment at which the canary was taken back from all users, proven: by a trigger that fired, or for
    a reason that is no verdict: a word, or a weight that was set to 0 outside (F7)."""
    if decision.action is Action.ROLLBACK:
        return replace(decision, next_step=TAKEN_BACK)
    called = tuple(dict.fromkeys((INCIDENT_COMMANDER, *decision.page)))
    tag = tuple(dict.fromkeys((*called, *decision.tag)))
    return replace(decision, action=Action.ROLLBACK, reason=why, next_step=TAKEN_BACK, tag=tag, page=called)


def held(decision: Decision, why: str) -> Decision:
    """`decision` of a moment whose verdicts would go on, and that is held by what is no verdict: somebody's word, a
    plan or release file that is not what the ramp began with, or a weight that cannot be read."""
    if decision.action is not Action.CONTINUE:
        return decision
    return replace(decision, action=Action.HOLD, reason=f"{why}; {decision.reason}", next_step=_UNTIL)


def _interrupted(plan: Plan, moment: str, found: Sequence[Verdict]) -> Decision:
    if fired := [verdict for verdict in found if verdict.trigger]:
        return _rollback(plan, moment, fired)
    reason = f"{INTERRUPTED}; until then {_first_of(found)}" if found else INTERRUPTED
    return _hold(moment, found, reason, next_step=_AGAIN)


def _rollback(plan: Plan, moment: str, fired: Sequence[Verdict]) -> Decision:
    budget_min = plan.rollback.budget_s / 60
    triggers = ", ".join(sorted({verdict.trigger for verdict in fired if verdict.trigger}))
    return Decision(
        moment=moment,
        action=Action.ROLLBACK,
        reason=f"{triggers} fired: {_first_of(fired)}",
        next_step=f"the incident commander rolls back now, no approval needed; done within {budget_min:g} minutes",
        because=tuple(verdict.check for verdict in fired),
    )


def _hold(moment: str, because: Sequence[Verdict], reason: str, next_step: str = _MEND) -> Decision:
    return Decision(
        moment=moment,
        action=Action.HOLD,
        reason=reason,
        next_step=next_step,
        because=tuple(verdict.check for verdict in because),
    )


def all_green(count: int) -> str:
    """That each of so many checks is GREEN."""
    return "its one check is GREEN" if count == 1 else f"all {count} checks GREEN"


def _continue(plan: Plan, row: Moment, verdicts: Sequence[Verdict], yellow: Sequence[Verdict]) -> Decision:
    following = plan.following(row.id)
    done = "the release is done" if row.in_order else "go on to the release's next moment"
    green = f"{len(verdicts) - len(yellow)} of {len(verdicts)} check{'s' * (len(verdicts) != 1)} GREEN"
    left_out = "; not all of the plan applies" if plan.not_applied else ""
    return Decision(
        moment=row.id,
        action=Action.CONTINUE,
        reason=(f"{green}; YELLOW: {_first_of(yellow)}" if yellow else all_green(len(verdicts))) + left_out,
        next_step=f"go on to {following.id}" if following else done,
        because=tuple(verdict.check for verdict in yellow),
    )


def _passed_over(plan: Plan, row: Moment) -> Decision:
    """Of a moment that does not apply: nobody is called, and it is in nobody's way."""
    reason = f"{row.id} does not apply ({row.reason}): nothing was judged"
    return replace(_continue(plan, row, (), ()), reason=reason, not_applied=plan.not_applied)


def _nothing_to_judge(plan: Plan, row: Moment) -> str:
    if any(isinstance(of, Probe) and row.id in of.moments for of in plan.checks.values()):
        return f"no check of {row.id} applies, so nothing is proven there; has the moment itself to be left out?"
    return f"the plan has no check for {row.id} yet, so nothing is proven"


def _first_of(verdicts: Sequence[Verdict]) -> str:
    more = f" (and {len(verdicts) - 1} more)" if len(verdicts) > 1 else ""
    return verdicts[0].reason + more


def _advice(plan: Plan, blocking: Sequence[Verdict]) -> str:
    """To roll back, where nothing was seen for long, or what fires no trigger was RED for long."""
    said = [
        f"{verdict.check} is {state} for {minutes:.0f} min"
        for verdict in blocking
        for state, minutes, most in (
            ("blind", verdict.blind_min, plan.reading.blind_min_max),
            ("RED", verdict.red_min, plan.persistence.breach_min),
        )
        if minutes >= most
    ]
    return f"; {said[0]}: recommend ROLLBACK" if said else ""


def _held_long_enough(plan: Plan, row: Moment, held_min: float | None) -> bool:
    """A hold may end within half a look of its time: looks are a little late or early."""
    return held_min is not None and held_min >= (row.hold_min or 0) - plan.reading.look_every_min / 2
