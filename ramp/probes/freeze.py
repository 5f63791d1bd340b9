"""I5: for 24 hours after the close-out nothing changes but what is critical."""

from ramp.freeze import TRAILER, FreezeSeen, not_critical
from ramp.plan import Plan
from ramp.verdict import Colour, Verdict, no_data

CHANGES_SHOWN = 5


def judge_freeze(plan: Plan, moment: str, seen: FreezeSeen) -> Verdict:
    """RED while the freeze lasts and a commit since the release's is not marked critical; GREEN once it has ended."""
    del plan
    freeze, now = seen.freeze, seen.now
    signed = (f"signed by {seen.by} (key {seen.key})",)
    until = f"{freeze.until_utc:%Y-%m-%d %H:%MZ}"
    if now < freeze.from_utc:
        why = f"the freeze begins at {freeze.from_utc:%Y-%m-%d %H:%MZ}, after this machine's clock ({now:%H:%MZ})"
        return no_data("freeze", moment, f"{why}: set the clock right")
    if now >= freeze.until_utc:
        return Verdict(
            check="freeze", moment=moment, colour=Colour.GREEN, why=f"the freeze ended at {until}", notes=signed
        )
    count = len(seen.changes)
    if not (others := not_critical(seen.changes)):
        came = f"each commit since is marked critical ({count})" if count else "no commit came since"
        why = f"changes of {freeze.version} are frozen until {until}, and {came}"
        return Verdict(check="freeze", moment=moment, colour=Colour.GREEN, why=why, n=count, notes=signed)
    said = [f'{change.commit[:12]} "{change.subject}"' for change in others[:CHANGES_SHOWN]]
    more = f" and {len(others) - CHANGES_SHOWN} more" if others[CHANGES_SHOWN:] else ""
    why = (
        f"changes are frozen until {until}, and {len(others)} of {count} commits since the release are not marked "
        f"critical: {', '.join(said)}{more}. Wait, or say why in a trailer of the commit: {TRAILER}: REASON"
    )
    return Verdict(check="freeze", moment=moment, colour=Colour.RED, why=why, n=count, notes=signed)
