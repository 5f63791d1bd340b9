"""I1 to I5: closes a release, a step after the other. Each stands in the journal before it is done, and after."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from conduct.close_steps import Waits, effect_of
from conduct.journal import Journal
from conduct.run import Run
from ramp.caps_in_force import LIFTED
from ramp.close import CLOSED, ORDERED, Step, is_done, must_be_stable, ordered_at
from ramp.observation import NoEvidence
from reports.journal import read


class NotClosed(NoEvidence):
    """A step could not be done, so that none after it was tried."""


def close(run: Run, journal: Journal) -> Iterator[str]:
    """A sentence for each step as it is done, was done before, or waits for a person. Raises NoEvidence where the
    release may not be closed, and NotClosed."""
    records = read(run.folder)
    must_be_stable(run.plan, _of_this_release(run, records))
    for step in Step:
        if is_done(records, step):
            yield f"{step}: was done before"
            continue
        try:
            yield f"{step}: {_do(run, journal, step)}"
        except Waits as waits:
            yield f"{step} waits: {waits}"
        except NoEvidence as failed:
            raise NotClosed(f"{step}: NOT DONE, and nothing after it: {failed.reason}") from None


def _do(run: Run, journal: Journal, step: Step) -> str:
    records = read(run.folder)
    if step is Step.LIFT_LEDGER_CAPS:
        journal.append(LIFTED, _now(run, records))
        return "the caps of the ledger are in force no more"
    if why := _does_not_apply(run, step):
        journal.append(CLOSED, _now(run, records), step=step, said=why)
        return why
    at = ordered_at(records, step)
    intended = datetime.fromisoformat(at) if at else _now(run, records)
    effect = effect_of(run, step, records, intended)
    if at is None:
        journal.append(ORDERED, intended, step=step)
    if not effect.is_there():
        effect.do()
    journal.append(CLOSED, _now(run, read(run.folder)), step=step, said=effect.said)
    return effect.said


def _does_not_apply(run: Run, step: Step) -> str | None:
    """A release that takes no payments has no caps to lift."""
    reason = run.plan.why_not("payments") if step is Step.LIFT_CAPS else None
    return f"does not apply: {reason}" if reason else None


def _of_this_release(run: Run, records: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """The records of processes that conducted this version and commit on this kind of target."""
    same = {"version": run.release.version, "commit": run.release.commit, "target": run.release.target}
    found, ours = [], False
    for record in records:
        if record["kind"] == "run":
            ours = all(record[name] == value for name, value in same.items())
        if ours:
            found.append(record)
    return found


def _now(run: Run, records: Sequence[dict[str, object]]) -> datetime:
    """A clock that was set back, and a rehearsal's plan time that has ended, put no record before the last."""
    last = datetime.fromisoformat(str(records[-1]["at_utc"])) if records else run.site.clock.now()
    return max(run.site.clock.now(), last).astimezone(UTC)
