"""Who is told: #ship-room and the pager. Nothing is posted."""

from collections.abc import Iterator

from conduct.run import Run
from fixtures.finding import Finding
from fixtures.ship_room import ShipRoom, ShipRoomUnavailable
from ramp.observation import NoEvidence
from ramp.target import Target


def of_people(run: Run, target: Target) -> Iterator[Finding]:
    """Where cards go, and who is called."""
    yield _slack(run, target)
    yield _pager(run, target)


def _slack(run: Run, target: Target) -> Finding:
    try:
        room = ShipRoom(
            target.slack_url, run.site.secret(target.slack_token_env).get_secret_value(), run.release.channel
        )
        return Finding(what="#ship-room", works=True, said=room.check())
    except (NoEvidence, ShipRoomUnavailable) as missing:
        return Finding(what="#ship-room", works=False, said=str(missing))


def _pager(run: Run, target: Target) -> Finding:
    """An event would page somebody, so only the key's presence is looked at."""
    try:
        run.site.secret(target.pager_key_env)
    except NoEvidence as missing:
        return Finding(what="pager", works=False, said=missing.reason)
    return Finding(what="pager", works=True, said=f"a routing key for {target.pager_url} is there; no event was sent")
