"""The act by which evidence of a stage that is held again begins anew: who may do it, when, and that it is written."""

from conduct.journal import Journal
from conduct.lease import is_held
from conduct.run import OBSERVATIONS, Run
from fixtures.sources import recording
from ramp.decision import Action
from ramp.observation import NoEvidence
from ramp.plan import Moment
from ramp.validation import Invalid
from reports.journal import FILE, Chapter, latest, read, read_file

KIND = "evidence_anew"
_REASON_CHARACTERS_MAX = 300


def begin_anew(run: Run, by: str | None, because: str | None) -> tuple[str, int]:
    """Writes into the journal of `run` that the stage that holds begins its evidence anew when it is held again: which
    stage, and how often the ramp has had it now. Raises Invalid for what was typed, NoEvidence where it may not be, and
    JournalBroken and JournalBusy."""
    may_begin_anew(run, by, because)
    with Journal(run.folder, run.site.secrets) as journal:
        return write_down(journal, run, by, because)


def write_down(journal: Journal, run: Run, by: str | None, because: str | None) -> tuple[str, int]:
    """The same into a `journal` that is open. Raises Invalid and NoEvidence."""
    stage, times, of = may_begin_anew(run, by, because)
    journal.append(KIND, run.site.clock.now(), moment=stage, times=times, **of)
    return stage, times


def may_begin_anew(run: Run, by: str | None, because: str | None) -> tuple[str, int, dict[str, str]]:
    """Which stage may begin its evidence anew now, how often the ramp has then had it, by whom and because of what.
    Raises Invalid and NoEvidence."""
    of = _must_be_said(run, by, because)
    records = read_file(run.folder / FILE, may_be_torn=True).records
    stage, times = _must_hold(run, latest(records).newest), sum(one["kind"] == KIND for one in records) + 1
    if times > _marked(run) + 1:
        raise NoEvidence(f"it was begun anew already; hold the stage again: {_hold_again(run, stage)}")
    if times > (most := run.plan.evidence.anew_max):
        why = f"evidence was begun anew {most} times in this ramp, and no ramp has it more often"
        raise NoEvidence(f"{why}: roll back, and begin at 1 % in a new run")
    return stage, times, of


def is_conducted(run: Run) -> bool:
    """Whether a process conducts a ramp in this run, which hears words."""
    pinned = any(record["kind"] == "pinned" for record in read_file(run.folder / FILE, may_be_torn=True).records)
    return pinned and is_held(run.folder)


def is_due(run: Run, moment: Moment) -> bool:
    """Whether the looks at `moment` are to be marked: it was held before, and what the journal says of a new
    beginning is not in the recording yet. Raises JournalBroken, and NoEvidence for a recording that cannot be read."""
    begun = sum(record["kind"] == KIND for record in read(run.folder))
    return begun > 0 and begun > _marked(run) and bool(run.recording().seen(moment.id))


def _must_be_said(run: Run, by: str | None, because: str | None) -> dict[str, str]:
    problems, commander = [], run.release.roles.incident_commander
    if by != commander:
        said = "--by is missing" if by is None else f"--by={by} does not command the incident"
        problems.append(f"{said}: the incident commander alone may, who is {commander} in {run.site.release_file}.")
    reason = (because or "").strip()
    if not reason or not reason.isprintable() or len(reason) > _REASON_CHARACTERS_MAX:
        problems.append(f"--because is missing: say in 1 to {_REASON_CHARACTERS_MAX} characters what was mended.")
    if problems or by is None:
        raise Invalid("anew", problems)
    return {"by": by, "because": reason}


def _must_hold(run: Run, newest: Chapter | None) -> str:
    """The stage that was decided last, if that was a HOLD. Raises NoEvidence."""
    if run.site.is_recording:
        raise NoEvidence(f"the rehearsal of {run.folder} has ended, so none of its stages can be held again")
    if newest is None or newest.decision is None or not run.plan.moment(newest.moment).is_stage:
        raise NoEvidence(f"no stage was decided last in {run.folder}, so none holds that could begin anew")
    decision = newest.decision
    if decision.action is Action.ROLLBACK:
        raise NoEvidence(f"{newest.moment} is a ROLLBACK, which nothing takes back: {decision.reason}")
    if decision.action is Action.CONTINUE:
        raise NoEvidence(f"{newest.moment} went on, so there is nothing to begin anew")
    return newest.moment


def _marked(run: Run) -> int:
    """How often evidence began anew in the recording."""
    file = run.folder / OBSERVATIONS
    seen = recording.observations(file) if file.exists() else iter(())
    return len({observation.evidence_anew for _, observation in seen} - {None})


def _hold_again(run: Run, stage: str) -> str:
    return f"python -m ramp observe --moment {stage} --run={run.folder}"
