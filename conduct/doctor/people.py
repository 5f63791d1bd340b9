"""Who is told: #ship-room and the pager. Nothing is posted."""

from collections.abc import Iterator

from conduct.doctor.asked import has_people
from conduct.doctor.slack import of_slack
from conduct.run import Run
from fixtures.finding import Finding
from ramp.observation import NoEvidence
from ramp.target import Heartbeat, Target


def of_people(run: Run, target: Target) -> Iterator[Finding]:
    """Where cards go, and who is called."""
    yield from of_slack(run, target)
    yield _pager(run, target)
    if target.heartbeat:
        yield _heartbeat(run, target.heartbeat)


def _pager(run: Run, target: Target) -> Finding:
    """An event would page somebody, so only the key's presence is looked at."""
    try:
        run.site.secret(target.pager_key_env)
    except NoEvidence as missing:
        said = missing.reason if has_people(run.plan) else f"{missing.reason}: nobody is paged"
        return Finding(what="pager", works=not has_people(run.plan), said=said)
    return Finding(what="pager", works=True, said=f"a routing key for {target.pager_url} is there; no event was sent")


def _heartbeat(run: Run, row: Heartbeat) -> Finding:
    """A heartbeat would have the monitor expect the next one, so only its address is looked at."""
    try:
        run.site.secret(row.url_env)
    except NoEvidence as missing:
        return Finding(what="heartbeat", works=False, said=missing.reason)
    return Finding(
        what="heartbeat", works=True, said=f"{row.url_env} holds an address; pytest -m t_minus_10 asks there"
    )
