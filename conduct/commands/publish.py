"""Builds page and Allure HTML of the newest run (or --run DIR) and uploads both to #ship-room.

python -m ramp publish
python -m ramp publish --run=DIR
"""

from argparse import ArgumentParser, Namespace

from conduct.commands.opening import named_or_newest, opened
from conduct.common_options import takes
from conduct.conducting import Conducting
from conduct.publish import NotPublished, publish
from fixtures.ship_room import ShipRoom, ShipRoomUnavailable
from ramp.observation import NoEvidence
from reports.journal import latest, read
from reports.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    takes(parser, "release", "plan", "act", "run")


def run(options: Namespace) -> int:
    """1 where the run has no verdict. Raises NotPublished."""
    folder = named_or_newest(options)
    if folder is None:
        raise NotPublished("there is no run to publish; run `python -m ramp rehearse` or `pytest -m t_minus_10` first")
    run = opened(options, folder=folder, anew=True)
    with Conducting(run, Progress()) as conducting:
        site = conducting.run.site
        try:
            token = site.secret(site.target.slack_token_env).get_secret_value()
        except NoEvidence as missing:
            raise NotPublished(f"nothing was uploaded: {missing.reason}") from None
        room = ShipRoom(site.target.slack_url, token, run.release.channel, secrets=site.secrets)
        try:
            uploaded = publish(folder, room, run.plan, secrets=site.secrets, say=print)
        except ShipRoomUnavailable as refused:
            raise NotPublished(str(refused)) from None
    kept = site.ship_room_folder
    room_said = "the rehearsal's #ship-room" if kept else "#ship-room"
    print(f"Uploaded to {room_said}: {', '.join(path.name for path in uploaded)}")
    if kept:
        print(f"See {kept} and {folder / 'page.html'}")
    return latest(read(folder)).newest is None
