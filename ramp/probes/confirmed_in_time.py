"""B6: every line is confirmed within its minutes of the GO, or the CEO acknowledged that it is late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ramp.confirmations import CHECK, Confirmation
from ramp.plan import Plan
from ramp.units import Unit
from ramp.verdict import Colour, Verdict, no_data

_LATE = "LATE: "


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """The lines as of `now_utc`, before this very run has confirmed any; whether the CEO acknowledged those that are
    late, None, with `why_unacknowledged`, where nobody can tell."""

    lines: tuple[Confirmation, ...]
    now_utc: datetime
    acknowledged: bool | None
    why_unacknowledged: str


def judge_confirmed_in_time(plan: Plan, moment: str, seen: Confirmed) -> Verdict:
    """RED for a line that is late while the CEO has not acknowledged it. What is late stays LATE in the sentence."""
    if not seen.lines:
        return no_data(CHECK, moment, f"{moment} confirms no line that is counted from the GO")
    late = [line for line in seen.lines if line.is_late(seen.now_utc)]
    said = tuple(line.sentence(seen.now_utc) for line in seen.lines)
    if not late:
        done = sum(line.at_utc is not None for line in seen.lines)
        why = f"{done} of {len(seen.lines)} lines were confirmed before this run, all others are in time"
        return _say(plan, moment, Colour.GREEN, why, seen, said)
    named = f"{_LATE}{', '.join(line.id for line in late)}, due at {late[0].due_utc:%H:%MZ}"
    if seen.acknowledged:
        return _say(plan, moment, Colour.GREEN, f"{named}; the CEO acknowledged it", seen, said)
    unknown = f" (nobody can tell: {seen.why_unacknowledged})" if seen.acknowledged is None else ""
    how = f"the CEO has not acknowledged it{unknown}: a reply ACK below the one-pager does"
    return _say(plan, moment, Colour.RED, f"{named}, and {how}", seen, said)


def is_late(verdict: Verdict) -> bool:
    """Whether this verdict of the check names a line that is late, acknowledged or not."""
    return verdict.why.startswith(_LATE)


def _say(plan: Plan, moment: str, colour: Colour, why: str, seen: Confirmed, said: tuple[str, ...]) -> Verdict:
    limit_min = plan.moment(moment).due_min or 0.0
    over_min = (seen.now_utc - seen.lines[0].due_utc) / timedelta(minutes=1)
    return Verdict(
        check=CHECK,
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.NONE,
        value=limit_min + over_min,
        limit=limit_min,
        tag_ceo=colour is not Colour.GREEN,
        notes=said,
    )
