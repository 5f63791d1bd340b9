"""What happens once the verdicts of a moment are in: decide, journal, page, and a card to #ship-room."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fixtures.run import Run
from fixtures.ship_room import ShipRoom, ShipRoomUnavailable
from ramp.decision import Decision, complete, decide
from ramp.hold import Hold
from ramp.observation import NoEvidence
from ramp.verdict import Verdict
from reports import page
from reports.card import Card, status_card
from reports.journal import Journal


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """A moment's end: a verdict for every check that the plan requires, the decision, and why no card was posted."""

    verdicts: list[Verdict]
    decision: Decision
    not_posted: str | None


def conclude(journal: Journal, run: Run, moment: str, given: Mapping[str, Verdict]) -> Conclusion:
    """Decides `moment` from the verdicts that came back, writes them down, and posts the card.

    A card that could not be sent changes no verdict; the journal says so.
    """
    at_utc = run.clock.now()
    held = held_min(run, moment)
    verdicts, decision = complete(run.plan, moment, given), decide(run.plan, moment, given, held)
    for verdict in verdicts:
        journal.append("verdict", at_utc, **verdict.record())
    journal.append("decision", at_utc, **decision.record(), held_min=held)
    where = str(run.folder / "page.html")
    card = status_card(run.plan, run.release, moment, verdicts, decision, at_utc=at_utc, page=where)
    said: dict[str, Any] = {"moment": moment, "text": card.text, "channel": run.release.channel}
    try:
        said |= {"posted": True, "ts": _post(run, card)}
    except (ShipRoomUnavailable, NoEvidence) as reason:
        said |= {"posted": False, "why": str(reason)}
    journal.append("card", at_utc, **said)
    page.write(run.folder, run.plan)
    return Conclusion(verdicts=verdicts, decision=decision, not_posted=said.get("why"))


def open_journal(run: Run, moments: list[str], at_utc: datetime) -> Journal:
    """The run's journal, with a record of what this run is about. Raises JournalBusy and JournalBroken."""
    journal = Journal(run.folder, run.secrets)
    journal.append(
        "run",
        at_utc,
        version=run.release.version,
        commit=run.release.commit,
        scope=run.release.scope,
        target=run.release.target,
        scenario=run.scenario,
        speed=run.speed,
        moments=moments,
        run_id=run.folder.name,
        assumptions=list(run.plan.assumptions),
    )
    return journal


def held_min(run: Run, moment: str) -> float | None:
    """For how many minutes of plan time the stage was held, as recorded; None where that cannot be told."""
    if run.plan.moment(moment).is_stage:
        with suppress(NoEvidence):
            return Hold.of(run.plan, run.plan.moment(moment), run.recording(), run.as_of(moment)).held_min
    return None


def _post(run: Run, card: Card) -> str:
    if run.release.target == "real" and not run.act:
        raise NoEvidence("not posted: without --act nothing outside the suite is changed")
    return ShipRoom(run.target.slack_url, run.secret(run.target.slack_token_env), run.release.channel).post(card)
