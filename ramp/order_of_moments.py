"""The order of moments: traffic rises once what the plan's `needs_moments` names was concluded, while that stands."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ramp.decision import Action, Decision
from ramp.plan import Moment, Plan, Probe
from ramp.verdict import Colour, Verdict

NOT_CONCLUDED = "not concluded "


def lacking(plan: Plan, moment: str, told: Iterable[Verdict | Decision]) -> dict[str, str]:
    """The moments that do not stand and must before the traffic of `moment` is set, or of the stage that follows it,
    and why not. `told` is what checks said and what was decided, oldest first."""
    heard = list(told)
    return {id: why for id in needed(plan, moment) if (why := _why_not(plan, id, heard))}


def needed(plan: Plan, moment: str) -> list[str]:
    """The moments with checks that must stand before the traffic of `moment` is set, or of the stage that follows."""
    before = {each for stage in _stages(plan, moment) for each in plan.needed_before(stage.id)} - {moment}
    return [row.id for row in plan.moments if row.id in before and plan.required(row.id)]


def in_order(plan: Plan, decision: Decision, lacks: Mapping[str, str], *, is_rehearsed: bool, raises: bool) -> Decision:
    """`decision` with what its moment lacks before it: said, to people who go on by hand in the next step too, and a
    HOLD where the suite itself `raises` traffic. A line that no check serves yet is said, and does not block."""
    where = "in this run" if is_rehearsed else "for this release"
    alike = {why: [moment for moment, other in lacks.items() if other == why] for why in lacks.values()}
    missing = [f"{', '.join(moments)} {why}{where if why == NOT_CONCLUDED else ''}" for why, moments in alike.items()]
    said = replace(decision, before=(*missing, *_no_check_yet(plan, decision.moment)))
    if not missing or is_rehearsed or decision.action is not Action.CONTINUE:
        return said
    if not raises:
        return replace(said, next_step=f"{said.next_step} once {', '.join(lacks)} {_are(lacks)} concluded")
    commands = ", ".join(f"pytest -m {moment}" for moment in lacks)
    why, mend = f"traffic does not rise out of order: {'; '.join(missing)}", f"run what is missing first: {commands}"
    return replace(said, action=Action.HOLD, reason=why, next_step=mend, page=("incident_commander",))


def _stages(plan: Plan, moment: str) -> list[Moment]:
    """The stages that begin with, or after, the decision at `moment`."""
    following = plan.following(moment)
    return [each for each in (plan.moment(moment), following) if each and each.is_stage]


def _why_not(plan: Plan, moment: str, told: Iterable[Verdict | Decision]) -> str | None:
    """A moment stands while it went on when it was last decided, with all its checks, and none of them was worse since:
    at that moment, or wherever a probe confirms the same."""
    required = plan.required(moment)
    why: str | None = NOT_CONCLUDED
    passed: Mapping[str, Colour] = {}
    given: dict[str, Colour] = {}
    for each in told:
        if isinstance(each, Decision):
            if each.moment == moment:
                why = _incomplete(required, given) or _held(plan, each, given)
                passed, given = given, {}
        elif each.check in required and (each.moment == moment or isinstance(plan.checks[each.check], Probe)):
            if why is None and each.colour > passed[each.check]:
                why = f"is withdrawn: {each.reason}"
            if each.moment == moment:
                given[each.check] = each.colour
    return why


def _held(plan: Plan, decision: Decision, given: Mapping[str, Colour]) -> str | None:
    """Why the moment did not go on. One before T-0 that is all GREEN and only lacks checks that are to come does."""
    is_all_green = set(given.values()) == {Colour.GREEN} and not plan.moment(decision.moment).is_stage
    lacks_only_checks = decision.action is Action.HOLD and is_all_green and plan.unserved(decision.moment)
    if decision.action is Action.CONTINUE or lacks_only_checks:
        return None
    return f"ended in {decision.action}: {decision.reason}"


def _incomplete(required: Iterable[str], given: Mapping[str, Colour]) -> str | None:
    lost = [check for check in required if check not in given]
    return f"was concluded without {', '.join(lost)}" if lost else None


def _no_check_yet(plan: Plan, moment: str) -> list[str]:
    """The lines of what is needed that nothing checks yet."""
    ids = [id for stage in _stages(plan, moment) for id in stage.needs_moments or () if id != moment]
    needed = [row for row in map(plan.moment, ids) if row.applies]
    lines = {row.id: plan.unserved(row.id) or (() if plan.required(row.id) else row.ids) for row in needed}
    named = [f"{', '.join(ids)} of {id}" for id, ids in lines.items() if ids]
    return [f"no check yet for {', '.join(named)}"] if named else []


def _are(names: Mapping[str, str]) -> str:
    return "is" if len(names) == 1 else "are"
