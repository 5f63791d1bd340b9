"""What happens once the verdicts of a moment are in: decide, write it down, tell #ship-room, page who must act."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conduct import caps_in_force
from conduct.concluded_before import lacking_before
from conduct.journal import Journal
from conduct.run import Run
from conduct.same_commit import versions_before
from conduct.telling import tell, tell_of_payments
from fixtures.payments.ledger import LedgerUnavailable
from ramp.circumstances import Circumstances, decided
from ramp.decision import Action, Decision, complete
from ramp.facts import Fact
from ramp.observation import NoEvidence
from ramp.privacy.masking import scrubbed
from ramp.sign_off import SignedOff
from ramp.verdict import Verdict
from ramp.who_is_told import dri_of
from reports import page, told
from reports.journal import latest, read
from reports.recorded_plan import record_of
from reports.suite import suite
from reports.told import Line


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """A moment's end: a verdict for every check that the plan requires, the decision, remarks for the operator (sources
    that could not be read, people who could not be told), and who was `told`."""

    verdicts: list[Verdict]
    decision: Decision
    remarks: tuple[str, ...] = ()
    told: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What a terminal says below the decision."""
        return (*self.remarks, *map(str, self.told))


def conclude(
    journal: Journal,
    run: Run,
    moment: str,
    given: Mapping[str, Verdict],
    *,
    facts: Iterable[Fact] = (),
    interrupted: bool = False,
    after: str | None = None,
    signed_off: SignedOff | None = None,
    held_by: str | None = None,
) -> Conclusion:
    """Decides `moment` from the verdicts that came back, also where the operator `interrupted` it, or it was rolled
    back `after` what is said. `signed_off` is the sign-off in force, `held_by` what holds and is no verdict. Writes
    them and the `facts` that probes found down, posts the card and pages.

    A card or a page that could not be sent changes no verdict; it is said, and stands in the journal.
    """
    at_utc = run.site.clock.now()
    of = Circumstances(
        held_min=held_min(run, moment),
        interrupted=interrupted,
        lacks=tuple(lacking_before(run, moment).items()),
        is_rehearsed=not run.site.is_live,
        raises=run.site.may("set the weight"),
        after=after,
        signed_off=signed_off,
        held_by=held_by,
    )
    for fact in facts:
        journal.append("fact", at_utc, **fact.record())
    verdicts, decision = _write_down(journal, run, moment, given, of, at_utc)
    caps_in_force.write_down(journal, run, moment, verdicts, at_utc)
    _write_down_remarks(journal, run, moment, at_utc)
    tell(journal, run, moment, at_utc)
    if decision.action is Action.ROLLBACK:  # after everybody was told: the processor may be slow
        _end_payments(journal, run, moment, at_utc)
    page.write(run.folder, run.plan)
    return _as_written(run)


def _write_down(
    journal: Journal, run: Run, moment: str, given: Mapping[str, Verdict], of: Circumstances, at_utc: datetime
) -> tuple[list[Verdict], Decision]:
    """Verdicts and circumstances as they are written, masked, and the decision that follows from just these."""
    of = Circumstances.from_record(scrubbed(of.record(), run.site.secrets))
    completed = complete(run.plan, moment, given, interrupted=of.interrupted)
    records = [journal.append("verdict", at_utc, **verdict.record()) for verdict in completed]
    verdicts = [Verdict.from_record(record) for record in records]
    decision = decided(run.plan, moment, {verdict.check: verdict for verdict in verdicts}, of)
    journal.append("decision", at_utc, **decision.record(), **of.record())
    return verdicts, decision


def _write_down_remarks(journal: Journal, run: Run, moment: str, at_utc: datetime) -> None:
    """What somebody has to look at beside the verdicts."""
    if stopped := run.payments_stopped:
        journal.append("payments_stopped", at_utc, moment=moment, why=stopped)
    for problem in run.source_problems(moment):
        journal.append("source", at_utc, moment=moment, problem=problem)
    for check, said in run.found(moment):
        journal.append("found", at_utc, moment=moment, check=check, said=said)


def _as_written(run: Run) -> Conclusion:
    """What is told is what was written."""
    story = latest(read(run.folder))
    chapter = story.newest
    assert chapter is not None and chapter.decision is not None
    return Conclusion(
        verdicts=list(chapter.verdicts),
        decision=chapter.decision,
        remarks=tuple(line.said for line in told.remarks(story.run, chapter)),
        told=(*told.who(chapter.decision, chapter.paged, chapter.carded), Line("Rollback", told.rollback(story.run))),
    )


def conclude_interrupted(
    run: Run, moments: Sequence[str], given: Mapping[str, Mapping[str, Verdict]]
) -> list[Conclusion]:
    """Concludes each of `moments`, which the operator interrupted, from what is given of it so far. Raises JournalBusy
    and JournalBroken."""
    with open_journal(run, list(moments)) as journal:
        return [conclude(journal, run, moment, given.get(moment, {}), interrupted=True) for moment in moments]


def _end_payments(journal: Journal, run: Run, moment: str, at_utc: datetime) -> None:
    """On a rollback no authorisation of the release stays open, where that may be changed. What became of each payment
    stands in the journal; what of it somebody must know is told in a card of its own."""
    if not run.site.is_live and not run.site.may("end payments"):
        return  # a rehearsal that has ended took its processor along
    from conduct.open_payments import end_open_payments, refund_probes  # noqa: PLC0415  the SDK is slow to import

    ended, refunded, why = [], {}, None
    try:
        ended = [each.record() for each in end_open_payments(run)]
        refunded = refund_probes(run)
    except (LedgerUnavailable, NoEvidence) as reason:
        why = str(reason)
    journal.append("payments_ended", at_utc, moment=moment, ended=ended, refunded=refunded, why=why)
    tell_of_payments(journal, run, moment, at_utc)


def open_journal(run: Run, moments: list[str]) -> Journal:
    """The journal, with records of what this run is about and of its plan. Raises JournalBusy and JournalBroken."""
    journal = Journal(run.folder, run.site.secrets)
    release, plan, at_utc = run.release, record_of(run.plan, run.site.secrets), run.site.clock.now()
    journal.append(
        "run",
        at_utc,
        **facts_of(run),
        moments=moments,
        go_at_utc=run.go_at_utc.isoformat() if run.go_at_utc else None,
        assumptions=list(run.plan.assumptions),
        other_plan=run.other_plan,
        same_commit=versions_before(run),
        roles=release.roles.model_dump() | {dri_of(person.domain): person.dri for person in release.roster},
        rollback_command=release.rollback_command,
        runbook_url=release.runbook_url,
        dashboards={row.area: row.url for row in run.site.organisation.dashboards},
        time_zone=zone_of_the_ceo(run),
        plan=plan["digest"],
        suite=suite(),
    )
    if plan["digest"] not in [record["digest"] for record in read(run.folder) if record["kind"] == "plan"]:
        journal.append("plan", at_utc, **plan)
    return journal


def zone_of_the_ceo(run: Run) -> str:
    """By whose clock times are told beside UTC: the CEO's own, or the plan's."""
    person = run.release.people.get(run.release.roles.ceo)
    return person.time_zone if person else run.plan.start_time.zone


def facts_of(run: Run) -> dict[str, Any]:
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
    """For how many minutes of plan time the stage was held by its clock, as recorded; None where nobody can tell."""
    if run.plan.moment(moment).is_stage:
        with suppress(NoEvidence):
            return run.judged(run.plan.moment(moment)).held_min
    return None
