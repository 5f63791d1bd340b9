"""What happens once the verdicts of a moment are in: decide, write it down, tell #ship-room, page who must act."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from conduct import caps_in_force
from conduct.concluded_before import in_its_order
from conduct.journal import Journal
from conduct.run import Run
from conduct.same_commit import versions_before
from fixtures import pager
from fixtures.pager import PagerUnavailable
from fixtures.payments.ledger import LedgerUnavailable
from fixtures.ship_room import ShipRoom, ShipRoomUnavailable
from ramp.decision import Action, Decision, complete, decide
from ramp.observation import NoEvidence
from ramp.verdict import Verdict
from ramp.who_is_told import dri_of
from reports import page
from reports.card import Card, payments_card, status_card
from reports.journal import latest, read
from reports.payments_told import caps_begin_anew


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """A moment's end: a verdict for every check that the plan requires, the decision, and remarks for the operator:
    sources that could not be read, people who could not be told."""

    verdicts: list[Verdict]
    decision: Decision
    remarks: tuple[str, ...] = ()


def conclude(
    journal: Journal, run: Run, moment: str, given: Mapping[str, Verdict], *, interrupted: bool = False
) -> Conclusion:
    """Decides `moment` from the verdicts that came back, also where the operator `interrupted` it; writes them down,
    posts the card and pages.

    A card or a page that could not be sent changes no verdict; it is said, and stands in the journal.
    """
    at_utc = run.site.clock.now()
    held = held_min(run, moment)
    verdicts = complete(run.plan, moment, given, interrupted=interrupted)
    decision = in_its_order(run, decide(run.plan, moment, given, held, interrupted=interrupted))
    for verdict in verdicts:
        journal.append("verdict", at_utc, **verdict.record())
    journal.append("decision", at_utc, **decision.record(), held_min=held)
    caps_in_force.write_down(journal, run, moment, verdicts, at_utc)
    story = latest(read(run.folder))  # what is told is what was written
    chapter = story.newest
    assert chapter is not None and chapter.decision is not None
    verdicts, decision = list(chapter.verdicts), chapter.decision
    card = status_card(run.plan, story.run, chapter, page=str(run.folder / "page.html"))
    posted = _told(lambda: {"ts": _post(run, card)})
    journal.append("card", at_utc, moment=moment, text=card.text, channel=run.release.channel, **posted)
    remarks = run.source_problems(moment)
    for problem in remarks:
        journal.append("source", at_utc, moment=moment, problem=problem)
    if other := story.run.get("other_plan"):
        remarks.insert(0, f"judged by {other}, which is not the directive in ramp/plan.toml")
    if before := story.run.get("same_commit"):
        remarks.insert(0, caps_begin_anew(story.run["version"], before))
    if run.payments_stopped:
        remarks.insert(0, f"nothing more is paid in this run: {run.payments_stopped}")
    remarks += [f"no card in #ship-room: {posted['why']}"] if not posted["posted"] else []
    for check in decision.because if decision.page else ():
        paged = _told(partial(_page, run, decision, check))
        journal.append("page", at_utc, moment=moment, check=check, roles=list(decision.page), **paged)
        remarks += [f"nobody was paged: {paged['why']}"] if not paged["posted"] else []
    if decision.action is Action.ROLLBACK:  # after everybody was told: the processor may be slow
        remarks += _end_payments(journal, run, moment, at_utc)
    page.write(run.folder, run.plan)
    return Conclusion(verdicts=verdicts, decision=decision, remarks=tuple(dict.fromkeys(remarks)))


def conclude_interrupted(
    run: Run, moments: Sequence[str], given: Mapping[str, Mapping[str, Verdict]]
) -> list[Conclusion]:
    """Concludes each of `moments`, which the operator interrupted, from what is given of it so far. Raises JournalBusy
    and JournalBroken."""
    with open_journal(run, list(moments)) as journal:
        return [conclude(journal, run, moment, given.get(moment, {}), interrupted=True) for moment in moments]


def _end_payments(journal: Journal, run: Run, moment: str, at_utc: datetime) -> list[str]:
    """On a rollback no authorisation of the release stays open, where that may be changed. What became of each payment
    stands in the journal; what of it somebody must know is told in a card of its own, and given back."""
    if not run.site.is_live and not run.site.may("end payments"):
        return []  # a rehearsal that has ended took its processor along
    from conduct.open_payments import end_open_payments, refund_probes  # noqa: PLC0415  the SDK is slow to import

    ended, refunded, why = [], {}, None
    try:
        ended = [each.record() for each in end_open_payments(run)]
        refunded = refund_probes(run)
    except (LedgerUnavailable, NoEvidence) as reason:
        why = str(reason)
    journal.append("payments_ended", at_utc, moment=moment, ended=ended, refunded=refunded, why=why)
    story = latest(read(run.folder))
    said = list(story.newest.payments_ended) if story.newest else []
    if said:
        card = payments_card(story.run, moment, said)
        posted = _told(lambda: {"ts": _post(run, card)})
        journal.append("payments_card", at_utc, moment=moment, text=card.text, channel=run.release.channel, **posted)
    return said


def _told(tell: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"posted": True} | tell()
    except (ShipRoomUnavailable, PagerUnavailable, NoEvidence) as reason:
        return {"posted": False, "why": str(reason)}


def open_journal(run: Run, moments: list[str]) -> Journal:
    """The run's journal, with a record of what this run is about. Raises JournalBusy and JournalBroken."""
    journal = Journal(run.folder, run.site.secrets)
    release = run.release
    journal.append(
        "run",
        run.site.clock.now(),
        **facts(run),
        moments=moments,
        go_at_utc=run.go_at_utc.isoformat() if run.go_at_utc else None,
        assumptions=list(run.plan.assumptions),
        other_plan=run.other_plan,
        same_commit=versions_before(run),
        roles=release.roles.model_dump() | {dri_of(person.domain): person.dri for person in release.roster},
        rollback_command=release.rollback_command,
        runbook_url=release.runbook_url,
    )
    return journal


def facts(run: Run) -> dict[str, Any]:
    """What this run is about, as every report names it."""
    return {
        "version": run.release.version,
        "commit": run.release.commit,
        "scope": run.release.scope,
        "target": run.release.target,
        "scenario": run.site.scenario,
        "speed": run.site.speed,
        "run_id": run.folder.name,
    }


def held_min(run: Run, moment: str) -> float | None:
    """For how many minutes of plan time the stage was held, as recorded; None where that cannot be told."""
    if run.plan.moment(moment).is_stage:
        with suppress(NoEvidence):
            return run.judged(run.plan.moment(moment), of=()).view.held_min
    return None


def _post(run: Run, card: Card) -> str:
    run.site.must_allow("post and page")
    token = run.site.secret(run.site.target.slack_token_env)
    return ShipRoom(run.site.target.slack_url, token, run.release.channel, secrets=run.site.secrets).post(card)


def _page(run: Run, decision: Decision, check: str) -> dict[str, Any]:
    """One incident per release and check, whatever the number of looks (H1)."""
    run.site.must_allow("post and page")
    key = pager.dedup_key(run.release.version, check)
    pager.page(
        run.site.target.pager_url,
        run.site.secret(run.site.target.pager_key_env),
        dedup_key=key,
        summary=f"{decision.action} {run.release.version}: {decision.reason}",
        severity="critical",
        details={"next step": decision.next_step, "roles": ", ".join(decision.page)},
        secrets=run.site.secrets,
    )
    return {"dedup_key": key}
