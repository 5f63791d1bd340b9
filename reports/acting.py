"""Who must act, and by when."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ramp.decision import Action
from ramp.plan import Plan
from ramp.room import Room
from ramp.who_is_told import INCIDENT_COMMANDER
from reports import told
from reports.journal import Chapter
from reports.local_time import both
from reports.told import Line

NOBODY = "nobody has to act"


def acting(
    plan: Plan, records: Iterable[Mapping[str, Any]], chapter: Chapter, zone: str | None, *, is_back: bool = False
) -> Line:
    """Whom the decision of `chapter` waits for: who is asked for a sign-off, with the reply and until when; else who is
    called; also by the clock of `zone`. Once the traffic `is_back`, nobody is waited for."""
    label = "Who must act"
    room = Room()
    for record in records:
        room.follow(record)
    if (ask := room.open) and ask.moment == chapter.moment:
        asked = room.asked_at[ask.code]
        due = asked + timedelta(minutes=plan.signoff.answer_min_max)
        by = f", by {both(due, zone)}" if ask.code in room.due else ""
        until = both(ask.expires_at_utc, zone)
        return Line(
            label, f"{told.in_words(ask.by)}: reply {ask.reply} in the thread of the card{by}; good until {until}"
        )
    decision = chapter.decision
    if decision is None:
        return Line(label, NOBODY if chapter.at_utc else "whoever runs this release: run the moment again")
    if decision.action is Action.CONTINUE:
        return Line(label, NOBODY)
    if decision.is_done:
        return Line(label, f"{NOBODY} at once: it was rolled back already")
    roles = decision.page or decision.tag or (INCIDENT_COMMANDER,)
    since = both(datetime.fromisoformat(chapter.at_utc), zone)
    if is_back:
        heard = f"{told.in_words(roles)} were to hear of it at {since}"
        return Line(label, f"nobody for the traffic, which is back; {heard}")
    return Line(label, f"{told.in_words(roles)}, now (since {since})")
