"""I1: how long all traffic has been on the release without a breach, by what was observed and not by the clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ramp.judge import Judge, Looked
from ramp.may_rise import may_rise
from ramp.observation import Observation
from ramp.plan import Plan
from ramp.verdict import Colour

MINUTE = timedelta(minutes=1)
BREAKS_KEPT = 5


@dataclass(frozen=True, kw_only=True)
class Stable:
    """`since_utc` is the first look of those without a breach that last until `until_utc`, the newest look at 100 %;
    None where the newest is none of them: `why_not` says why, `is_red` whether it is RED. `broken` says what ended
    periods and when, the newest last."""

    since_utc: datetime | None = None
    until_utc: datetime | None = None
    is_red: bool = False
    why_not: str = ""
    broken: tuple[str, ...] = ()

    @property
    def minutes(self) -> float:
        if self.since_utc is None or self.until_utc is None:
            return 0.0
        return (self.until_utc - self.since_utc) / MINUTE


def stable(plan: Plan, looks: Iterable[Looked]) -> Stable:
    """Of the looks of a ramp, in order of time: a look that would hold begins the period anew, and so does a gap in
    which nobody looked for longer than data stays fresh. Leaving 100 % ends it."""
    so_far = Stable()
    for looked in looks:
        so_far = with_look(plan, so_far, looked)
    return so_far


def observed_stable(
    plan: Plan, observations: Iterable[Observation], of: Sequence[str], *, load_is_due: bool = False
) -> Stable:
    """The same of a recording, judged by the gates `of`. A line that cannot be trusted ends it. Raises NoEvidence."""
    judge = Judge(plan, of, load_is_due=load_is_due)

    def looks() -> Iterable[Looked]:
        for observation in observations:
            if looked := judge.add(observation):
                yield looked
        if looked := judge.end():
            yield looked

    return stable(plan, looks())


def with_look(plan: Plan, so_far: Stable, looked: Looked) -> Stable:
    """What was stable so far, with one more look."""
    at = looked.view.as_of
    if looked.view.moment.traffic_pct != 100:
        back = f"{at:%H:%MZ}: traffic was taken back to {looked.view.moment.traffic_pct} %"
        return Stable(broken=(*so_far.broken, back)[-BREAKS_KEPT:]) if so_far.until_utc else so_far
    broken, since = so_far.broken, so_far.since_utc
    if so_far.until_utc and at - so_far.until_utc > plan.reading.fresh_min * MINUTE + _a_look(plan):
        broken, since = (*broken, f"{so_far.until_utc:%H:%MZ} to {at:%H:%MZ}: nobody looked"), None
    outlook = may_rise(plan, looked)
    if outlook.of == "within":
        return Stable(since_utc=since or at, until_utc=at, broken=broken[-BREAKS_KEPT:])
    why = f"{at:%H:%MZ}: {outlook.reason}"
    broken = (*broken, why) if since is not None else broken
    red = any(finding.colour is Colour.RED for finding in looked.findings.values())
    return Stable(until_utc=at, is_red=red, why_not=why, broken=broken[-BREAKS_KEPT:])


def _a_look(plan: Plan) -> timedelta:
    """Looks come at their marks, give or take half of one."""
    return plan.reading.look_every_min / 2 * MINUTE
