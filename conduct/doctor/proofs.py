"""What T-10 will be proven by: the posture that was signed, and the restore drill, which is not run."""

import shutil
from collections.abc import Iterator

from conduct.doctor.asked import applies
from conduct.run import Run
from fixtures.approvals.posture import posture_seen
from fixtures.finding import Finding
from fixtures.restore_drill import problem_of_source
from ramp.drills import RestoreCommand
from ramp.observation import NoEvidence
from ramp.probes import judge_posture
from ramp.verdict import Colour


def of_proofs(run: Run) -> Iterator[Finding]:
    """The posture, and the restore."""
    if applies(run.plan, "posture"):
        yield _posture(run)
    if applies(run.plan, "restore"):
        yield _restore(run)


def _posture(run: Run) -> Finding:
    """As GO+60 judges it, but for approvals that served before."""
    try:
        seen = posture_seen(run.plan, run.release, run.site.security, run.site.clock.now(), {})
    except NoEvidence as missing:
        return Finding(what="posture", works=False, said=missing.reason)
    verdict = judge_posture(run.plan, "go_plus_60", seen)
    return Finding(what="posture", works=verdict.colour is Colour.GREEN, said=verdict.why)


def _restore(run: Run) -> Finding:
    row = run.site.restore
    if row is None:
        return Finding(what="restore", works=False, said="set [real.restore] in the release file")
    if isinstance(row, RestoreCommand) and shutil.which(row.argv[0]) is None:
        said = f"{row.argv[0]} is no program here: correct argv under [real.restore]"
        return Finding(what="restore", works=False, said=said)
    if isinstance(row, RestoreCommand) and row.source_dsn_env is None:
        said = "configured, and YELLOW at T-10: without source_dsn_env under [real.restore] it is only claimed"
        return Finding(what="restore", works=True, said=said)
    if isinstance(row, RestoreCommand) and (why := _unreadable(run, row)):
        return Finding(what="restore", works=False, said=why)
    return Finding(what="restore", works=True, said="configured; pytest -m t_minus_10 runs it")


def _unreadable(run: Run, row: RestoreCommand) -> str | None:
    """Why a restore could not be read back; None where it could."""
    try:
        dsns = [run.site.secret(name).get_secret_value() for name in (row.source_dsn_env, row.restored_dsn_env) if name]
    except NoEvidence as missing:
        return missing.reason
    why = problem_of_source(dsns[0])
    return f"{row.source_dsn_env}: {why}" if why else None
