"""F8: what came of a rollback by a command that no conductor hears of is written down, and its post-mortem drafted."""

from contextlib import suppress

from conduct.conclusion import open_journal
from conduct.lease import HEARS, is_held
from conduct.post_mortems import draft_post_mortem
from conduct.rollback import RolledBack
from conduct.run import OBSERVATIONS, Run
from fixtures.sources import recording
from ramp.observation import NoEvidence
from reports import page
from reports.post_mortem import FILE


def written_down(run: Run, by: str, done: RolledBack) -> str | None:
    """Where the draft stands; None where a conductor hears of the rollback, who drafts it. Raises JournalBusy,
    JournalBroken and OSError: then there is none."""
    if is_held(run.folder, HEARS):
        return None
    moment = _moment(run)
    with open_journal(run, [moment]) as journal:
        journal.append("rolled_back", run.site.clock.now(), moment=moment, said=done.sentence, by=by, **done.record())
        draft_post_mortem(run, journal)
        with suppress(page.NothingToShow):
            page.write(run.folder, run.plan)
    return str(run.folder / FILE)


def _moment(run: Run) -> str:
    """The stage of the newest look that can be read; the first where nothing tells of one."""
    at, stages = run.plan.stages[0].id, {stage.id for stage in run.plan.stages}
    with suppress(NoEvidence):
        for each in recording.planned(run.folder / OBSERVATIONS, run.plan):
            at = each.stage if each.stage in stages else at
    return at
