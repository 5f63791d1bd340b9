"""I1: all traffic was on the release for two hours, every minute was looked at, and nothing broke."""

from datetime import datetime, timedelta

from ramp.plan import Plan
from ramp.stable import Stable
from ramp.units import Unit
from ramp.verdict import Colour, Verdict, no_data

CHECK = "stable"


def judge_stable(plan: Plan, moment: str, seen: Stable, now_utc: datetime) -> Verdict:
    """GREEN once it lasts; RED where the newest look is; NO DATA while it is too short, or nobody looked lately."""
    due_min = 60 * plan.stable.hours_min
    if seen.until_utc is None:
        return no_data(CHECK, moment, "nobody looked at 100 % of the traffic: `python -m ramp run` does")
    if now_utc - seen.until_utc > timedelta(minutes=plan.reading.fresh_min):
        why = f"nobody looked since {seen.until_utc:%H:%MZ}, so nothing is known of the time since"
        return no_data(CHECK, moment, why, notes=seen.broken)
    if seen.is_red:
        return _say(moment, Colour.RED, f"it broke at {seen.why_not}", seen, due_min)
    if seen.since_utc is None or seen.minutes < due_min - plan.reading.look_every_min / 2:
        begun = f"stable for {seen.minutes:.0f} of {due_min:.0f} min"
        since = f" since {seen.since_utc:%H:%MZ}" if seen.since_utc else ""
        anew = f"; {seen.why_not or seen.broken[-1]}" if seen.why_not or seen.broken else ""
        return no_data(CHECK, moment, f"{begun}{since}{anew}", unit=Unit.COUNT, value=seen.minutes, notes=seen.broken)
    why = f"stable at 100 % for {seen.minutes:.0f} min, since {seen.since_utc:%Y-%m-%d %H:%MZ}"
    return _say(moment, Colour.GREEN, why, seen, due_min)


def _say(moment: str, colour: Colour, why: str, seen: Stable, due_min: float) -> Verdict:
    return Verdict(
        check=CHECK,
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.COUNT,
        value=seen.minutes,
        limit=due_min,
        tag_ceo=colour is Colour.RED,
        notes=seen.broken,
    )
