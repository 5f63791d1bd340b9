"""C3: every synthetic monitor is green, fresh, and shown to hit the canary."""

from collections.abc import Sequence
from datetime import datetime

from ramp.monitors import FRESH_MIN, GREEN, Asked, Status, age_min
from ramp.plan import Plan
from ramp.release import Release
from ramp.units import Unit
from ramp.verdict import Colour, Verdict, no_data

CHECK = "monitors"
_AHEAD_MIN = 1.0  # what two clocks may differ by


def judge_monitors(plan: Plan, moment: str, release: Release, asked: Sequence[Asked], now_utc: datetime) -> Verdict:
    """RED for a monitor that is not green, and for one that saw another release; NO DATA for one that does not say, is
    old, or does not tell whom it hit. A plan whose owner has no monitors says so: `applies = false`."""
    if not asked:
        how = "list them as [[monitors]] in the release file, or say in the plan why there are none"
        return no_data(CHECK, moment, f"no synthetic monitor is known: {how}")
    red, blind = [], []
    for each in asked:
        if each.status is None:
            blind.append(f"{each.name}: {each.why}")
        elif each.status.status.lower() not in GREEN:
            red.append(f"{each.name} is {each.status.status}")
        elif why := _hit_another(release, each.status):
            red.append(f"{each.name} {why}")
        elif why := _not_proven(each.status, now_utc):
            blind.append(f"{each.name} {why}")
    fine, notes = len(asked) - len(red) - len(blind), tuple([*red, *blind][1:])
    if not red and blind:
        return no_data(CHECK, moment, blind[0], notes=notes)
    colour = Colour.RED if red else Colour.GREEN
    why = red[0] if red else f"{fine} monitor{'s are' if fine > 1 else ' is'} green and hit the canary"
    return Verdict(
        check=CHECK,
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.COUNT,
        value=fine,
        limit=len(asked),
        tag_ceo=bool(red),
        notes=notes,
    )


def _hit_another(release: Release, status: Status) -> str | None:
    if status.version is not None and status.version != release.version:
        return f"hit {status.version}, which is not {release.version}"
    if status.commit is not None and status.commit != release.commit:
        return f"hit the commit {status.commit[:12]}, the release is {release.commit[:12]}"
    if status.routing_key is not None and status.routing_key != release.canary.canary:
        return f"asks with the routing key {status.routing_key}, the canary's is {release.canary.canary}"
    return None


def _not_proven(status: Status, now_utc: datetime) -> str | None:
    if not -_AHEAD_MIN <= age_min(status, now_utc) <= FRESH_MIN:
        return f"last ran at {status.checked_at_utc:%Y-%m-%d %H:%M:%SZ}, which is not of the last {FRESH_MIN:g} minutes"
    if status.routing_key is None and (status.version is None or status.commit is None):
        return "does not tell whom it hit: neither version and commit that it saw, nor the routing key"
    return None
