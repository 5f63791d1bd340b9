"""#ship-room: whose the token is, what it may do, how the channel is, and whose the ids are. Nothing is posted."""

from collections.abc import Iterator

from conduct.doctor.asked import has_people
from conduct.run import Run
from fixtures.finding import Finding
from fixtures.ship_room import ShipRoom, ShipRoomUnavailable
from fixtures.slack_channel import Channel, channel_of
from fixtures.slack_scopes import NEEDED, missing_scopes
from fixtures.slack_users import unknown_users
from ramp.observation import NoEvidence
from ramp.release import Release
from ramp.target import Target

ROOM, PEOPLE = "#ship-room", "people"
_INSTALL = "add them to the app as docs/ship-room.md has it, and install it anew"


def of_slack(run: Run, target: Target) -> Iterator[Finding]:
    """Users are asked for only where the room works, so that one mistake is one line."""
    try:
        token = run.site.secret(target.slack_token_env).get_secret_value()
    except NoEvidence as missing:
        said = missing.reason if has_people(run.plan) else f"{missing.reason}: cards are kept in the run's folder"
        yield Finding(what=ROOM, works=not has_people(run.plan), said=said)
        return
    room = ShipRoom(target.slack_url, token, run.release.channel)
    try:
        found = _room(room)
        yield found
        if found.works and has_people(run.plan):
            yield _people(room, run.release)
    except ShipRoomUnavailable as unavailable:
        yield Finding(what=ROOM, works=False, said=str(unavailable))


def _room(room: ShipRoom) -> Finding:
    """Raises ShipRoomUnavailable."""
    whose, lacks = room.check(), missing_scopes(room)
    try:
        channel = channel_of(room)
    except ShipRoomUnavailable as unavailable:
        if unavailable.code != "missing_scope":
            raise
        lacks, channel = lacks or list(unavailable.needed), None
    wrong = _wrong(room.channel, channel, lacks)
    known = "" if lacks is not None else "; Slack does not say what the token may do"
    return Finding(what=ROOM, works=not wrong, said=f"{whose}{known}{wrong and f', but {wrong}'}")


def _wrong(id: str, channel: Channel | None, lacks: list[str] | None) -> str:
    """What keeps the suite from its work there; empty where nothing does."""
    if channel and channel.is_archived:
        return f"{id} (#{channel.name}) is archived: unarchive it, or name another `channel`"
    due = [scope for scope in lacks or () if channel is None or _is_of(scope, channel)]
    if due:
        named = ", ".join(f"{scope} ({NEEDED.get(scope, 'Slack asks for it')})" for scope in due)
        return f"it lacks {named}: {_INSTALL}"
    if channel and not channel.is_member:
        return f"the bot is not in {id} (#{channel.name}): invite it there"
    return ""


def _is_of(scope: str, channel: Channel) -> bool:
    """Whether `scope` is wanted in a channel of that kind."""
    return not scope.startswith("channels:" if channel.is_private else "groups:")


def _people(room: ShipRoom, release: Release) -> Finding:
    """Raises ShipRoomUnavailable."""
    roles = {id: f"roles.{role}" for role, id in release.roles.model_dump().items()}
    roster = {id: f"roster, {row.domain}" for row in release.roster for id in (row.backup, row.dri)}
    where = dict.fromkeys(release.escalation, "escalation") | roster | roles
    unknown = unknown_users(room, where)
    if unknown:
        said = "; ".join(f"{id} ({where[id]}) {why}" for id, why in unknown.items())
        return Finding(what=PEOPLE, works=False, said=said)
    return Finding(what=PEOPLE, works=True, said=f"Slack knows each of {len(where)} user ids, and all are active")
