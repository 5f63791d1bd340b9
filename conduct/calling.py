"""Calling people by the pager: one incident a release and cause, updated while it lasts, ended once it is over. What
came of each call stands in the journal: that it was accepted, or why not."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from conduct.accepted import Record, came, token
from conduct.earlier_runs import records_beside
from conduct.journal import Journal
from conduct.run import Run
from fixtures import pager
from ramp.incidents import CONDUCTOR, called_by, cause_of, is_over, open_causes
from ramp.observation import NoEvidence
from ramp.target import Target
from reports import told
from reports.incident import Severity, incident
from reports.journal import Chapter, Story, read


def call_for(journal: Journal, run: Run, story: Story, chapter: Chapter, at_utc: datetime) -> None:
    """Calls whom the decision of `chapter` names, and ends each incident that is over by it."""
    decision = chapter.decision
    assert decision is not None
    is_open = _open(run)
    cause = cause_of(decision, chapter.verdicts, is_open) if decision.page else ""
    if decision.page:
        of = incident(story.run, chapter)
        for roles, what_came in _trigger(run, cause, decision.page, of.summary, of.severity, of.details):
            said = {"event": "trigger", "roles": list(roles), "dedup_key": _key(run, cause), **what_came}
            journal.append("page", at_utc, moment=chapter.moment, **said)
    for each in is_open:
        if each != cause and is_over(each, decision, chapter.verdicts):
            _end(journal, run, chapter.moment, each, at_utc)


def end_incident(journal: Journal, run: Run, moment: str, cause: str) -> None:
    """Ends the incident of `cause`, which cleared between two decisions, where it is open."""
    if cause in _open(run):
        _end(journal, run, moment, cause, run.site.clock.now())


def page_event(journal: Journal, run: Run, said: str, roles: Sequence[str], cause: str = CONDUCTOR) -> None:
    """Calls `roles`: something was seen between two decisions, or keeps the conductor from what it is to do."""
    for called, what_came in _call(run, said, roles, cause):
        told_of = {"said": said, "roles": list(called), "dedup_key": _key(run, cause)}
        journal.append("event_page", run.site.clock.now(), **told_of, **what_came)


def call(run: Run, said: str, roles: Sequence[str]) -> Record:
    """The call alone, and what came of it: for when nothing can be written down."""
    calls = [what_came for _, what_came in _call(run, said, roles, CONDUCTOR)]
    return next((each for each in calls if not each["posted"]), calls[0])


def _call(run: Run, said: str, roles: Sequence[str], cause: str) -> list[tuple[Sequence[str], Record]]:
    details = {"rollback": "python -m ramp rollback", "for": told.in_words(roles)}
    return _trigger(run, cause, roles, f"{run.release.version}: {said}", "critical", details)


def _trigger(
    run: Run, cause: str, roles: Collection[str], summary: str, severity: Severity, details: Mapping[str, str]
) -> list[tuple[Sequence[str], Record]]:
    """By the common key, and where the CEO has one of her own and is among `roles` by that too: whom each call was for
    and what came of it."""

    def by(key_env_of: Callable[[Target], str]) -> Record:
        run.site.must_allow("post and page")
        target = run.site.target
        key = token(run, key_env_of(target))
        pager.page(
            target.pager_url, key, dedup_key=_key(run, cause), summary=summary, severity=severity, details=details,
            secrets=run.site.secrets,
        )  # fmt: skip
        return {"summary": summary}

    of_ceo = _key_env_of_ceo(run)
    common, own = called_by(roles, own_key_of_ceo=of_ceo is not None)
    made: list[tuple[Sequence[str], Record]] = []
    if own and of_ceo is not None:
        made.append((own, came(lambda: by(lambda _: of_ceo))))
    if common:
        made.append((common, came(lambda: by(lambda target: target.pager_key_env))))
    return made


def _key_env_of_ceo(run: Run) -> str | None:
    """None also where the system has ended: then nobody is called, which the call itself says."""
    try:
        return run.site.target.ceo_pager_key_env
    except NoEvidence:
        return None


def _end(journal: Journal, run: Run, moment: str, cause: str, at_utc: datetime) -> None:
    said = {"event": "resolve", "roles": [], "dedup_key": _key(run, cause), **_resolve(run, cause)}
    journal.append("page", at_utc, moment=moment, **said)


def _resolve(run: Run, cause: str) -> Record:
    """With every key: ending what is not open changes nothing."""

    def end() -> Record:
        run.site.must_allow("post and page")
        for key_env in filter(None, (run.site.target.pager_key_env, run.site.target.ceo_pager_key_env)):
            pager.resolve(run.site.target.pager_url, token(run, key_env), dedup_key=_key(run, cause))
        return {}

    return came(end)


def _open(run: Run) -> tuple[str, ...]:
    """What this run opened or, on a real target, one beside it. Where that cannot be read nothing is ended."""
    try:
        records = list(records_beside(run)) if run.site.is_live else read(run.folder)
    except NoEvidence:
        return ()
    return open_causes(sorted(records, key=lambda each: str(each["at_utc"])), run.release.version)


def _key(run: Run, cause: str) -> str:
    return pager.dedup_key(run.release.version, cause)
