"""What another controller may do now, by a run's journal: CONTINUE only on a fresh one that nothing has overtaken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ramp.conducted import Phase, Ramp
from ramp.decision import Action
from ramp.folded import before, course, folded
from ramp.plan import Plan
from ramp.release import Release
from reports.journal import Chapter, Story, latest
from reports.recorded_plan import record_of

AHEAD_S = 10.0  # what two clocks that are set over the network may differ by
_GOING_BACK = (Phase.ROLLING_BACK, Phase.PROVING, Phase.ROLLED_BACK)
_WAITS = (Phase.SETTING, Phase.OBSERVING)  # the next stage's weight is not seen yet


@dataclass(frozen=True, kw_only=True)
class Now:
    """`at_utc` is when `moment` was decided, None where nothing is; `is_decided` whether `action` is what a decision
    came to, or what overtook it, and no HOLD for want of a fresh one."""

    action: Action
    reason: str
    at_utc: str | None = None
    moment: str | None = None
    next_step: str | None = None
    is_decided: bool = False

    def record(self, release: Release | None) -> dict[str, Any]:
        """As JSON has it: what may be done, and of which release."""
        return {
            "action": self.action.value,
            "reason": self.reason,
            "at": self.at_utc,
            "moment": self.moment,
            "version": release.version if release else None,
            "commit": release.commit if release else None,
            "target": release.target if release else None,
            "next_step": self.next_step,
        }


def unknown(reason: str, moment: str | None = None) -> Now:
    """A HOLD for want of a decision that counts."""
    return Now(action=Action.HOLD, reason=reason, moment=moment)


def verdict_now(
    records: Sequence[Mapping[str, Any]], plan: Plan, release: Release, moment: str | None, now_utc: datetime
) -> Now:
    """What may be done at `moment`, by default the one that was decided last, by a journal's sound `records`."""
    if why := _of_another(records, plan, release):
        return unknown(why, moment)
    ramp, story = folded(plan, records), latest(records)
    if gone := _going_back(ramp, records):
        return gone
    chapter = _chapter(story, moment or _newest(plan, records))
    if chapter is None or chapter.decision is None:
        where = moment or (chapter.moment if chapter else None)
        why = "is being judged, and has no decision yet" if chapter else "has no decision in this run's journal"
        return unknown(f"{where or 'the release'} {why}", where)
    decision = chapter.decision
    if decision.action is not Action.CONTINUE:
        return _of(chapter, decision.action, decision.reason, is_decided=True)
    if why := _overtaken(plan, ramp, chapter.moment, records):
        return _of(chapter, Action.HOLD, why, is_decided=True)
    if why := _not_fresh(records, chapter, plan.asked_by_others.fresh_min, now_utc):
        return _of(chapter, Action.HOLD, why, is_decided=False)
    return _of(chapter, Action.CONTINUE, decision.reason, is_decided=True)


def _of(chapter: Chapter, action: Action, reason: str, *, is_decided: bool) -> Now:
    told = chapter.decision.next_step if chapter.decision and chapter.decision.action is action else None
    return Now(
        action=action,
        reason=reason,
        at_utc=chapter.at_utc,
        moment=chapter.moment,
        next_step=told,
        is_decided=is_decided,
    )


def _of_another(records: Iterable[Mapping[str, Any]], plan: Plan, release: Release) -> str | None:
    """Why what stands in the journal says nothing of this release under this plan."""
    runs = [record for record in records if record["kind"] == "run"]
    if not runs:
        return "this run's journal holds nothing yet"
    for name in ("version", "commit", "target"):
        if others := {str(run[name]) for run in runs} - {getattr(release, name)}:
            return f"this run is about {name} {', '.join(sorted(others))}, and not about {getattr(release, name)}"
    if runs[-1]["plan"] != record_of(plan)["digest"]:
        return "this run was judged by another plan; name it with --plan=FILE"
    return None


def _going_back(ramp: Ramp, records: Iterable[Mapping[str, Any]]) -> Now | None:
    """A rollback that was decided last, or that is under way or done, whichever moment is asked about."""
    last = next((each for each in reversed(list(records)) if each["kind"] == "decision"), None)
    if last is not None and last["action"] == Action.ROLLBACK:
        return Now(
            action=Action.ROLLBACK,
            reason=last["reason"],
            at_utc=last["at_utc"],
            moment=last["moment"],
            next_step=last["next_step"],
            is_decided=True,
        )
    if ramp.phase not in _GOING_BACK:
        return None
    at_utc = [each["at_utc"] for each in records if each["kind"] == "happened"][-1]
    return Now(action=Action.ROLLBACK, reason=ramp.reason, at_utc=at_utc, moment=ramp.moment, is_decided=True)


def _newest(plan: Plan, records: Sequence[Mapping[str, Any]]) -> str | None:
    """The moment that was judged last, of those in the order of the ramp."""
    told = (each["moment"] for each in reversed(records) if each["kind"] in ("verdict", "decision"))
    return next((moment for moment in told if plan.moment(moment).in_order), None)


def _chapter(story: Story, moment: str | None) -> Chapter | None:
    return next((chapter for chapter in story.chapters if chapter.moment == moment), None)


def _overtaken(plan: Plan, ramp: Ramp, moment: str, records: Sequence[Mapping[str, Any]]) -> str | None:
    """What came since a CONTINUE of `moment`, or what it lacked, so that traffic may not rise on it."""
    if ramp.blocks:
        return f"traffic does not rise: {', '.join(sorted(ramp.blocks))}; see python -m ramp status"
    at = max(n for n, each in enumerate(records) if each["kind"] == "decision" and each["moment"] == moment)
    if records[at]["lacks"] and not records[at]["is_rehearsed"]:
        return f"before {moment} goes on: {'; '.join(f'{other} {why}' for other, why in records[at]['lacks'])}"
    for each in records[at + 1 :]:
        if each["kind"] in ("verdict", "decision") and _matters(plan, each):
            return f"{each['moment']} is judged since, and {moment} is over"
    return _under_way(plan, ramp, moment) if any(each["kind"] == "happened" for each in records) else None


def _matters(plan: Plan, record: Mapping[str, Any]) -> bool:
    """Whether it is of a moment in the order of the ramp, or went badly at one that stands for itself."""
    return plan.moment(record["moment"]).in_order or record.get("action", "CONTINUE") != "CONTINUE"


def _under_way(plan: Plan, ramp: Ramp, moment: str) -> str | None:
    """A conducted ramp goes on by a CONTINUE until the next stage's weight was seen; the stable hours keep the last."""
    ids = [*before(plan), *(step.moment for step in course(plan))]
    if moment not in ids or ramp.phase is Phase.DONE:
        return None
    waits_for_next = (ramp.phase in _WAITS or ramp.in_stable_hours) and ids.index(ramp.moment) == ids.index(moment) + 1
    return None if waits_for_next else f"{ramp.moment} is under way since, and not decided yet"


def _not_fresh(
    records: Iterable[Mapping[str, Any]], chapter: Chapter, fresh_min: float, now_utc: datetime
) -> str | None:
    """Plan time began with the journal, and may pass faster than the clock."""
    first = next(each for each in records if each["kind"] == "run")
    began, decided = (datetime.fromisoformat(each) for each in (first["at_utc"], chapter.at_utc))
    age = now_utc - (began + (decided - began) / first["speed"])
    if age < -timedelta(seconds=AHEAD_S):
        return f"{chapter.moment} was decided at {chapter.at_utc}, which is still to come by this machine's clock"
    if age > timedelta(minutes=fresh_min):
        minutes = age.total_seconds() / 60
        return f"{chapter.moment} was decided {minutes:,.0f} min ago, and a CONTINUE is good for {fresh_min:g} min"
    return None
